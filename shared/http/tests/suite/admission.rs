//! Rate limits and account checks: which requests are admitted, and the headers of the answer.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use evens_contracts::Rate;
use evens_doubles::FakeSqs;
use evens_doubles::{AccountState, FakeTable};
use evens_http::{Answer, Caller, Refusal, Staff, Visitor, serve_layers};
use evens_metrics::Metrics;
use evens_runtime::tokens::{Role, TokenSigner};
use evens_runtime::{Clock, Context, Rates, Settings};
use futures::future::join_all;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;

fn settings(rate_limits: &'static str) -> Settings {
    let read = Settings::from_lookup(|name| (name == "EVENS_RATE_LIMITS").then(|| rate_limits.to_owned()));
    read.unwrap()
}

fn router() -> Router<Context> {
    Router::new()
        .route(
            "/api/bets",
            post(async |_: Caller| Answer::ok(json!({}))).get(async |_: Caller| Answer::ok(json!({}))),
        )
        .route("/api/rounds", post(async |_: Staff| Answer::ok(json!({}))))
        .route("/api/users/login", post(log_in))
}

async fn log_in(visitor: Visitor) -> Result<Answer<Value>, Refusal> {
    Ok(Answer::ok(json!({ "address": visitor.address.to_string() })))
}

struct World {
    router: Router,
    signer: TokenSigner,
}

