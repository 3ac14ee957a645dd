//! Observability: one trace from a request to its payout, and the metrics on the way.

use evens_contracts::Queue;
use evens_tests::{Scenario, await_until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;

const VARIABLES: &[(&str, &str)] = &[("RUST_LOG", "info"), ("EVENS_METRICS_LISTEN", "127.0.0.1:0")];

/// Each job of a bet has its line.
const EACH_JOB: &[(&str, &str)] = &[("RUST_LOG", "info,evens_runtime=debug,evens_store=debug")];

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The log lines of a trace.
fn lines_of(scenario: &Scenario, trace: &str) -> Vec<Value> {
    let log = scenario.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["span"]["trace_id"] == trace).collect()
}

fn has(lines: &[Value], start: &str) -> bool {
    lines.iter().any(|line| line["message"].as_str().unwrap_or_default().starts_with(start))
}

/// C25: an interrupt from a terminal stops the process cleanly. C22: the log covers its life from start to end.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_process_finishes_what_is_under_way_and_ends_without_an_error() {
    let mut scenario = Scenario::start_with(VARIABLES).await;
    let placed = scenario.funded(41, "100").await.bet("r", "A", "10").await;
    scenario.stop_by("INT").await;
    let log = std::fs::read_to_string(scenario.folder().join("stderr.log")).unwrap();
    let started = Queue::ALL.map(|queue| format!("Started the pollers of {}\"", queue.name()));
    let ended = ["Stopping: finishing current work and accepting no more", "Stopped"].map(str::to_owned);
    for actual in started.iter().chain(&ended) {
        assert!(log.contains(actual), "{actual} is not in the log: {log}");
    }
    scenario.restart().await;
    scenario.player(41).await_status(&placed.bet_id, "PENDING").await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_a_bet_to_its_payout() {
    let scenario = Scenario::start_with(EACH_JOB).await;
    let (alice, bob) = (scenario.funded(701, "50").await, scenario.funded(702, "50").await);
    // No opposed bet waited, so this bet has no job. The other bet's job joins the two.
    alice.bet("traced", "A", "10").await;
    let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let request = bob.bet_request("traced", "B", "10").header("traceparent", traceparent.clone());
    let answer = bob.send(request).await;
    answer.expect(202);
    let answered = answer.header("traceparent").unwrap();
    assert!(answered.starts_with(&format!("00-{TRACE}-")) && answered.ends_with("-01"), "{answered}");
    assert_ne!(answered, traceparent, "a step of its own");
    scenario.await_ended().await;
    let wanted = ["Answered POST /api/bets with 202", "Paid match ", "Finished job match:"];
    let lines = await_until("the whole trace is in the log", Scenario::DEADLINE, async || {
        let lines = lines_of(&scenario, TRACE);
        wanted.iter().all(|start| has(&lines, start)).then_some(lines)
    })
    .await;
    let request_id = answer.header("x-request-id").unwrap();
    assert!(lines.iter().all(|line| line["span"]["request_id"] == request_id), "{lines:#?}");
    scenario.finish().await;
}

/// The address of a process's metrics.
pub(crate) async fn metrics_address(scenario: &Scenario) -> SocketAddr {
    await_until("the address of the metrics", Scenario::DEADLINE, async || {
        let log = scenario.log();
        let (_, rest) = log.split_once("Serving metrics on http://")?;
        rest.split_once("/metrics")?.0.parse().ok()
    })
    .await
}

