//! A provider reports payments faster than players could make them. Each callback must be accepted at once, and each
//! deposit credited once, even while the process is killed.

use super::orders::unended;
use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{count, milliseconds, per_second};
use crate::processes::Watch;
use anyhow::{Context, ensure};
use bytes::Bytes;
use evens_load::{AcceptedOrder, Connection, Latency, OpenedDeposit, Players, Target};
use evens_outbound::Signer;
use evens_payments::Direction;
use evens_runtime::Clock;
use futures::{StreamExt, TryStreamExt, stream};
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

/// Callbacks per second, and the duration.
const RATE: u64 = 1_000;
const SECONDS: u64 = 60;
/// The storm with kills is shorter by this factor.
const KILLED_SHORTER: u64 = 6;
/// The number of callbacks per payment.
const TELLINGS: u64 = 10;
/// The amount of each deposit, in whole units and in the provider's minor units.
const AMOUNT: u32 = 100;
const AMOUNT_MINOR: u32 = 10_000;
const CONNECTIONS: usize = 64;
/// The pause before an unanswered attempt is repeated.
const PAUSE: Duration = Duration::from_millis(20);
/// The time limit for the queues after the last callback.
const DRAIN_TIMEOUT: Duration = Duration::from_mins(10);
/// The required limit.
const P99_MS_MAX: f64 = 250.0;
const DRAIN_SECONDS_MAX: f64 = 180.0;

pub(crate) async fn callbacks(evens: &mut Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    evens.restart_untold().await?;
    let (rate, seconds) = (sizes.rate.unwrap_or(RATE), sizes.seconds.unwrap_or(SECONDS));
    let storm = Storm::prepare(evens, rate, rate * seconds).await?;
    let watch = Watch::start(evens.processes()?);
    let started = Instant::now();
    let taken = storm.send().await?;
    let (took, usage) = (started.elapsed(), watch.usage());
    let drained = evens.await_idle(DRAIN_TIMEOUT).await?;
    let lost = storm.uncredited().await?;
    let mut figures = vec![
        Figure::higher("callbacks/s", per_second(taken.latency.count(), took)),
        Figure::lower("callback p50 ms", milliseconds(taken.latency.quantile(0.5))),
        Figure::lower("callback p99 ms", milliseconds(taken.latency.quantile(0.99))).below(P99_MS_MAX),
        Figure::lower("callbacks not accepted at once", count(taken.repeated)).at_most(0.0),
        Figure::lower("s until the queues are empty", drained.as_secs_f64()).at_most(DRAIN_SECONDS_MAX),
        Figure::lower("deposits not credited", count(lost)).at_most(0.0),
        Figure::note("cores of the system", crate::measures::cores(usage.cpu, took)),
        Figure::note("cores of the driver and the provider", crate::measures::cores(usage.driver, took)),
    ];
    let storm = Storm::prepare(evens, rate, (rate * seconds / KILLED_SHORTER).max(TELLINGS)).await?;
    let half = storm.lasts() / 2;
    let (taken, killed) = tokio::join!(storm.send(), async {
        sleep(half).await;
        evens.kill_and_start().await
    });
    let (taken, start) = (taken?, killed?);
    let drained = evens.await_idle(DRAIN_TIMEOUT).await?;
    let killed = [
        Figure::lower("start ms", milliseconds(start)),
        Figure::note("callbacks sent again", count(taken.repeated)),
        Figure::lower("s until the queues are empty", drained.as_secs_f64()).at_most(DRAIN_SECONDS_MAX),
        Figure::lower("deposits not credited", count(storm.uncredited().await?)).at_most(0.0),
    ];
    figures.extend(killed.map(|figure| figure.of_phase("killed")));
    figures.push(in_order(evens.verify().await?.is_clean));
    Ok(figures)
}

/// Payments that a provider reports several times each.
struct Storm {
    target: Target,
    signer: Signer,
    players: Players,
    deposits: Vec<OpenedDeposit>,
    callbacks: u64,
    interval: Duration,
    name: String,
    next: AtomicU64,
}

