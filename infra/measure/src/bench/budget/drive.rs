//! [`Drive`]: runs bets through place-bet, match (which settles) and refund, and counts the resources of each step.

use crate::cost::Cost;
use anyhow::{Context as _, ensure};
use aws_sdk_sqs::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sqs::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sqs::error::BoxError;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use evens_contracts::{Job, JobInGroup, QueuedJob, RefundJob};
use evens_engines::Engines;
use evens_exchange::{RefundReason, Side};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_queues::{OutgoingJob, Queues, create_queues};
use evens_runtime::tokens::{TokenSigner, TokenVerifier};
use evens_runtime::{
    Clients, Clock, Context, Endpoints, Entropy, JobHandler, RateLimits, Rates, Settings, process_batch,
};
use evens_store::{CapacityMeter, Store};
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tower::ServiceExt;

type Steps = Vec<(&'static str, Cost)>;

/// The steps of a pair of bets if each message is processed alone.
pub(crate) const STEPS: [&str; 3] =
    ["place-bet (no opponent)", "place-bet (opponent there)", "match (joins and settles)"];

/// The system in this process, with its meters.
pub(crate) struct Drive {
    engines: Engines,
    context: Context,
    router: Router,
    players: evens_load::Players,
    /// The number of earlier players.
    players_before: u64,
    signer: TokenSigner,
    /// The player of all bets on side A, if they are to have one player.
    on_a: Option<evens_load::Players>,
    units: CapacityMeter,
    requests: RequestCounter,
    functions: FunctionCounter,
    bets: u32,
}

/// A batch has one message from each of ten players, and a pair takes two players.
const PLAYERS: u64 = 200;

/// Funded players, numbered after this many others.
async fn funded_players(
    signer: &TokenSigner,
    store: &Store,
    before: u64,
) -> anyhow::Result<evens_load::Players> {
    let users = (1..=PLAYERS).map_while(|number| UserId::new(before + number).ok());
    let players = evens_load::Players::signed(signer, users)?.context("no players")?;
    players.fund(store, "1000000".parse()?, "budget").await?;
    Ok(players)
}

impl Drive {
    /// Starts with the engines' data in a folder or in memory. The engines are called without sockets, as in the
    /// binary.
    pub(crate) async fn start(folder: Option<&Path>, rate_limits: RateLimits) -> anyhow::Result<Self> {
        let engines = Engines::start(folder).await?;
        let endpoints = Endpoints {
            dynamodb: Some(engines.dynamodb_url()),
            sqs: Some(engines.sqs_url()),
            http_client: Some(engines.http_client()),
            ..Endpoints::default()
        };
        let clients = Clients::connect(&endpoints)?;
        let mut settings = Settings::local();
        settings.rate_limits = rate_limits;
        // The next job refunds an unmatched bet.
        settings.betting.refund_after = SignedDuration::ZERO;
        let stage = settings.stage.as_str();
        evens_store::migrate(&clients.dynamodb, &settings.table).await?;
        create_queues(&clients.sqs, stage).await?;
        let requests = RequestCounter::default();
        let counted = clients.sqs.config().to_builder().interceptor(requests.clone()).build();
        let queues = Queues::resolve(aws_sdk_sqs::Client::from_conf(counted), stage).await?;

        let (issuer, audience) = (settings.token_issuer.clone(), settings.token_audience.clone());
        let pkcs8 = TokenSigner::generate_pkcs8()?;
        let signer = TokenSigner::from_pkcs8("bench", &pkcs8, issuer.clone(), audience.clone())?;
        settings.token_public_keys.push(signer.public_key());
        let units = CapacityMeter::default();
        let store = Store::over(engines.table(&settings.table));
        let players = funded_players(&signer, &store, 0).await?;
        let context = Context {
            store: store.metered(units.clone()),
            queues,
            tokens: TokenVerifier::new(settings.token_public_keys.clone(), issuer, audience),
            rates: Rates::new(settings.rate_limits.clone(), evens_metrics::Metrics::default()),
            clock: Clock::system(),
            entropy: Entropy::system(),
            metrics: evens_metrics::Metrics::default(),
            spans: evens_runtime::Spans::default(),
            draining: evens_runtime::DrainFlag::default(),
            durability: evens_runtime::Durability::default(),
            switches: evens_runtime::StageSwitches::default(),
            changes: evens_runtime::Changes::default(),
            settings: Arc::new(settings),
        };
        let routes = evens_place_bet::router(
            evens_exclusion_register::Exclusions::default(),
            evens_place_bet::RoundOpener::Bets,
        );
        let router = evens_http::serve_layers(routes, context.clone());
        let functions = FunctionCounter::default();
        let on_a = None;
        let drive = Self {
            engines,
            context,
            router,
            players,
            players_before: 0,
            signer,
            on_a,
            units,
            requests,
            functions,
            bets: 0,
        };
        drive.take();
        Ok(drive)
    }

    /// Continues with other players, who have not bet before.
    pub(crate) async fn change_players(&mut self) -> anyhow::Result<()> {
        self.players_before += PLAYERS;
        self.players = funded_players(&self.signer, self.store(), self.players_before).await?;
        self.take();
        Ok(())
    }

    pub(crate) async fn stop(self) {
        self.engines.stop().await;
    }

    /// Places bets one by one, and processes each message alone: the cost in a quiet system.
    pub(super) async fn pairs_one_by_one(&mut self, pairs: u32) -> anyhow::Result<Steps> {
        // The first bet opens the round and is not counted.
        self.warm_up("one-by-one").await?;
        let mut costs: [Cost; 3] = Default::default();
        for _ in 0..pairs {
            for (sum, (cost, _)) in costs.iter_mut().zip(self.pair_alone("one-by-one").await?) {
                sum.add(&cost);
            }
        }
        Ok(STEPS.into_iter().zip(costs).collect())
    }

    /// A pair of bets with a message of its own: the cost and the time of each of [`STEPS`].
    pub(crate) async fn pair_alone(&mut self, round: &str) -> anyhow::Result<[(Cost, Duration); 3]> {
        let started = Instant::now();
        self.place(round, Side::A).await?;
        let nobody_there = (self.take(), started.elapsed());
        let started = Instant::now();
        self.place(round, Side::B).await?;
        let somebody_there = (self.take(), started.elapsed());
        let started = Instant::now();
        self.work(1, &evens_match::Matcher::default()).await?;
        Ok([nobody_there, somebody_there, (self.take(), started.elapsed())])
    }

    /// The cost and the time of a read.
    pub(crate) async fn read<T, E>(
        &self,
        read: impl AsyncFnOnce(&Store) -> Result<T, E>,
    ) -> Result<(Cost, Duration), E> {
        self.take();
        let started = Instant::now();
        read(&self.context.store).await?;
        Ok((self.take(), started.elapsed()))
    }

    /// The table, for writes that are not counted.
    pub(crate) fn store(&self) -> &Store {
        &self.context.store
    }

    /// Makes this player place all further bets on side A.
    pub(crate) fn play_as(&mut self, one: UserId) -> anyhow::Result<()> {
        self.on_a = Some(evens_load::Players::signed(&self.signer, [one])?.context("no player")?);
        Ok(())
    }

    /// Places all bets first, and then processes their jobs in batches of ten: the cost in a busy system.
    pub(super) async fn pairs_in_batches(&mut self, pairs: u32) -> anyhow::Result<Steps> {
        self.warm_up("in-batches").await?;
        for _ in 0..pairs {
            for side in Side::ALL {
                self.place("in-batches", side).await?;
            }
        }
        let placed = self.take();
        // Only the first bet found no opponent.
        self.work((2 * pairs).saturating_sub(1), &evens_match::Matcher::default()).await?;
        Ok(vec![("place-bet", placed), ("match (joins and settles)", self.take())])
    }

    /// Places bets one by one that find no opponent and are refunded after the time limit.
    pub(super) async fn refunds_one_by_one(&mut self, bets: u32) -> anyhow::Result<Steps> {
        self.warm_up("refunded").await?;
        let mut costs: [Cost; 2] = Default::default();
        for _ in 0..bets {
            let (bet_id, user) = self.place("refunded", Side::A).await?;
            costs[0].add(&self.take());
            let job = Job::Refund(RefundJob { bet_id, reason: RefundReason::Expired });
            self.context
                .queues
                .send(vec![OutgoingJob::of(JobInGroup { job, group: user.to_string() })])
                .await?;
            self.work(1, &evens_refund::handle).await?;
            costs[1].add(&self.take());
        }
        Ok([STEPS[0], "refund"].into_iter().zip(costs).collect())
    }

    async fn warm_up(&mut self, round: &str) -> anyhow::Result<()> {
        for side in Side::ALL {
            self.place(round, side).await?;
        }
        self.work(1, &evens_match::Matcher::default()).await?;
        self.take();
        Ok(())
    }

    /// Places a bet. Players take turns.
    async fn place(&mut self, round: &str, side: Side) -> anyhow::Result<(BetId, UserId)> {
        let one = self.on_a.as_ref().filter(|_| side == Side::A).map(|players| players.at(0));
        let player = one.unwrap_or(self.players.at(usize::try_from(self.bets)?));
        self.bets += 1;
        let request = Request::post("/api/bets")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", player.token()))
            .header("idempotency-key", format!("budget-{}", self.bets))
            .body(Body::from(format!(r#"{{"roundId":"{round}","amount":10,"side":"{side}"}}"#)))?;
        self.functions.http_requests.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let answer = self.router.clone().oneshot(request).await?;
        self.functions.ran(started);
        ensure!(answer.status() == StatusCode::ACCEPTED, "a bet was answered with {}", answer.status());
        let key = format!("budget-{}", self.bets).parse()?;
        Ok((BetId::derive(player.user, &key), player.user))
    }

    /// Processes a queue until this many messages are finished.
    async fn work<H, J>(&self, messages: u32, handler: &H) -> anyhow::Result<()>
    where
        J: QueuedJob,
        H: for<'a> JobHandler<'a, J>,
    {
        let queue = J::QUEUE;
        let mut left = usize::try_from(messages)?;
        // Far more receives than messages mean that a message returns again and again.
        for _ in 0..10 + 2 * messages {
            if left == 0 {
                return Ok(());
            }
            let received = self.context.queues.receive(queue, Duration::from_secs(5)).await?;
            if received.is_empty() {
                self.requests.forget_reception();
                continue;
            }
            let receipts: Vec<_> =
                received.iter().map(|message| (message.id.clone(), message.receipt.clone())).collect();
            self.functions.batches.fetch_add(1, Ordering::Relaxed);
            let started = Instant::now();
            let unfinished = process_batch(&self.context, received, handler).await;
            self.functions.ran(started);
            let unfinished: HashSet<_> = unfinished.into_iter().collect();
            let finished: Vec<_> = receipts
                .into_iter()
                .filter(|(id, _)| !unfinished.contains(id))
                .map(|(_, receipt)| receipt)
                .collect();
            left = left.saturating_sub(finished.len());
            self.context.queues.delete(queue, finished).await?;
        }
        Err(anyhow::anyhow!("{left} messages are left")).context(queue.name())
    }

    /// The resources since the last call.
    #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "a number of calls, not money")]
    fn take(&self) -> Cost {
        let capacity = self.units.take();
        let http_requests = f64::from(self.functions.http_requests.swap(0, Ordering::Relaxed));
        let batches = f64::from(self.functions.batches.swap(0, Ordering::Relaxed));
        Cost {
            functions: http_requests + batches,
            http_requests,
            write_units: capacity.write_units,
            index_write_units: capacity.index_write_units,
            milliseconds: Duration::from_nanos(self.functions.nanoseconds.swap(0, Ordering::Relaxed))
                .as_secs_f64()
                * 1_000.0,
            read_units: capacity.read_units,
            calls: capacity.calls as f64,
            sqs: self.requests.take(),
        }
    }
}

/// Counts the calls that Lambda would charge.
#[derive(Debug, Default)]
struct FunctionCounter {
    http_requests: AtomicU32,
    batches: AtomicU32,
    nanoseconds: AtomicU64,
}

impl FunctionCounter {
    /// Counts a call that began at this time.
    fn ran(&self, started: Instant) {
        let nanoseconds = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

/// Counts the SDK's requests by operation.
#[derive(Debug, Clone, Default)]
struct RequestCounter(Arc<Mutex<BTreeMap<String, f64>>>);

impl RequestCounter {
    const RECEPTION: &'static str = "ReceiveMessage";

    fn take(&self) -> BTreeMap<String, f64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[expect(clippy::float_arithmetic, reason = "a number of requests, not money")]
    fn add(&self, operation: &str, number: f64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(operation.to_owned()).or_default() += number;
    }

    /// Uncounts the last receive, which was empty.
    fn forget_reception(&self) {
        self.add(Self::RECEPTION, -1.0);
    }
}

impl Intercept for RequestCounter {
    fn name(&self) -> &'static str {
        "RequestCounter"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap_or("unknown");
        self.add(target.rsplit('.').next().unwrap_or(target), 1.0);
        Ok(())
    }
}