pub(crate) async fn metrics(address: SocketAddr) -> BTreeMap<String, String> {
    let answer = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.unwrap();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let samples = samples.filter_map(|line| line.rsplit_once(' '));
    samples.map(|(series, value)| (series.to_owned(), value.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bets_and_refusals_are_counted() {
    let scenario = Scenario::start_with(VARIABLES).await;
    let address = metrics_address(&scenario).await;
    let (alice, bob) = (scenario.funded(711, "50").await, scenario.funded(712, "50").await);
    let larger = alice.bet("counted", "A", "10.5").await;
    bob.bet("counted", "B", "10.25").await;
    bob.try_bet("counted", "B", "1000").await.expect(400);
    scenario.visitor().get("/api/nowhere/711").await.expect(404);
    #[rustfmt::skip]
    let expected = [
        (r#"bullmq_jobs_total{queue="match",status="completed"}"#,                           "1"),
        (r#"evens_money_moved_total{type="DEBIT",purse="CASH"}"#,                            "20.75"),
        (r#"evens_money_moved_total{type="CREDIT",purse="CASH"}"#,                           "20.5"),
        (r#"evens_http_requests_total{method="POST",route="/api/bets",status="202"}"#,       "2"),
        (r#"evens_http_requests_total{method="POST",route="/api/bets",status="400"}"#,       "1"),
        (r#"evens_http_requests_total{method="unknown",route="unknown",status="404"}"#,      "1"),
        (r#"evens_http_request_duration_seconds_count{method="POST",route="/api/bets"}"#,    "3"),
        (r#"evens_job_duration_seconds_count{queue="match"}"#,                               "1"),
        (r#"evens_dead_letters{queue="settle"}"#,                                            "0"),
    ];
    // Metrics of periodic work, such as the age that a full sweep finds, appear once that work has run.
    let measured = [
        "process_resident_memory_bytes",
        "evens_oldest_open_bet_age_seconds",
        r#"evens_queue_waiting{queue="match"}"#,
        r#"evens_table_request_duration_seconds_count{operation="TransactWriteItems"}"#,
    ];
    let found = await_until("everything is counted", Scenario::DEADLINE, async || {
        let found = metrics(address).await;
        let counted =
            expected.iter().all(|(series, value)| found.get(*series).is_some_and(|found| found == value));
        (counted && measured.iter().all(|series| found.contains_key(*series))).then_some(found)
    })
    .await;
    let draws = ["A", "B"].map(|side| found.get(&format!("evens_draws_total{{winner=\"{side}\"}}")).cloned());
    assert_eq!(draws.into_iter().flatten().collect::<Vec<_>>(), ["1"], "one match was drawn");
    assert!(!found.keys().any(|series| series.contains("711")), "nothing of a player is a label: {found:#?}");
    let traffic = scenario.operator().get("/api/operator/metrics").await.expect(200);
    let total = &traffic["data"]["total"];
    assert_eq!(total["bets"], 2);
    assert_eq!(total["matches"], 1);
    assert_eq!(
        total["moneyMoved"],
        json!({ "debit": "20.75", "credit": "20.5", "refund": "0", "payout": "0" })
    );
    assert!(traffic["data"]["lastMinute"]["p99Micros"].is_u64(), "{traffic}");
    // A web page whose host name leads to this machine gets no metrics.
    let page = reqwest::Client::new().get(format!("http://{address}/metrics"));
    let page = page.header("host", "page.example").send().await.unwrap();
    assert_eq!(page.status(), 403);
    // The public API does not serve the metrics.
    let api = reqwest::get(format!("http://{}/metrics", scenario.api())).await.unwrap();
    assert_eq!(api.status(), 404);
    let other = reqwest::get(format!("http://{address}/api/wallet")).await.unwrap();
    assert_eq!(other.status(), 404);
    alice.post(&format!("/api/bets/{}/refund", larger.bet_id)).await.expect(200);
    scenario.await_ended().await;
    scenario.finish().await;
}

/// Load balancers see in time that the process is draining, and requests are still answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_drains_says_so_and_still_serves() {
    let mut scenario = Scenario::start_with(&[("EVENS_DRAIN_SECONDS", "600")]).await;
    let nobody = scenario.visitor();
    let ready = nobody.get("/health/ready").await.expect(200);
    assert_eq!(ready, json!({ "ready": true, "draining": false, "table": true, "queues": true }));
    scenario.signal("TERM");
    let draining = await_until("it drains", Scenario::DEADLINE, async || {
        let answer = nobody.get("/health/ready").await;
        (answer.status() == 503).then(|| answer.json())
    })
    .await;
    assert_eq!(draining, json!({ "ready": false, "draining": true, "table": true, "queues": true }));
    assert_eq!(nobody.get("/health/live").await.expect(200), json!({ "alive": true }));
    nobody.get("/health").await.expect(200);
    scenario.funded(721, "5").await.bet("late", "A", "5").await;
    // A second request to stop ends the drain at once.
    scenario.stop().await;
}
