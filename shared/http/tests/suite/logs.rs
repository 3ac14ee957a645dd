//! Log lines of a request, and data that must never be logged.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path};
use axum::http::{Request, header};
use axum::routing::{get, post};
use evens_contracts::Problem;
use evens_doubles::{FakeSqs, Log};
use evens_http::{Answer, Caller, JsonBody, Refusal, serve_layers};
use evens_runtime::tokens::Role;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tower::ServiceExt;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

async fn act(_: Caller, Path(bet): Path<String>, _: JsonBody) -> Result<Answer<Value>, Refusal> {
    if let Some(milliseconds) = bet.strip_prefix("slow-") {
        tokio::time::sleep(Duration::from_millis(milliseconds.parse().unwrap())).await;
    }
    if bet == "broken" {
        let source = "the cause".into();
        let code = "Broken".to_owned();
        return Err(evens_queues::QueueError::Rejected { operation: "send", code, source }.into());
    }
    Ok(Answer::ok(json!({})))
}

async fn read(Path(bet): Path<String>) -> Result<Answer<Value>, Refusal> {
    if bet == "broken" {
        return Err(Refusal(Problem::internal()));
    }
    Ok(Answer::ok(json!({})))
}

/// Sends one request and returns the log and the request's id.
async fn log_of(bet: &str) -> (Vec<Value>, String) {
    log_of_method("POST", &format!("{bet}/refund")).await
}

/// Writes our own log lines to `log`; those of the SDK are not tested.
fn subscriber(log: &Log) -> impl tracing::Subscriber + Send + Sync + use<> {
    let ours: Targets =
        "off,evens_http=trace,evens_runtime=trace,evens_store=trace,suite=trace".parse().unwrap();
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(Level::TRACE)
        .with_writer(log.clone())
        .finish()
        .with(ours)
}

fn lines(log: &Log) -> Vec<Value> {
    log.take().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn log_of_method(method: &str, bet: &str) -> (Vec<Value>, String) {
    let log = Log::start();
    let signer = evens_doubles::signer();
    let context = evens_doubles::context(FakeSqs::willing().queues(), &signer);
    let router = Router::new().route("/api/bets/{betId}/refund", post(act));
    let router = serve_layers(router.route("/api/bets/{betId}", get(read)), context);
    let _guard = tracing::subscriber::set_default(subscriber(&log));
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/bets/{bet}?secret=in-the-query"))
        .header(header::AUTHORIZATION, format!("Bearer {}", evens_doubles::token(&signer, 42, Role::Player)))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, format!("Evens/1.4 \"quoted\"\t{}", "x".repeat(8_000)))
        .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4_711))))
        .header("Idempotency-Key", "secret-key");
    let request = request.body(Body::from(r#"{"amount":"123.45"}"#)).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    (lines(&log), id)
}

/// Clients without a token can send as many requests as they like.
#[tokio::test(start_paused = true)]
async fn refused_requests_get_one_line_a_second_with_their_number() {
    let log = Log::start();
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let router = serve_layers(Router::new().route("/api/bets/{betId}/refund", post(act)), context);
    let _guard = tracing::subscriber::set_default(subscriber(&log));
    for _ in 0..50 {
        for path in ["/api/bets/1/refund", "/nowhere"] {
            let request = Request::post(path).body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
    }
    let first = lines(&log);
    let [line] = first.as_slice() else { panic!("one line: {first:?}") };
    assert_eq!(line["message"], "Answered POST /api/bets/{betId}/refund with 401");
    tokio::time::sleep(Duration::from_millis(1_001)).await;
    let later = lines(&log);
    let [line] = later.as_slice() else { panic!("one line: {later:?}") };
    assert_eq!(line["message"], "Refused 99 more requests without a valid token, path or signature");
    assert_eq!(line["count"], 99);
}

#[tokio::test(start_paused = true)]
async fn a_request_is_one_log_line_with_its_id_and_without_its_body() {
    let (lines, id) = log_of("bet-77").await;
    let [line] = lines.as_slice() else { panic!("one line: {lines:?}") };
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "Answered POST /api/bets/{betId}/refund with 200");
    assert_eq!((&line["route"], &line["status"]), (&json!("/api/bets/{betId}/refund"), &json!(200)));
    assert_eq!(line["duration_ms"], 0);
    assert_eq!(line["span"]["request_id"], id.as_str());
    // The first digits of the address's SHA-256, and the start of the program's name.
    assert_eq!(line["client"], "37fcff");
    assert_eq!(line["user_agent"], format!("Evens/1.4 \"quoted\"\t{}", "x".repeat(101)));
    for secret in ["192.0.2.1", "bet-77", "in-the-query", "secret-key", "123.45", "Bearer", "eyJ"] {
        assert!(!line.to_string().contains(secret), "{secret} is in {line}");
    }
}

/// Logs are paid for by their size, and metrics count every read.
#[tokio::test(start_paused = true)]
async fn one_in_sixteen_reads_is_logged_and_every_failed_one() {
    for _ in 0..64 {
        let (lines, id) = log_of_method("GET", "bet-77").await;
        let [line] = lines.as_slice() else { panic!("one line: {lines:?}") };
        assert_eq!(line["level"], if id.ends_with('0') { "INFO" } else { "DEBUG" }, "{id}");
        let (lines, _) = log_of_method("GET", "broken").await;
        assert!(lines.iter().any(|line| line["level"] == "ERROR" && line["status"] == 500), "{lines:?}");
    }
}

/// I8: the limit is 1000 ms.
#[tokio::test(start_paused = true)]
async fn a_method_that_there_is_not_is_no_text_of_the_log() {
    let (lines, _) = log_of_method("A-SECRET-PASSWORD", "bet-77/refund").await;
    let [line] = lines.as_slice() else { panic!("one line: {lines:?}") };
    assert_eq!((&line["method"], &line["status"]), (&json!("unknown"), &json!(405)));
    assert!(!line.to_string().contains("SECRET"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_request_has_a_line_of_its_own() {
    for milliseconds in [1_001, 1_500] {
        let (lines, _) = log_of(&format!("slow-{milliseconds}")).await;
        assert_eq!(lines[0]["level"], "WARN");
        let message = format!("Slow request: POST /api/bets/{{betId}}/refund - {milliseconds}ms");
        assert_eq!(lines[0]["message"], message);
        assert_eq!(lines.len(), 2);
    }
    let (lines, _) = log_of("slow-1000").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cause_is_logged_once_with_the_request_id() {
    let (lines, id) = log_of("broken").await;
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["level"], "ERROR");
    assert_eq!(lines[0]["error"], "send: SQS refused the call (Broken): the cause");
    for line in &lines {
        assert_eq!(line["span"]["request_id"], id.as_str());
    }
}
