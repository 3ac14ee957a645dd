//! Systems contribute to jackpots faster than players bet, and somebody wins meanwhile: each contribution must be
//! there, and the win exact and at once.

use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{count, milliseconds, per_second};
use crate::processes::Watch;
use anyhow::ensure;
use bytes::Bytes;
use evens_load::{Connection, Latency};
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// Contributions a second, and for how long.
const RATE: u64 = 2_000;
const SECONDS: u64 = 20;
/// Contributions as fast as they are answered, to compare one group with three.
const FAST: u64 = 20_000;
const CONNECTIONS: usize = 64;
const DRAIN_TIMEOUT: Duration = Duration::from_mins(5);
/// What was asked for.
const P99_MS_MAX: f64 = 100.0;
const WIN_MS_MAX: f64 = 500.0;
const ONE_OF_THREE_MIN: f64 = 0.9;
/// Who operates and who wins.
const OPERATOR: u64 = 900;
const WINNER: u64 = 901;

pub(crate) async fn jackpots(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let (rate, seconds) = (sizes.rate.unwrap_or(RATE), sizes.seconds.unwrap_or(SECONDS));
    ensure!(rate > 0, "a rate of nothing");
    let token = evens.enrol_operator(OPERATOR, WINNER).await?;
    let api = Api { address: evens.api()?, token };
    open_groups(&api).await?;
    let three = Storm::fast(&api, "three", json!({ "minor": 0.01, "major": 0.01, "mega": 0.01 }));
    let (_, three) = three.send().await?;
    let one = Storm::fast(&api, "one", json!({ "minor": 0.03 }));
    let (_, one) = one.send().await?;
    let storm = Storm {
        interval: Some(Duration::from_secs(1) / u32::try_from(rate)?),
        total: rate * seconds,
        ..Storm::fast(&api, "due", json!({ "minor": 0.01, "major": 0.01, "mega": 0.01 }))
    };
    let watch = Watch::start(evens.processes()?);
    let (taken, won) = tokio::join!(Arc::new(storm).send_shared(), async {
        sleep(Duration::from_secs(seconds) / 2).await;
        win(&api).await
    });
    let ((taken, took), (win_took, win_amount)) = (taken?, won?);
    let usage = watch.usage();
    evens.await_idle(DRAIN_TIMEOUT).await?;
    let (fast_of_three, fast_of_one) = (per_second(FAST, three), per_second(FAST, one));
    let figures = vec![
        Figure::higher("contributions/s to three groups, at most", fast_of_three),
        Figure::higher("contributions/s to one group, at most", fast_of_one),
        Figure::higher("one group to three", share(fast_of_one, fast_of_three)).at_least(ONE_OF_THREE_MIN),
        Figure::higher("contributions/s", per_second(taken.latency.count(), took)),
        Figure::lower("contribution p50 ms", milliseconds(taken.latency.quantile(0.5))),
        Figure::lower("contribution p99 ms", milliseconds(taken.latency.quantile(0.99))).below(P99_MS_MAX),
        Figure::lower("contributions not taken at once", count(taken.repeated)).at_most(0.0),
        Figure::lower("win ms", milliseconds(win_took)).at_most(WIN_MS_MAX),
        Figure::note("won", win_amount),
        Figure::note("cores of the system", crate::measures::cores(usage.cpu, took)),
        in_order(evens.verify().await?.is_clean),
    ];
    Ok(figures)
}

#[expect(clippy::float_arithmetic, reason = "a ratio of rates, not money")]
fn share(part: f64, whole: f64) -> f64 {
    part / whole.max(f64::MIN_POSITIVE)
}

/// Who asks, and whom.
#[derive(Debug, Clone)]
struct Api {
    address: SocketAddr,
    token: String,
}

impl Api {
    fn request(&self, method: Method, path: &str, body: &Value) -> Request<Full<Bytes>> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/jackpots/{path}"))
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Full::new(body.to_string().into()));
        // Its headers are made of an address and a token.
        request.unwrap_or_else(|error| unreachable!("a request of ids and tokens: {error}"))
    }
}

async fn open_groups(api: &Api) -> anyhow::Result<()> {
    let mut connection = Connection::new(api.address);
    for group in ["minor", "major", "mega"] {
        let terms = json!({
            "expectedVersion": 0, "startAmount": 1_000, "rate": 0.003, "reserveRate": 0.001, "odds": 1_000_000,
            "reason": "measured",
        });
        let request = api.request(Method::PATCH, &format!("{group}/config"), &terms);
        let (status, _) = connection.send(request).await?;
        ensure!(status == StatusCode::OK, "the jackpot {group} is not opened: {status}");
    }
    Ok(())
}

/// All of the smallest pool is won. How long that took, and how much it was.
async fn win(api: &Api) -> anyhow::Result<(Duration, f64)> {
    let body = json!({ "opId": "win", "userId": WINNER, "reason": "measured" });
    let started = Instant::now();
    let request = api.request(Method::POST, "minor/win", &body);
    let (status, answer) = Connection::new(api.address).send(request).await?;
    let took = started.elapsed();
    ensure!(status == StatusCode::OK, "nothing was won: {status}");
    let answer: Value = serde_json::from_slice(&answer)?;
    Ok((took, answer["winAmount"].as_f64().unwrap_or_default()))
}

/// Contributions, each under an id of its own.
struct Storm {
    api: Api,
    name: &'static str,
    amounts: Value,
    total: u64,
    /// From one that is due to the next; none where each is sent on an answer.
    interval: Option<Duration>,
    next: AtomicU64,
}

/// What became of contributions.
#[derive(Default)]
struct Taken {
    /// From the moment at which one was due to the answer that took it.
    latency: Latency,
    /// Attempts that were not answered with 200, each of which was made again.
    repeated: u64,
}

impl Storm {
    fn fast(api: &Api, name: &'static str, amounts: Value) -> Self {
        Self { api: api.clone(), name, amounts, total: FAST, interval: None, next: AtomicU64::new(0) }
    }

    async fn send(self) -> anyhow::Result<(Taken, Duration)> {
        Arc::new(self).send_shared().await
    }

    async fn send_shared(self: Arc<Self>) -> anyhow::Result<(Taken, Duration)> {
        let started = Instant::now();
        let mut senders = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let storm = self.clone();
            senders.spawn(async move { storm.send_over(started).await });
        }
        let mut all = Taken::default();
        while let Some(taken) = senders.join_next().await {
            let taken = taken?;
            all.latency.add(&taken.latency);
            all.repeated += taken.repeated;
        }
        Ok((all, started.elapsed()))
    }

    async fn send_over(&self, started: Instant) -> Taken {
        let (mut connection, mut taken) = (Connection::new(self.api.address), Taken::default());
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
                sleep(Duration::from_millis(20)).await;
            }
            taken.latency.record(due.elapsed());
        }
    }
}
