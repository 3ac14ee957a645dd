//! The shared layers: every refusal, their precedence, and the headers of an answer.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use evens_contracts::{OpenRoundRequest, PlaceBetRequest, TraceParent};
use evens_doubles::FakeSqs;
use evens_http::{
    Answer, Caller, IdempotencyKeyHeader, JsonBody, PageCursor, Refusal, RequestId, Staff, serve_layers,
};
use evens_queues::QueueError;
use evens_runtime::tokens::{Role, TokenSigner};
use futures::stream;
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tower::ServiceExt;

/// Routes of the same kinds as the functions have.
fn router() -> Router<evens_runtime::Context> {
    Router::new()
        .route("/api/bets", post(place_bet).get(list_bets))
        .route("/api/rounds", post(open_round))
        .route("/api/rounds/{round_id}", get(read_round))
        .route("/api/sleep/{milliseconds}", get(sleep))
        .route("/api/public", get(async || ([(header::CACHE_CONTROL, "public, max-age=1")], "known to all")))
        .route("/api/panic", get(panic))
        .route("/api/fail/{code}", get(fail))
        .route("/health", get(unhealthy))
}

async fn place_bet(
    caller: Caller,
    key: IdempotencyKeyHeader,
    JsonBody(bytes): JsonBody,
) -> Result<Answer<Value>, Refusal> {
    let request = PlaceBetRequest::parse(&bytes)?;
    let key = key.key()?;
    caller.require_self(request.user_id)?;
    let answer = json!({ "key": key.map(|key| key.to_string()) });
    Ok(Answer::new(StatusCode::ACCEPTED, answer).replayed(true))
}

async fn list_bets(
    caller: Caller,
    PageCursor(cursor): PageCursor,
    request_id: RequestId,
) -> Result<Answer<Value>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    Ok(Answer::ok(json!({ "user": caller.user.number(), "before": before, "request": request_id.as_str() })))
}

async fn open_round(_: Staff, JsonBody(bytes): JsonBody) -> Result<Answer<Value>, Refusal> {
    OpenRoundRequest::parse(&bytes, Timestamp::UNIX_EPOCH)?;
    Ok(Answer::new(StatusCode::CREATED, json!({})))
}

async fn read_round(Path(round_id): Path<String>) -> Answer<Value> {
    Answer::ok(json!({ "roundId": round_id }))
}

async fn sleep(Path(milliseconds): Path<u64>) -> Answer<Value> {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    Answer::ok(json!({}))
}

async fn panic() -> Answer<Value> {
    panic!("as the test wants it")
}

async fn fail(Path(code): Path<String>) -> Result<Answer<Value>, Refusal> {
    let source = "the cause, with the secret hunter2".into();
    let operation = "send";
    match code.as_str() {
        "503" => Err(QueueError::Unavailable { operation, source }.into()),
        _ => Err(QueueError::Rejected { operation, code, source }.into()),
    }
}

async fn unhealthy() -> Answer<Value> {
    Answer::new(StatusCode::SERVICE_UNAVAILABLE, json!({ "healthy": false }))
}

/// A client of the router.
struct Client {
    router: Router,
    signer: TokenSigner,
}

impl Client {
    fn new() -> Self {
        let signer = evens_doubles::signer();
        let context = evens_doubles::context(FakeSqs::willing().queues(), &signer);
        let router = serve_layers(router(), context);
        Self { router, signer }
    }

    fn token(&self, role: Role) -> String {
        format!("Bearer {}", evens_doubles::token(&self.signer, 42, role))
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a request with the player's token.
    async fn get_as_player(&self, path: &str) -> Response {
        let request = Request::get(path).header(header::AUTHORIZATION, self.token(Role::Player));
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

async fn json_body(response: Response) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

/// The title fits every cause of the refusal; the detail names the header.
#[tokio::test]
async fn a_body_that_is_not_read_as_it_was_sent_is_told_by_which_header() {
    let client = Client::new();
    for (content_type, encoding, named) in [
        ("text/plain", "identity", "Content-Type"),
        ("application/json", "gzip", "Content-Encoding"),
        ("text/plain", "gzip", "Content-Type"),
    ] {
        let request = Request::post("/api/rounds")
            .header(header::CONTENT_TYPE, content_type)
            .header(header::CONTENT_ENCODING, encoding)
            .header(header::AUTHORIZATION, client.token(Role::Operator));
        let response = client.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type} {encoding}");
        let problem = json_body(response).await;
        assert_eq!(problem["title"], "The media type or encoding of the body is not supported");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(named)), "{problem}");
    }
}

