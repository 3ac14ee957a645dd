//! [`Storm`]: contributions over many connections, each with its own id, with [`Wins`] meanwhile.

use anyhow::{Context, ensure};
use bytes::Bytes;
use evens_contracts::Money;
use evens_ledger::{Amount, UserId};
use evens_load::{Connection, Latency, TransportError};
use evens_store::Store;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

const CONNECTIONS: usize = 64;
/// The pause before an unanswered request is repeated, and between wins.
const PAUSE: Duration = Duration::from_millis(20);
const WIN_ATTEMPTS_MAX: u64 = 100;

/// The API's address and a caller's token.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) address: SocketAddr,
    pub(super) token: String,
}

impl Api {
    /// Sends one request over a new connection.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(StatusCode, Bytes), TransportError> {
        Connection::new(self.address).send(self.request(method, path, body)).await
    }

    fn request(&self, method: Method, path: &str, body: &Value) -> Request<Full<Bytes>> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/jackpots/{path}"))
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Full::new(body.to_string().into()));
        // The headers consist of an address and a token, so building cannot fail.
        request.unwrap_or_else(|error| unreachable!("a request of ids and tokens: {error}"))
    }
}

/// Contributions, each with its own id.
pub(super) struct Storm {
    api: Api,
    name: String,
    amounts: Value,
    total: u64,
    /// The interval between due times. `None` in a closed loop.
    interval: Option<Duration>,
    next: AtomicU64,
}

/// The results of contributions.
#[derive(Default)]
pub(super) struct ContributionResults {
    /// From the due time of a contribution to its acceptance.
    pub(super) latency: Latency,
    /// Attempts without a 200, each of which was repeated.
    pub(super) repeated: u64,
    /// The due time of each contribution, after the first one, with its latency. Empty in a closed loop.
    pub(super) by_due_time: Vec<(Duration, Duration)>,
}

impl Storm {
    /// Sends this many as fast as they are answered.
    pub(super) fn fast(api: &Api, name: &str, amounts: Value, total: u64) -> Self {
        let (api, name) = (api.clone(), name.to_owned());
        Self { api, name, amounts, total, interval: None, next: AtomicU64::new(0) }
    }

    /// The same at a fixed interval.
    pub(super) fn at_each(self, interval: Duration) -> Self {
        Self { interval: Some(interval), ..self }
    }

    pub(super) async fn send(self) -> anyhow::Result<(ContributionResults, Duration)> {
        Arc::new(self).send_shared().await
    }

    pub(super) async fn send_shared(self: Arc<Self>) -> anyhow::Result<(ContributionResults, Duration)> {
        let started = Instant::now();
        let mut senders = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let storm = self.clone();
            senders.spawn(async move { storm.send_over(started).await });
        }
        let mut all = ContributionResults::default();
        while let Some(taken) = senders.join_next().await {
            let taken = taken?;
            all.latency.add(&taken.latency);
            all.repeated += taken.repeated;
            all.by_due_time.extend(taken.by_due_time);
        }
        Ok((all, started.elapsed()))
    }

    async fn send_over(&self, started: Instant) -> ContributionResults {
        let (mut connection, mut taken) = (Connection::new(self.api.address), ContributionResults::default());
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.total {
                return taken;
            }
            let due = match self.interval {
                Some(interval) => started + interval * u32::try_from(number).unwrap_or(u32::MAX),
                None => Instant::now(),
            };
            sleep_until(due).await;
            let mut body = self.amounts.clone();
            body["opId"] = json!(format!("{}-{number}", self.name));
            while !matches!(
                connection.send(self.api.request(Method::POST, "contribute", &body)).await,
                Ok((StatusCode::OK, _))
            ) {
                taken.repeated += 1;
                sleep(PAUSE).await;
            }
            let took = due.elapsed();
            taken.latency.record(took);
            if self.interval.is_some() {
                taken.by_due_time.push((due.duration_since(started), took));
            }
        }
    }
}

/// The results of wins.
#[derive(Default)]
pub(super) struct Wins {
    /// From the request to the answer with the amount.
    pub(super) latency: Latency,
    /// Attempts without a 200, each of which was repeated.
    pub(super) repeated: u64,
    /// Wins after which the winner's balance had not grown by exactly that amount.
    pub(super) inexact: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WinAnswer {
    win_amount: Money,
}

/// Wins the whole smallest pool repeatedly, for a player without other activity.
pub(super) async fn win_every(
    store: &Store,
    api: &Api,
    winner: u64,
    interval: Duration,
    lasts: Duration,
) -> anyhow::Result<Wins> {
    let (started, user) = (Instant::now(), UserId::new(winner)?);
    let (mut wins, mut number) = (Wins::default(), 0);
    let mut balance = store.load_wallet(user).await?.balance;
    while started.elapsed() + interval < lasts {
        number += 1;
        sleep_until(started + interval * number).await;
        let body = json!({ "opId": format!("win-{number}"), "userId": winner, "reason": "measured" });
        let asked = Instant::now();
        let won = win(api, &body, &mut wins.repeated).await?;
        wins.latency.record(asked.elapsed());
        let expected = balance.checked_add(won).context("more than anybody has")?;
        balance = store.load_wallet(user).await?.balance;
        wins.inexact += u64::from(balance != expected || won.is_zero());
    }
    Ok(wins)
}

/// Repeats the request until it is answered, and returns the amount won.
async fn win(api: &Api, body: &Value, repeated: &mut u64) -> anyhow::Result<Amount> {
    for _ in 0..WIN_ATTEMPTS_MAX {
        if let Ok((StatusCode::OK, answer)) = api.ask(Method::POST, "minor/win", body).await {
            return Ok(serde_json::from_slice::<WinAnswer>(&answer)?.win_amount.amount());
        }
        *repeated += 1;
        sleep(PAUSE).await;
    }
    ensure!(false, "nothing was won");
    Ok(Amount::ZERO)
}
