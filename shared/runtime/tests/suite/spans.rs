//! Spans of jobs and scheduled runs.

use evens_contracts::{FinishRoundJob, Job, TraceParent};
use evens_doubles::FakeSqs;
use evens_queues::Message;
use evens_runtime::{
    Context, JobDone, JobError, Span, SpanCollector, SpanKind, Spans, process_batch, repeat,
};
use jiff::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Collects the spans of all requests, or of none, and the ids by which it was asked.
#[derive(Debug, Default)]
struct Collector {
    is_closed: bool,
    asked: Mutex<Vec<String>>,
    spans: Mutex<Vec<Span>>,
}

impl SpanCollector for Collector {
    fn wants(&self, request_id: &str) -> bool {
        self.asked.lock().unwrap().push(request_id.to_owned());
        !self.is_closed
    }

    fn collect(&self, span: Span) {
        self.spans.lock().unwrap().push(span);
    }
}

fn context(collector: &Arc<Collector>) -> Context {
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let collector = Arc::clone(collector);
    Context { spans: Spans::to(collector), ..context }
}

fn message(round: &str) -> Message {
    let job = FinishRoundJob { round_id: round.parse().unwrap(), after_match: None };
    Message {
        id: format!("message-{round}"),
        group: "a".to_owned(),
        body: serde_json::to_string(&Job::FinishRound(job)).unwrap(),
        receipt: round.to_owned(),
        attempt: 1,
        sent_at: None,
        trace: Some("request-1".to_owned()),
        traceparent: Some(PARENT.parse().unwrap()),
    }
}

async fn handle(_: &Context, job: FinishRoundJob, _: Timestamp) -> Result<JobDone, JobError> {
    tokio::time::sleep(Duration::from_millis(30)).await;
    if job.round_id.to_string() == "good" {
        Ok(JobDone("finished"))
    } else {
        Err(JobError::permanent("there is no such round"))
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_at_a_job_is_a_span_of_its_messages_trace() {
    let collector = Arc::<Collector>::default();
    process_batch(&context(&collector), vec![message("good"), message("bad")], &handle).await;
    let spans = collector.spans.lock().unwrap();
    let [good, bad] = spans.as_slice() else { panic!("two spans: {spans:?}") };
    let parent: TraceParent = PARENT.parse().unwrap();
    for span in [good, bad] {
        assert_eq!((span.kind, span.name.as_str()), (SpanKind::Job, "process rounds"));
        assert_eq!((span.parent, span.id.trace()), (Some(parent), parent.trace()));
        assert_ne!(span.id.span(), parent.span());
        assert_eq!((span.ended_at, span.duration), (evens_doubles::now(), Duration::from_millis(30)));
        assert!(span.attributes.contains(&("evens.request_id", "request-1".to_owned())), "{span:?}");
    }
    // The trace may be a client's choice, and the request id is not.
    assert_eq!(*collector.asked.lock().unwrap(), ["request-1", "request-1"]);
    assert_eq!(good.failure, None);
    assert_eq!(bad.failure.as_deref(), Some("Non-retryable error: there is no such round"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_collected_of_an_unwanted_request() {
    let collector = Arc::new(Collector { is_closed: true, ..Collector::default() });
    process_batch(&context(&collector), vec![message("good")], &handle).await;
    assert!(collector.spans.lock().unwrap().is_empty());
}

/// A run without work is none: most runs of each second have nothing to do.
#[tokio::test(start_paused = true)]
async fn runs_with_work_are_spans() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    async fn run(_: &Context, _: Timestamp) -> Result<JobDone, JobError> {
        match RUNS.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(JobDone("swept")),
            1 => Err(JobError::retryable("the table is overloaded")),
            _ => Ok(JobDone::NOTHING_DUE),
        }
    }
    let collector = Arc::<Collector>::default();
    let shutdown = tokio::time::sleep(Duration::from_secs(5));
    repeat(&context(&collector), Duration::from_secs(1), &run, shutdown).await;
    assert!(RUNS.load(Ordering::SeqCst) > 3);
    let spans = collector.spans.lock().unwrap();
    let failures: Vec<_> = spans.iter().map(|span| span.failure.as_deref()).collect();
    assert_eq!(failures, [None, Some("the table is overloaded")]);
    assert!(spans.iter().all(|span| span.kind == SpanKind::Run && span.parent.is_none()), "{spans:?}");
}