/// Method, path, token, content type, body, and the code of the refusal. Each row repairs one fault of the previous
/// one.
type Row = (Method, &'static str, Option<Role>, &'static str, &'static str, &'static str);

#[tokio::test]
async fn refusals_come_in_their_order() {
    let huge = "{".repeat(100_000).leak();
    let good = r#"{"roundId":"round-1"}"#;
    let rows: [Row; 9] = [
        (Method::PUT, "/api/nothing", None, "text/plain", huge, "404 not-found"),
        (Method::PUT, "/api/rounds", None, "text/plain", huge, "405 method-not-allowed"),
        (Method::POST, "/api/rounds", None, "text/plain", huge, "401 unauthorized"),
        (Method::POST, "/api/rounds", Some(Role::Oracle), "text/plain", huge, "403 forbidden"),
        (Method::POST, "/api/rounds", Some(Role::Operator), "text/plain", huge, "415 unsupported-media-type"),
        (
            Method::POST,
            "/api/rounds",
            Some(Role::Operator),
            "application/json",
            huge,
            "413 payload-too-large",
        ),
        (Method::POST, "/api/rounds", Some(Role::Operator), "application/json", "{", "400 malformed-body"),
        (Method::POST, "/api/rounds", Some(Role::Operator), "application/json", "{}", "422 invalid"),
        (Method::POST, "/api/rounds", Some(Role::Operator), "application/json", good, "201"),
    ];
    let client = Client::new();
    for (method, path, role, content_type, body, expected) in rows {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::CONTENT_TYPE, content_type);
        if let Some(role) = role {
            request = request.header(header::AUTHORIZATION, client.token(role));
        }
        let response = client.send(request.body(Body::from(body)).unwrap()).await;
        let status = response.status().as_u16();
        let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let content_type = response.headers()[header::CONTENT_TYPE].clone();
        let body = json_body(response).await;
        let answer = match body["code"].as_str() {
            None => status.to_string(),
            Some(code) => {
                assert_eq!(content_type, "application/problem+json");
                assert_eq!(body["status"], status);
                assert_eq!(body["requestId"], request_id.as_str());
                format!("{status} {code}")
            }
        };
        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn a_refused_method_lists_those_there_are() {
    let client = Client::new();
    let request = Request::delete("/api/bets").body(Body::empty()).unwrap();
    let response = client.send(request).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let allow = response.headers()[header::ALLOW].to_str().unwrap().to_owned();
    let mut allowed: Vec<&str> = allow.split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn a_refused_token_is_told_why_and_how() {
    let client = Client::new();
    let cases = [
        (None, "There is no bearer token."),
        (Some("Basic dXNlcjpwYXNz".to_owned()), "There is no bearer token."),
        (Some("Bearer".to_owned()), "There is no bearer token."),
        (Some("Bearer nonsense".to_owned()), "The token cannot be read."),
        (
            Some(format!("Bearer {}", evens_doubles::token(&evens_doubles::signer(), 42, Role::Player))),
            "The token was not issued for this API",
        ),
    ];
    for (authorization, detail) in cases {
        let mut request = Request::get("/api/bets");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let response = client.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let body = json_body(response).await;
        assert!(body["detail"].as_str().unwrap().starts_with(detail), "{body}");
    }
    let twice = Request::get("/api/bets")
        .header(header::AUTHORIZATION, client.token(Role::Player))
        .header(header::AUTHORIZATION, client.token(Role::Player));
    let response = client.send(twice.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let lower_case = client.token(Role::Player).replace("Bearer", "bearer");
    let request = Request::get("/api/bets").header(header::AUTHORIZATION, lower_case);
    let response = client.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
}

/// A body of 2 MB in chunks, and the number of chunks read.
fn two_megabytes() -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let pieces = (0..128).map(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16 * 1_024]))
    });
    (Body::from_stream(stream::iter(pieces)), taken)
}

#[tokio::test]
async fn a_large_body_is_refused_without_being_read() {
    let client = Client::new();
    // The declared length, and the maximum number of chunks read before the refusal.
    for (declared, pieces_max) in [(Some("2097152"), 0), (None, 5), (Some("10"), 5), (Some("nonsense"), 5)] {
        let (body, taken) = two_megabytes();
        let mut request = Request::post("/api/bets")
            .header(header::AUTHORIZATION, client.token(Role::Player))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(declared) = declared {
            request = request.header(header::CONTENT_LENGTH, declared);
        }
        let response = client.send(request.body(body).unwrap()).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{declared:?}");
        let taken = taken.load(Ordering::Relaxed);
        assert!(taken <= pieces_max, "{declared:?}: {taken} pieces were read");
    }
}

