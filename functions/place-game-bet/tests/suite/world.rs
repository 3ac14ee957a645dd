//! The route over a table of a test's own, whose queries are counted, and wait when a test says so.

use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use evens_doubles::embedded;
use evens_engines::Engines;
use evens_games::{Period, PeriodId, Room, ShardCount};
use evens_http::serve_layers;
use evens_ledger::UserId;
use evens_players::Role;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Clock, Context, Settings};
use evens_store::{FundOutcome, Store, migrate};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tower::ServiceExt;

const TABLE: &str = "evens-test";

/// What a test works with. The engines end with it.
pub(crate) struct World {
    routes: Router<Context>,
    context: Context,
    signer: TokenSigner,
    queries: Arc<Queries>,
    period: Period,
    _engines: Engines,
}

/// How often the table was queried, and whether queries wait.
#[derive(Debug, Default)]
struct Queries {
    count: AtomicUsize,
    are_held: AtomicBool,
}

impl World {
    /// With a period of half a minute that takes bets, and three players.
    pub(crate) async fn start() -> Self {
        let engines = Engines::start(None).await.expect("engines");
        let queries = Arc::<Queries>::default();
        let table = table(&engines, &queries);
        migrate(&table, TABLE).await.expect("a table");
        let store = Store::new(table, TABLE.to_owned());
        let (_, queues) = embedded::queues().await;
        let signer = evens_doubles::signer();
        let context = evens_doubles::context_of(store, queues, &signer, Settings::local());
        for player in 1..=3 {
            let user = UserId::new(player).expect("a user");
            let funds = "100".parse().expect("an amount");
            let order = format!("funds-{player}");
            let funded = context.store.fund_wallet(user, funds, &order, evens_doubles::now()).await;
            assert!(matches!(funded, Ok(FundOutcome::Funded(_))), "{funded:?}");
        }
        let period = open_period(&context).await;
        let routes = evens_place_game_bet::router(evens_exclusion_register::Exclusions::default());
        Self { routes, context, signer, queries, period, _engines: engines }
    }

    /// The status of the answer to a bet, so many milliseconds after the period began.
    pub(crate) async fn bet(&self, player: u64, milliseconds: i64) -> u16 {
        let now = self.period.times.opens_at + SignedDuration::from_millis(milliseconds);
        let context = Context { clock: Clock::fixed(now), ..self.context.clone() };
        let user = UserId::new(player).expect("a user");
        let token = self.signer.sign(user, Role::Player, now, Duration::from_mins(15)).expect("a token");
        let body = json!({
            "periodId": self.period.id.digits(), "betType": "SIZE", "betValue": "big", "betAmount": 1,
            "purse": "CASH",
        });
        let request = Request::post("/api/games/wingo/30/bet")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = serve_layers(self.routes.clone(), context).oneshot(request).await.expect("an answer");
        answer.status().as_u16()
    }

    /// Whether queries wait from now on.
    pub(crate) fn hold_queries(&self, are_held: bool) {
        self.queries.are_held.store(are_held, Ordering::Relaxed);
    }

    /// How many there were.
    pub(crate) fn queries(&self) -> usize {
        self.queries.count.load(Ordering::Relaxed)
    }
}

async fn open_period(context: &Context) -> Period {
    let room: Room = "wingo-30".parse().expect("a room");
    let offset = context.settings.attendance_offset.offset();
    let id = PeriodId::at(room, evens_doubles::now(), offset);
    let seed = context.entropy.seed().expect("a seed");
    let period = Period::open(id, offset, seed.hash(), ShardCount::MIN);
    context.store.open_period(period, &seed).await.expect("the table").into_period()
}

fn table(engines: &Engines, queries: &Arc<Queries>) -> Client {
    let (real, queries) = (engines.http_client(), Arc::clone(queries));
    let http = http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Counting {
            queries: Arc::clone(&queries),
            real: real.http_connector(settings, components),
        })
    });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .endpoint_url(engines.dynamodb_url())
        .http_client(http)
        .credentials_provider(Credentials::new(engines.access_key(), "any", None, None, "test"));
    Client::from_conf(config.build())
}

#[derive(Debug)]
struct Counting {
    queries: Arc<Queries>,
    real: SharedHttpConnector,
}

impl HttpConnector for Counting {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
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
