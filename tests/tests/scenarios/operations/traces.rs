//! Spans of requests and jobs, as a collector of OpenTelemetry gets them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use evens_tests::{Process, Request, Scenario, await_until};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CLIENT_SPAN: &str = "b7ad6b7169203331";

/// A collector on this machine, with the requests that it got.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

impl Collector {
    /// Starts it, and returns the variables of a process that sends its spans there.
    async fn start(&self, more: &[(&'static str, &'static str)]) -> &'static [(&'static str, &'static str)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint: &str = format!("http://{}", listener.local_addr().unwrap()).leak();
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret-1"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ];
        [&variables, more].concat().leak()
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.0.lock().unwrap();
        let resources = requests.iter().flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// The spans of a trace.
    fn of(&self, trace: &str) -> Vec<Span> {
        self.spans().into_iter().filter(|span| hex::encode(&span.trace_id) == trace).collect()
    }
}

async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    assert_eq!(headers["api-key"], "secret-1");
    collector.0.lock().unwrap().push(ExportTraceServiceRequest::decode(body).unwrap());
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        other => panic!("{key} is no text: {other:?}"),
    }
}

/// The span of a bet's request is the child of the client's span, and that of its job is the child of the request's.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_the_spans_of_a_bet_and_of_its_job() {
    let collector = Collector::default();
    let scenario = Scenario::start_with(collector.start(&[]).await).await;
    let (alice, bob) = (scenario.funded(701, "50").await, scenario.funded(702, "50").await);
    alice.bet("traced", "A", "10").await;
    let request = bob.bet_request("traced", "B", "10");
    let answer = bob.send(request.header("traceparent", format!("00-{TRACE}-{CLIENT_SPAN}-01"))).await;
    answer.expect(202);
    let answered = answer.header("traceparent").unwrap().split('-').nth(2).unwrap().to_owned();
    scenario.await_ended().await;
    let spans = await_until("both spans have come", Scenario::DEADLINE, async || {
        let spans = collector.of(TRACE);
        (spans.len() > 1).then_some(spans)
    })
    .await;
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let (bet, job) = (named("POST /api/bets"), named("process match"));
    assert_eq!((bet.kind(), job.kind()), (SpanKind::Server, SpanKind::Consumer));
    assert_eq!(hex::encode(&bet.parent_span_id), CLIENT_SPAN);
    assert_eq!(hex::encode(&bet.span_id), answered);
    assert_eq!(hex::encode(&job.parent_span_id), answered);
    assert_eq!(attribute(bet, "http.response.status_code").unwrap(), "202");
    let request_id = answer.header("x-request-id").unwrap();
    assert_eq!(attribute(job, "evens.request_id").unwrap(), request_id);
    assert!(bet.start_time_unix_nano <= bet.end_time_unix_nano, "{bet:?}");
    for span in &spans {
        assert_ne!(span.status.clone().unwrap_or_default().code(), StatusCode::Error, "{span:?}");
        for secret in ["701", "702", "traced"] {
            assert!(!span.name.contains(secret), "a name has no ids: {span:?}");
        }
    }
    let resource = collector.0.lock().unwrap()[0].resource_spans[0].resource.clone().unwrap();
    let texts = format!("{resource:?}");
    assert!(texts.contains("\"evens\"") && texts.contains("\"local\""), "{texts}");
    scenario.finish().await;
}

/// A client that sends one trace with all of its requests neither gets all of them sent nor none. Half of the requests
/// are sent, with the client's trace. The first id is in each share, the other in none below 1.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_does_not_choose_whether_its_requests_are_sent() {
    const REQUESTS: usize = 100;
    let collector = Collector::default();
    let mut scenario =
        Scenario::start_with(collector.start(&[("OTEL_TRACES_SAMPLER_ARG", "0.5")]).await).await;
    let traces = ["0af7651916cd43dd0000000000000001", "0af7651916cd43ddfffffffffffffffe"];
    for trace in traces {
        for _ in 0..REQUESTS {
            let request = Request::new("GET", "/health/live");
            let parent = format!("00-{trace}-{CLIENT_SPAN}-01");
            scenario.visitor().send(request.header("traceparent", parent)).await.expect(200);
        }
    }
    scenario.stop().await;
    for trace in traces {
        let sent = collector.of(trace).len();
        // Fewer than 20 of 100 come once in 10^9 runs.
        assert!((20..=80).contains(&sent), "{sent} of {REQUESTS} requests of {trace}");
    }
}

/// The share is of requests: none of them is sent at 0, whatever the client's flag says.
#[tokio::test(flavor = "multi_thread")]
async fn traces_outside_the_share_are_not_sent() {
    let collector = Collector::default();
    let mut scenario = Scenario::start_with(collector.start(&[("OTEL_TRACES_SAMPLER_ARG", "0")]).await).await;
    let alice = scenario.funded(703, "50").await;
    let request = alice.bet_request("traced", "A", "10");
    let sampled = format!("00-{TRACE}-{CLIENT_SPAN}-01");
    alice.send(request.header("traceparent", sampled)).await.expect(202);
    // The last spans are sent before the process ends.
    scenario.stop().await;
    assert_eq!(collector.spans(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_process_sends_its_last_spans() {
    let collector = Collector::default();
    let variables = collector.start(&[("OTEL_BSP_SCHEDULE_DELAY", "600000")]).await;
    let mut scenario = Scenario::start_with(variables).await;
    let alice = scenario.funded(704, "50").await;
    let request = alice.bet_request("traced", "A", "10");
    alice.send(request.header("traceparent", format!("00-{TRACE}-{CLIENT_SPAN}-01"))).await.expect(202);
    assert_eq!(collector.spans(), [], "the batch is not due");
    scenario.stop().await;
    assert_eq!(collector.of(TRACE).len(), 1);
}

/// One line says that spans are lost, however long the collector is away. Bets do not depend on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_collector_costs_spans_and_one_line_of_the_log() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint: &str = format!("http://{}", listener.local_addr().unwrap()).leak();
    drop(listener);
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let scenario = Scenario::start_with(variables.to_vec().leak()).await;
    let (alice, bob) = (scenario.funded(705, "50").await, scenario.funded(706, "50").await);
    alice.bet("traced", "A", "10").await;
    bob.bet("traced", "B", "10").await;
    scenario.await_ended().await;
    let lost = || scenario.log().matches("spans of traces; they are dropped").count();
    await_until("the loss is logged", Scenario::DEADLINE, async || (lost() > 0).then_some(())).await;
    alice.bet("traced", "A", "10").await;
    bob.bet("traced", "B", "10").await;
    scenario.await_ended().await;
    assert_eq!(lost(), 1);
    scenario.finish().await;
}

#[tokio::test]
async fn an_unusable_collector_is_refused_at_the_start() {
    for (variable, value, reason) in [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://otel.example.com:4318",
            "unencrypted and not on this machine",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "otel", "not an absolute URL"),
        ("OTEL_TRACES_SAMPLER_ARG", "10", "is not a number from 0 to 1"),
        ("OTEL_TRACES_SAMPLER_ARG", "half", "is not a number from 0 to 1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        let variables = [endpoint, (variable, value)];
        let exit = Process::run(folder.path(), &["serve", "--listen", "127.0.0.1:0"], &variables).await;
        assert_eq!(exit.code, Some(1), "{variable}={value}: {exit:?}");
        assert!(exit.stderr.contains(variable) && exit.stderr.contains(reason), "{}", exit.stderr);
    }
}