impl World {
    fn new(table: &FakeTable, limits: &'static str) -> Self {
        let signer = evens_doubles::signer();
        let context =
            evens_doubles::context_of(table.store(), FakeSqs::willing().queues(), &signer, settings(limits));
        Self { router: serve_layers(router(), context), signer }
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn call(&self, method: &str, path: &str, role: Role) -> Response {
        let token = evens_doubles::token(&self.signer, 42, role);
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a request without a token from that peer address.
    async fn visit(&self, address: &str, forwarded: Option<&str>) -> Response {
        let mut request = Request::post("/api/users/login");
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = address.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.send(request).await
    }
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

/// Blocked accounts are refused here, except for bets, whose own transaction checks them.
#[tokio::test]
async fn requests_are_admitted_by_the_state_of_the_account() {
    use AccountState::{Blocked, Nobody, Operator, Player};
    let rows = [
        (Nobody, "GET", "/api/bets", Role::Player, 200, ""),
        (Player, "GET", "/api/bets", Role::Player, 200, ""),
        (Blocked, "GET", "/api/bets", Role::Player, 403, "account-blocked"),
        (Blocked, "POST", "/api/bets", Role::Player, 200, ""),
        (Operator, "POST", "/api/rounds", Role::Operator, 200, ""),
        (Operator, "POST", "/api/rounds", Role::Player, 403, "forbidden"),
        (Player, "POST", "/api/rounds", Role::Operator, 403, "forbidden"),
        (Nobody, "POST", "/api/rounds", Role::Operator, 403, "forbidden"),
        (Blocked, "POST", "/api/rounds", Role::Operator, 403, "account-blocked"),
        (Player, "POST", "/api/bets", Role::Operator, 403, "forbidden"),
    ];
    for (state, method, path, role, status, expected) in rows {
        let world = World::new(&FakeTable::new(state), "bets=1000/1m");
        let answer = code(world.call(method, path, role).await).await;
        assert_eq!(answer, (status, expected.to_owned()), "{state:?} {method} {path} {role:?}");
    }
}

#[tokio::test]
async fn a_budget_that_is_used_up_says_when_to_come_back() {
    let world = World::new(&FakeTable::new(AccountState::Player), "reads=3/1m");
    for left in [2, 1, 0] {
        let response = world.call("GET", "/api/bets", Role::Player).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["ratelimit-policy"], "\"reads\";q=3;w=60");
        assert_eq!(response.headers()["ratelimit"], format!("\"reads\";r={left};t=60"));
    }
    let response = world.call("GET", "/api/bets", Role::Player).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["ratelimit"], "\"reads\";r=0;t=60");
    assert_eq!(response.headers()[header::RETRY_AFTER], "60");
    assert_eq!(code(response).await, (429, "too-many-requests".to_owned()));
    let other_budget = world.call("POST", "/api/bets", Role::Player).await;
    assert_eq!(other_budget.status(), StatusCode::OK);
}

#[tokio::test]
async fn addresses_have_budgets_of_their_own_and_no_header_is_one() {
    let world = World::new(&FakeTable::new(AccountState::Player), "login=2/1m");
    let rows = [
        ("192.0.2.1:1", None, 200),
        ("192.0.2.1:2", Some("198.51.100.1"), 200),
        ("192.0.2.1:3", Some("198.51.100.2"), 429),
        ("192.0.2.2:1", Some("192.0.2.1"), 200),
        ("[2001:db8:0:1::1]:1", None, 200),
        ("[2001:db8:0:1::2]:1", None, 200),
        ("[2001:db8:0:1::3]:1", None, 429),
        ("[2001:db8:0:2::1]:1", None, 200),
    ];
    for (address, forwarded, status) in rows {
        assert_eq!(
            world.visit(address, forwarded).await.status().as_u16(),
            status,
            "{address} {forwarded:?}"
        );
    }
}

/// Requests without a valid token, path or method share a budget of their address. Requests with a token do not depend
/// on it.
#[tokio::test]
async fn an_address_that_is_refused_too_often_gets_another_answer() {
    let world = World::new(&FakeTable::new(AccountState::Player), "refused=3/1m");
    let ask = async |method: &str, path: &str, address: &str, token: Option<&str>| {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = address.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        world.send(request).await
    };
    let token = evens_doubles::token(&world.signer, 42, Role::Player);
    #[rustfmt::skip]
    let table = [
        ("GET",   "/api/bets", "192.0.2.1:1", None,           401, "unauthorized"),
        ("GET",   "/nowhere",  "192.0.2.1:2", None,           404, "not-found"),
        ("PATCH", "/api/bets", "192.0.2.1:1", None,           405, "method-not-allowed"),
        ("GET",   "/api/bets", "192.0.2.1:1", Some("forged"), 429, "too-many-requests"),
        ("GET",   "/nowhere",  "192.0.2.1:1", None,           429, "too-many-requests"),
        ("GET",   "/nowhere",  "192.0.2.2:1", None,           404, "not-found"),
        ("GET",   "/api/bets", "192.0.2.1:1", Some(&token),   200, ""),
    ];
    for (method, path, address, token, status, expected) in table {
        let answer = code(ask(method, path, address, token).await).await;
        assert_eq!(answer, (status, expected.to_owned()), "{method} {path} {address} {token:?}");
    }
    let response = ask("GET", "/nowhere", "192.0.2.1:1", None).await;
    assert_eq!(response.headers()["ratelimit"], "\"refused\";r=0;t=60");
    assert_eq!(response.headers()[header::RETRY_AFTER], "60");
}

/// Two processes over one table with a thousand concurrent requests admit exactly the budget.
#[tokio::test]
async fn a_budget_holds_over_processes() {
    for limits in ["login=100/15m", "reads=100/15m", "reads=37/15m", "reads=1/15m"] {
        let rate = if limits.starts_with("login") { Rate::Login } else { Rate::Reads };
        let table = FakeTable::new(AccountState::Player);
        let limits = settings(limits).rate_limits;
        let budget = limits.budget(rate).unwrap();
        let processes =
            [Rates::new(limits.clone(), Metrics::default()), Rates::new(limits, Metrics::default())];
        let store = table.store();
        let takes =
            (0..1_000).map(|number: usize| {
                let (rates, store) = (&processes[number % 2], &store);
                async move {
                    rates.take(store, rate, "one", evens_doubles::now()).await.unwrap().unwrap().is_within
                }
            });
        let within = join_all(takes).await.into_iter().filter(|is_within| *is_within).count();
        assert_eq!(within, usize::try_from(budget.limit).unwrap(), "{rate:?} {budget}");
        // An exhausted budget causes no further writes. Each process takes small leases at first.
        let whole_leases = usize::try_from(budget.limit.div_ceil(rate.rules().lease)).unwrap();
        let writes_max = whole_leases + 3 + 2 * processes.len();
        assert!(table.writes() <= writes_max, "{} writes for {rate:?} {budget}", table.writes());
    }
}

/// Many warm functions with rare requests waste no part of the budget.
#[tokio::test]
async fn a_budget_is_not_spent_by_those_who_get_one_request_each() {
    let table = FakeTable::new(AccountState::Player);
    let limits = settings("reads=100/15m").rate_limits;
    let processes = [(); 60].map(|()| Rates::new(limits.clone(), Metrics::default()));
    let store = table.store();
    for process in &processes {
        let quota = process.take(&store, Rate::Reads, "one", evens_doubles::now()).await.unwrap().unwrap();
        assert!(quota.is_within, "{quota:?}");
    }
    assert_eq!(table.writes(), 60);
}

#[tokio::test]
async fn the_next_window_is_full_again() {
    let table = FakeTable::new(AccountState::Player);
    let signer = evens_doubles::signer();
    let mut context = evens_doubles::context_of(
        table.store(),
        FakeSqs::willing().queues(),
        &signer,
        settings("login=1/1m"),
    );
    let minute = Arc::new(std::sync::Mutex::new(0));
    let reading = minute.clone();
    context.clock = Clock::from_fn(move || {
        evens_doubles::now() + jiff::SignedDuration::from_mins(*reading.lock().unwrap())
    });
    let world = World { router: serve_layers(router(), context), signer };
    for now in 0..3 {
        *minute.lock().unwrap() = now;
        assert_eq!(world.visit("192.0.2.1:1", None).await.status(), StatusCode::OK);
        assert_eq!(world.visit("192.0.2.1:1", None).await.status(), StatusCode::TOO_MANY_REQUESTS);
    }
}

/// Routes limited only by the gateway are not counted.
#[tokio::test]
async fn a_route_without_a_budget_is_not_counted() {
    let table = FakeTable::new(AccountState::Player);
    let signer = evens_doubles::signer();
    let context = evens_doubles::context_of(
        table.store(),
        FakeSqs::willing().queues(),
        &signer,
        settings("login=1/1m"),
    );
    let router = Router::new().route("/health", get(async || Answer::ok(json!({}))));
    let router = serve_layers(router, context);
    let request = Request::get("/health").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().get("ratelimit").is_none());
    assert_eq!(table.writes(), 0);
}

