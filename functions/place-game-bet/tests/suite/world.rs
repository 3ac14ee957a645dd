//! The route over a table per test. Queries are counted, and a test can make them wait.

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use evens_doubles::{EmbeddedTable, embedded};
use evens_games::{Exposure, Period, PeriodId, Room, ShardCount};
use evens_http::serve_layers;
use evens_ledger::{Amount, UserId};
use evens_players::Role;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Clock, Context, Settings};
use evens_store::FundOutcome;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tower::ServiceExt;

/// The context of a test. Dropping it removes the table.
pub(crate) struct World {
    routes: Router<Context>,
    context: Context,
    signer: TokenSigner,
    queries: Arc<Queries>,
    period: Period,
    _table: EmbeddedTable,
}

/// The number of queries, whether they wait, and whether the table throttles writes.
#[derive(Debug, Default)]
struct Queries {
    count: AtomicUsize,
    are_held: AtomicBool,
    throttles_writes: AtomicBool,
}

impl World {
    /// Starts with an open period of half a minute and three players.
    pub(crate) async fn start() -> Self {
        Self::start_with(3, Settings::local()).await
    }

    /// Starts with this many players and these settings.
    pub(crate) async fn start_with(players: u64, settings: Settings) -> Self {
        let queries = Arc::<Queries>::default();
        let table = EmbeddedTable::through(|real| counting(real, &queries)).await;
        let ((_, queues), signer) = (embedded::queues().await, evens_doubles::signer());
        let context = evens_doubles::context_of(table.store(), queues, &signer, settings);
        for player in 1..=players {
            let user = UserId::new(player).expect("a user");
            let funds = "100".parse().expect("an amount");
            let order = format!("funds-{player}");
            let funded = context.store.fund_wallet(user, funds, &order, evens_doubles::now()).await;
            assert!(matches!(funded, Ok(FundOutcome::Funded(_))), "{funded:?}");
        }
        let period = open_period(&context).await;
        let routes = evens_place_game_bet::router(evens_exclusion_register::Exclusions::default());
        Self { routes, context, signer, queries, period, _table: table }
    }

    /// Places a bet `milliseconds` after the period began, and returns the status.
    pub(crate) async fn bet(&self, player: u64, milliseconds: i64) -> u16 {
        self.answer(player, milliseconds).await.status().as_u16()
    }

    /// Places a bet `milliseconds` after the period began, and returns the response.
    pub(crate) async fn answer(&self, player: u64, milliseconds: i64) -> Response<Body> {
        let bet = json!({ "betType": "SIZE", "betValue": "big", "betAmount": 1 });
        self.answer_to(&self.routes, player, bet, milliseconds).await
    }

    /// The routes of another process over the same table.
    pub(crate) fn other_process() -> Router<Context> {
        evens_place_game_bet::router(evens_exclusion_register::Exclusions::default())
    }

    /// The routes of the process.
    pub(crate) fn process(&self) -> &Router<Context> {
        &self.routes
    }

    /// Sends a bet to a process, `milliseconds` after the period began.
    pub(crate) async fn answer_to(
        &self,
        process: &Router<Context>,
        player: u64,
        mut bet: Value,
        milliseconds: i64,
    ) -> Response<Body> {
        let now = self.period.times.opens_at + SignedDuration::from_millis(milliseconds);
        let context = Context { clock: Clock::fixed(now), ..self.context.clone() };
        let user = UserId::new(player).expect("a user");
        let token = self.signer.sign(user, Role::Player, now, Duration::from_mins(15)).expect("a token");
        bet["periodId"] = self.period.id.digits().into();
        bet["purse"] = "CASH".into();
        let request = Request::post("/api/games/wingo/30/bet")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(bet.to_string()))
            .expect("a request");
        serve_layers(process.clone(), context).oneshot(request).await.expect("an answer")
    }

    /// A player's balance, and the number of bets on the period.
    pub(crate) async fn balance_and_bets(&self, player: u64) -> (String, usize) {
        let user = UserId::new(player).expect("a user");
        let wallet = self.context.store.load_wallet(user).await.expect("the table");
        let shards = self.context.store.load_period_bets_eventually(&self.period).await.expect("the table");
        (wallet.balance.to_string(), shards.iter().map(|shard| shard.bets.len()).sum())
    }

    /// The possible cost of the period to the house.
    pub(crate) async fn worst_case(&self) -> Amount {
        let shards = self.context.store.load_period_bets_eventually(&self.period).await.expect("the table");
        let bets = shards.iter().flat_map(|shard| &shard.bets);
        Exposure::of(self.period.id.room.game(), bets).worst_case()
    }

    /// Sets whether the table throttles the writes of transactions, like the partition of a busy period.
    pub(crate) fn throttle_writes(&self, throttles_writes: bool) {
        self.queries.throttles_writes.store(throttles_writes, Ordering::Relaxed);
    }

    /// Sets whether queries wait.
    pub(crate) fn hold_queries(&self, are_held: bool) {
        self.queries.are_held.store(are_held, Ordering::Relaxed);
    }

    /// The number of queries so far.
    pub(crate) fn queries(&self) -> usize {
        self.queries.count.load(Ordering::Relaxed)
    }
}

async fn open_period(context: &Context) -> Period {
    let room: Room = "wingo-30".parse().expect("a room");
    let offset = context.settings.players.attendance_offset.offset();
    let id = PeriodId::at(room, evens_doubles::now(), offset);
    let seed = context.entropy.seed().expect("a seed");
    let period = Period::open(id, offset, seed.hash(), ShardCount::ONE_PER_LANE);
    context.store.open_period(period, &seed).await.expect("the table").into_period()
}

/// Counts the queries sent to the table.
fn counting(real: SharedHttpClient, queries: &Arc<Queries>) -> SharedHttpClient {
    let queries = Arc::clone(queries);
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(CountingTable {
            queries: Arc::clone(&queries),
            real: real.http_connector(settings, components),
        })
    })
}

#[derive(Debug)]
struct CountingTable {
    queries: Arc<Queries>,
    real: SharedHttpConnector,
}

impl HttpConnector for CountingTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if target.ends_with(".TransactWriteItems") && self.queries.throttles_writes.load(Ordering::Relaxed) {
            let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#;
            let status = 400.try_into().expect("a status");
            return HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body.into())));
        }
        if !target.ends_with(".Query") {
            return self.real.call(request);
        }
        self.queries.count.fetch_add(1, Ordering::Relaxed);
        let (queries, answer) = (Arc::clone(&self.queries), self.real.call(request));
        HttpConnectorFuture::new(async move {
            while queries.are_held.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            answer.await
        })
    }
}
