//! [`TraceCollector`]: sends finished requests, jobs and runs as spans to a collector of OpenTelemetry, by OTLP over
//! HTTP.
//!
//! Spans are built by hand instead of by a tracer of the SDK, because their ids must be those of `traceparent`. The
//! SDK batches and encodes them in a thread of its own. A slow or missing collector costs spans, never a request.

use async_trait::async_trait;
use evens_contracts::TraceParent;
use evens_ledger::Digest;
use evens_outbound::{Endpoint, HttpsClient};
use evens_runtime::telemetry::chain;
use evens_runtime::{Span, SpanCollector, SpanKind, Spans, StartError};
use http_body_util::Full;
use opentelemetry::trace::{SpanContext, SpanId, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter as OtlpExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SamplingDecision, ShouldSample, SpanData, SpanEvents,
    SpanExporter, SpanLinks, SpanProcessor,
};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;

/// The collector's address, without the path `/v1/traces`. Without it, no spans are built.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// The share of requests whose traces are sent, from 0 to 1.
const RATIO: &str = "OTEL_TRACES_SAMPLER_ARG";

/// Spans that wait for the collector. Further ones are dropped.
const WAITING_MAX: usize = 2_048;

const TRACE_ID_BYTES: usize = 16;

const CALL_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_BYTES_MAX: usize = 64 * 1_024;

/// The time for the last batch when the process stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Collects spans and sends them in batches.
#[derive(Debug)]
pub(crate) struct TraceCollector {
    processor: BatchSpanProcessor,
    sampler: Sampler,
    scope: InstrumentationScope,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicUsize,
    dropped: AtomicU64,
    is_failing: AtomicBool,
}

impl TraceCollector {
    /// `None`: no endpoint is configured.
    ///
    /// # Errors
    /// 1. The endpoint is not an address that may be called, or its certificate cannot be verified.
    /// 2. The ratio is not a number from 0 to 1.
    pub(crate) fn from_lookup(
        stage: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Arc<Self>>, StartError> {
        let Some(text) = lookup(ENDPOINT).filter(|text| !text.is_empty()) else { return Ok(None) };
        let refused = |source: Box<dyn Error + Send + Sync>| {
            let hint =
                "set the address of a collector, as in http://127.0.0.1:4318 or https://otel.example.com";
            StartError::new(format!("{ENDPOINT} cannot be used"), hint).caused_by(source)
        };
        let endpoint: Endpoint = text.parse().map_err(|fault| refused(Box::new(fault)))?;
        let sampler = sampler(lookup(RATIO).filter(|text| !text.is_empty()))?;
        let client = HttpsClient::new(&endpoint).map_err(|fault| refused(fault.into()))?;
        let address = endpoint.at("/v1/traces").map_err(|fault| refused(fault.into()))?;
        let exporter = OtlpExporter::builder()
            .with_http()
            .with_http_client(CollectorClient { client, runtime: Handle::current() })
            .with_endpoint(address.to_string())
            .with_timeout(CALL_TIMEOUT)
            .build()
            .map_err(|fault| refused(fault.into()))?;
        let counts = Arc::<Counts>::default();
        let exporter = CountedExporter { exporter, counts: Arc::clone(&counts) };
        let config = BatchConfigBuilder::default().with_max_queue_size(WAITING_MAX).build();
        let mut processor = BatchSpanProcessor::new(exporter, config);
        processor.set_resource(&resource(stage));
        let scope = InstrumentationScope::builder("evens").build();
        Ok(Some(Arc::new(Self { processor, sampler, scope, counts })))
    }

    /// Sends the spans that still wait.
    pub(crate) async fn stop(self: Arc<Self>) {
        let stopped = tokio::task::spawn_blocking(move || self.processor.shutdown_with_timeout(STOP_TIMEOUT));
        if let Ok(Err(error)) = stopped.await {
            tracing::warn!(error = chain(&error), "Could not send the last spans of traces");
        }
    }
}

/// The spans of a process with this collector, if it has one.
pub(crate) fn spans(collector: Option<&Arc<TraceCollector>>) -> Spans {
    collector.map_or_else(Spans::default, |collector| {
        let collector = Arc::clone(collector);
        Spans::to(collector)
    })
}

fn sampler(ratio: Option<String>) -> Result<Sampler, StartError> {
    let Some(text) = ratio else { return Ok(Sampler::AlwaysOn) };
    match text.parse() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(Sampler::TraceIdRatioBased(ratio)),
        _ => {
            let hint = "set the share of requests whose traces are sent, as in 0.1, or remove it to send all";
            Err(StartError::new(format!("{RATIO} is not a number from 0 to 1"), hint))
        }
    }
}