/// HEAD is admitted like GET, from the same budget.
#[tokio::test]
async fn a_look_at_the_headers_only_is_admitted_like_any_other() {
    let blocked = World::new(&FakeTable::new(AccountState::Blocked), "reads=1000/1m");
    assert_eq!(blocked.call("HEAD", "/api/bets", Role::Player).await.status(), StatusCode::FORBIDDEN);
    let demoted = World::new(&FakeTable::new(AccountState::Player), "reads=1000/1m");
    assert_eq!(demoted.call("HEAD", "/api/bets", Role::Operator).await.status(), StatusCode::FORBIDDEN);
    let player = World::new(&FakeTable::new(AccountState::Player), "reads=2/1m");
    for (method, expected) in [("HEAD", 200), ("GET", 200), ("HEAD", 429), ("GET", 429)] {
        assert_eq!(
            player.call(method, "/api/bets", Role::Player).await.status().as_u16(),
            expected,
            "{method}"
        );
    }
}

/// A served route that is missing from the table is refused.
#[tokio::test]
async fn a_served_route_that_is_not_in_the_table_is_refused() {
    let signer = evens_doubles::signer();
    let context = evens_doubles::context(FakeSqs::willing().queues(), &signer);
    let unknown = Router::new()
        .route("/api/secret", get(async |_: Caller| Answer::ok(json!({}))))
        .route("/api/open", get(async |_: Visitor| Answer::ok(json!({}))));
    let world = World { router: serve_layers(unknown, context), signer };
    for path in ["/api/secret", "/api/open"] {
        let answer = code(world.call("GET", path, Role::Player).await).await;
        assert_eq!(answer, (500, "internal".to_owned()), "{path}");
    }
}