/// The results of the callbacks.
#[derive(Default)]
struct CallbackResults {
    /// From the due time of a callback to its acceptance.
    latency: Latency,
    /// Attempts without a 200, each of which was repeated.
    repeated: u64,
}

impl Storm {
    /// Opens and pays the deposits that the callbacks report.
    async fn prepare(evens: &Evens, rate: u64, callbacks: u64) -> anyhow::Result<Arc<Self>> {
        ensure!(rate > 0, "a rate of nothing");
        let target = evens.target()?;
        let name = Uuid::now_v7().simple().to_string();
        let players = evens.fund(callbacks.div_ceil(TELLINGS), "1".parse()?).await?;
        let opened = stream::iter(players.iter()).map(|player| async {
            let (mut api, key) = (Connection::new(target.address()), format!("{name}-{}", player.user));
            let deposit = target.open_deposit(&mut api, player, AMOUNT, &key).await?;
            target.pay(&mut Connection::new(deposit.provider), &deposit).await?;
            anyhow::Ok(deposit)
        });
        let deposits = opened.buffered(CONNECTIONS).try_collect().await.context("a deposit")?;
        let interval = Duration::from_secs(1) / u32::try_from(rate)?;
        let signer = evens.bank()?.signer()?;
        let next = AtomicU64::new(0);
        Ok(Arc::new(Self { target, signer, players, deposits, callbacks, interval, name, next }))
    }

    fn lasts(&self) -> Duration {
        self.interval * u32::try_from(self.callbacks).unwrap_or(u32::MAX)
    }

    /// Sends each callback at its due time, and repeats it until it is accepted.
    async fn send(self: &Arc<Self>) -> anyhow::Result<CallbackResults> {
        let started = Instant::now();
        let mut senders = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let storm = self.clone();
            senders.spawn(
                async move { storm.send_over(Connection::new(storm.target.address()), started).await },
            );
        }
        let mut all = CallbackResults::default();
        while let Some(taken) = senders.join_next().await {
            let taken = taken?;
            all.latency.add(&taken.latency);
            all.repeated += taken.repeated;
        }
        Ok(all)
    }

    async fn send_over(&self, mut connection: Connection, started: Instant) -> CallbackResults {
        let mut taken = CallbackResults::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.callbacks {
                return taken;
            }
            let due = started + self.interval * u32::try_from(number).unwrap_or(u32::MAX);
            sleep_until(due).await;
            while !matches!(connection.send(self.callback(number)).await, Ok((StatusCode::OK, _))) {
                taken.repeated += 1;
                sleep(PAUSE).await;
            }
            taken.latency.record(due.elapsed());
        }
    }

    /// A callback that the provider signs now.
    fn callback(&self, number: u64) -> Request<Full<Bytes>> {
        let place = usize::try_from(number).unwrap_or(usize::MAX) % self.deposits.len();
        let (deposit, now) = (&self.deposits[place], Clock::system().now());
        let body = json!({ "type": "payment.succeeded", "data": {
            "id": deposit.payment(), "reference": deposit.order.to_string(), "amount": AMOUNT_MINOR,
            "currency": "INR", "status": "succeeded", "at": now.to_string(),
        } });
        let (id, seconds, body) = (format!("{}-{number}", self.name), now.as_second(), body.to_string());
        let signature = self.signer.sign(&id, seconds, body.as_bytes());
        let request = Request::post("/api/payments/callback/sandbox")
            .header(HOST, self.target.address().to_string())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature)
            .body(Full::new(body.into()));
        // The headers consist of ids, digits and base64, so building cannot fail.
        request.unwrap_or_else(|error| unreachable!("a callback: {error}"))
    }

    /// The number of deposits that are not credited.
    async fn uncredited(&self) -> anyhow::Result<u64> {
        let orders: Vec<_> = (0..)
            .zip(&self.deposits)
            .map(|(player, deposit)| AcceptedOrder {
                direction: Direction::Deposit,
                player,
                order: deposit.order,
            })
            .collect();
        Ok(unended(&self.target, &self.players, &orders).await?.0)
    }
}