fn resource(stage: &str) -> Resource {
    Resource::builder()
        .with_service_name("evens")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("deployment.environment.name", stage.to_owned()))
        .build()
}

impl SpanCollector for TraceCollector {
    fn wants(&self, request_id: &str) -> bool {
        let kind = opentelemetry::trace::SpanKind::Internal;
        let digest = Digest::of(request_id.as_bytes());
        let (sampled_by, _) = digest.bytes().split_at(TRACE_ID_BYTES);
        let sampled_by = TraceId::from_bytes(sampled_by.try_into().unwrap_or_default());
        let sampling = self.sampler.should_sample(None, sampled_by, "", &kind, &[], &[]);
        sampling.decision == SamplingDecision::RecordAndSample
    }

    fn collect(&self, span: Span) {
        if self.counts.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.processor.on_end(data_of(span, self.scope.clone()));
    }
}

fn trace_id(trace: TraceParent) -> TraceId {
    TraceId::from_bytes(trace.trace().to_be_bytes())
}

fn span_id(trace: TraceParent) -> SpanId {
    SpanId::from_bytes(trace.span().to_be_bytes())
}

fn data_of(span: Span, instrumentation_scope: InstrumentationScope) -> SpanData {
    let Span { id, parent, kind, name, ended_at, duration, attributes, failure } = span;
    let end_time = SystemTime::from(ended_at);
    let is_remote = false;
    let attributes = attributes.into_iter().map(|(name, value)| KeyValue::new(name, value));
    SpanData {
        span_context: SpanContext::new(
            trace_id(id),
            span_id(id),
            TraceFlags::SAMPLED,
            is_remote,
            TraceState::default(),
        ),
        parent_span_id: parent.map_or(SpanId::INVALID, span_id),
        parent_span_is_remote: parent.is_some(),
        span_kind: match kind {
            SpanKind::Request => opentelemetry::trace::SpanKind::Server,
            SpanKind::Job => opentelemetry::trace::SpanKind::Consumer,
            SpanKind::Run => opentelemetry::trace::SpanKind::Internal,
        },
        name: name.into(),
        start_time: end_time.checked_sub(duration).unwrap_or(end_time),
        end_time,
        attributes: attributes.collect(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: failure.map_or(Status::Unset, Status::error),
        instrumentation_scope,
    }
}

/// Counts the spans that wait, and logs when the collector stops or resumes taking them.
#[derive(Debug)]
struct CountedExporter {
    exporter: OtlpExporter,
    counts: Arc<Counts>,
}

impl SpanExporter for CountedExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        let sent = self.exporter.export(batch).await;
        self.counts.waiting.fetch_sub(count, Ordering::Relaxed);
        let was_failing = self.counts.is_failing.swap(sent.is_err(), Ordering::Relaxed);
        match &sent {
            Err(error) if !was_failing => {
                let error = chain(error);
                tracing::warn!(error, count, "Could not send {count} spans of traces; they are dropped");
            }
            Ok(()) if was_failing => tracing::info!(count, "Spans of traces are sent again"),
            _ => {}
        }
        let dropped = self.counts.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "Dropped {dropped} spans of traces, as the collector takes them too slowly"
            );
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// The process's only HTTP stack, for the SDK's thread, which runs no timers or sockets.
#[derive(Debug)]
struct CollectorClient {
    client: HttpsClient,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let call = async move { client.call(request.map(Full::new), ANSWER_BYTES_MAX).await };
        let answered = self.runtime.spawn(async { tokio::time::timeout(CALL_TIMEOUT, call).await });
        Ok(answered.await???)
    }
}