#[tokio::test]
async fn content_types() {
    let client = Client::new();
    let cases: [(&[&str], u16); 9] = [
        (&["application/json"], 422),
        (&["Application/JSON; Charset=UTF-8"], 422),
        (&["application/json;charset=\"utf-8\""], 422),
        (&["application/json; charset=utf-16"], 415),
        (&["application/jsonp"], 415),
        (&["text/json"], 415),
        (&["multipart/form-data; boundary=application/json"], 415),
        (&["application/json", "application/json"], 415),
        (&[], 415),
    ];
    for (content_types, status) in cases {
        let mut request =
            Request::post("/api/bets").header(header::AUTHORIZATION, client.token(Role::Player));
        for content_type in content_types {
            request = request.header(header::CONTENT_TYPE, *content_type);
        }
        let response = client.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(response.status().as_u16(), status, "{content_types:?}");
    }
}

#[tokio::test]
async fn idempotency_keys() {
    let client = Client::new();
    let good = r#"{"userId":42,"roundId":"r","amount":1,"side":"A"}"#;
    let long = "k".repeat(256).leak();
    // Headers and body; status and field of the refusal.
    let cases: [(&[&str], &str, u16, Value); 8] = [
        (&[], good, 202, Value::Null),
        (&["key-1"], good, 202, Value::Null),
        (&[""], good, 422, json!("Idempotency-Key")),
        (&[long], good, 422, json!("Idempotency-Key")),
        (&["a\tb"], good, 422, json!("Idempotency-Key")),
        (&["key-1", "key-1"], good, 422, json!("Idempotency-Key")),
        (&["", ""], "{}", 422, json!("roundId")),
        (&["key-1"], r#"{"userId":43,"roundId":"r","amount":1,"side":"A"}"#, 403, json!("userId")),
    ];
    for (keys, body, status, field) in cases {
        let mut request = Request::post("/api/bets")
            .header(header::AUTHORIZATION, client.token(Role::Player))
            .header(header::CONTENT_TYPE, "application/json");
        for key in keys {
            request = request.header("Idempotency-Key", *key);
        }
        let response = client.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(response.status().as_u16(), status, "{keys:?} {body}");
        let replayed = response.headers().get("Idempotency-Replayed").cloned();
        assert_eq!(replayed.is_some_and(|value| value == "true"), status == 202);
        assert_eq!(json_body(response).await["field"], field, "{keys:?} {body}");
    }
}

#[tokio::test]
async fn cursors() {
    let client = Client::new();
    let cursor = evens_contracts::Cursor { before: 7 };
    let cases = [
        ("/api/bets".to_owned(), 200),
        ("/api/bets?other=1".to_owned(), 200),
        (format!("/api/bets?cursor={cursor}"), 200),
        (format!("/api/bets?cursor={cursor}&cursor={cursor}"), 422),
        ("/api/bets?cursor=".to_owned(), 422),
        ("/api/bets?cursor=nonsense".to_owned(), 422),
    ];
    for (path, status) in cases {
        let response = client.get_as_player(&path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let body = json_body(response).await;
        match status {
            200 if path.contains("cursor") => assert_eq!(body["before"], 7),
            200 => assert_eq!(body["before"], Value::Null),
            _ => assert_eq!(body["field"], "cursor"),
        }
    }
}

#[tokio::test]
async fn a_routes_own_cache_control_is_kept() {
    let kept = Client::new().get_as_player("/api/public").await;
    assert_eq!(kept.headers()[header::CACHE_CONTROL], "public, max-age=1");
}

#[tokio::test]
async fn an_answer_carries_its_headers_and_the_id_that_the_handler_saw() {
    let response = Client::new().get_as_player("/api/bets").await;
    let headers = response.headers().clone();
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    let request_id = headers["x-request-id"].to_str().unwrap();
    assert_eq!(json_body(response).await["request"], request_id);
}

#[tokio::test]
async fn on_lambda_the_request_has_the_id_of_the_invocation() {
    let mut invocation = lambda_http::Context::default();
    invocation.request_id = "invocation-1".to_owned();
    let request = Request::get("/health").header("x-request-id", "chosen by the client");
    let request = request.extension(invocation).body(Body::empty()).unwrap();
    let response = Client::new().send(request).await;
    assert_eq!(response.headers()["x-request-id"], "invocation-1");
}

type Headers<'a> = &'a [(&'a str, &'a str)];

/// The client's trace, otherwise the gateway's, otherwise a new one; always with a span of its own.
#[tokio::test]
async fn a_request_goes_on_with_the_trace_that_it_brings() {
    const OURS: &str = "0af7651916cd43dd8448eb211c80319c";
    const GATEWAYS: &str = "5759e988bd862e3fe1be46a994272793";
    let client = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let gateway = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    #[rustfmt::skip]
    let table: [(Headers<'_>, Option<&str>); 6] = [
        (&[("traceparent", client)],                                   Some(OURS)),
        (&[("traceparent", client), ("x-amzn-trace-id", gateway)],     Some(OURS)),
        (&[("x-amzn-trace-id", gateway)],                              Some(GATEWAYS)),
        (&[("traceparent", "wrong"), ("x-amzn-trace-id", gateway)],    Some(GATEWAYS)),
        (&[("traceparent", client), ("traceparent", client)],          None),
        (&[],                                                          None),
    ];
    for (sent, expected) in table {
        let mut request = Request::get("/health");
        for (name, value) in sent {
            request = request.header(*name, *value);
        }
        let response = Client::new().send(request.body(Body::empty()).unwrap()).await;
        let text = response.headers()["traceparent"].to_str().unwrap();
        let answered: TraceParent = text.parse().unwrap();
        assert_ne!(text, client, "{sent:?}");
        match expected {
            Some(expected) => assert_eq!(answered.trace_id(), expected, "{sent:?}"),
            None => assert!(![OURS, GATEWAYS].contains(&answered.trace_id().as_str()), "{sent:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_no_problem_is_unchanged() {
    let response = Client::new().get("/health").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!response.headers().contains_key(header::CACHE_CONTROL));
    assert_eq!(json_body(response).await, json!({ "healthy": false }));
}

#[tokio::test]
async fn a_path_that_is_no_text_is_unknown() {
    let client = Client::new();
    for path in ["/api/rounds/%FF", "/api/sleep/soon"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(json_body(response).await["code"], "not-found");
    }
}

#[tokio::test]
async fn a_cause_never_reaches_the_client() {
    let client = Client::new();
    for (path, status, code) in [
        ("/api/fail/503", 503, "unavailable"),
        ("/api/fail/500", 500, "internal"),
        ("/api/panic", 500, "internal"),
    ] {
        let response = client.get(path).await;
        assert_eq!(response.status().as_u16(), status);
        let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
        assert_eq!(retry_after.is_some_and(|value| value == "1"), status == 503);
        let body = json_body(response).await;
        assert_eq!(body["code"], code);
        assert!(!body.to_string().contains("hunter2") && !body.to_string().contains("test wants"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_given_up_after_25_seconds() {
    let client = Client::new();
    let in_time = client.get("/api/sleep/24999").await;
    assert_eq!(in_time.status(), StatusCode::OK);
    let too_late = client.get("/api/sleep/25001").await;
    assert_eq!(too_late.status(), StatusCode::REQUEST_TIMEOUT);
    let body = json_body(too_late).await;
    assert!(body["detail"].as_str().unwrap().starts_with("Request timeout"));
}

#[tokio::test(start_paused = true)]
async fn a_bet_without_a_key_that_is_given_up_is_told_under_which_key_it_is_found() {
    let never = async || std::future::pending::<Answer<Value>>().await;
    let router = Router::new().route("/api/bets", post(never).get(never));
    let router =
        serve_layers(router, evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer()));
    let with_key = "Request timeout. Repeat it with the same Idempotency-Key.";
    for (method, key, names_request) in
        [("POST", None, true), ("POST", Some("mine"), false), ("GET", None, false)]
    {
        let mut request = Request::builder().method(method).uri("/api/bets");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
        let body = json_body(answer).await;
        let (detail, id) = (body["detail"].as_str().unwrap(), body["requestId"].as_str().unwrap());
        let named = format!("Repeat it with the header Idempotency-Key: {id}, which returns the bet");
        assert_eq!(detail.contains(&named), names_request, "{method} {key:?}: {detail}");
        assert_eq!(detail == with_key, !names_request, "{method} {key:?}: {detail}");
    }
}
