//! Hands routers and handlers to Lambda. A function's main is one call of these.

use crate::embedded_metrics::EmbeddedMetrics;
use crate::poller::{RunFailed, run_once};
use crate::sqs_event::{SqsAnswer, SqsEvent};
use crate::{Context, JobHandler, ScheduleHandler, StartError, http, process_batch, telemetry};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use evens_contracts::QueuedJob;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;
use std::sync::Arc;

/// Serves a router behind an API Gateway HTTP API (payload 2.0). Paths are taken as they come: the API has the stage
/// `$default`, which is not part of them.
pub async fn run_http(context: Context, router: Router<Context>) -> Result<(), StartError> {
    telemetry::init();
    check_host()?;
    let metrics = Arc::new(EmbeddedMetrics::from_env(&context));
    let router = http::serve_layers(router, context.clone());
    let router = router.layer(middleware::from_fn_with_state((context, metrics), flush_after));
    lambda_http::run(router).await.map_err(ended)
}

async fn flush_after(
    State((context, metrics)): State<(Context, Arc<EmbeddedMetrics>)>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    metrics.flush(&context);
    response
}

/// Works on the batches of the queue whose jobs the handler takes. The event source mapping must have
/// `ReportBatchItemFailures`.
pub async fn run_jobs<H, J>(context: Context, handler: H) -> Result<(), StartError>
where
    J: QueuedJob,
    H: for<'a> JobHandler<'a, J>,
{
    telemetry::init();
    check_host()?;
    let metrics = EmbeddedMetrics::from_env(&context);
    let (context, handler, metrics) = (&context, &handler, &metrics);
    let service = service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let messages = event.payload.into_messages();
        let unfinished = process_batch(context, messages, handler).await;
        metrics.flush(context);
        Ok::<_, Error>(SqsAnswer::new(unfinished))
    });
    lambda_runtime::run(service).await.map_err(ended)
}

/// Does what is due whenever the schedule says so; what the event holds does not matter.
pub async fn run_schedule<H>(context: Context, handler: H) -> Result<(), StartError>
where
    H: for<'a> ScheduleHandler<'a>,
{
    telemetry::init();
    check_host()?;
    let metrics = EmbeddedMetrics::from_env(&context);
    let (context, handler, metrics) = (&context, &handler, &metrics);
    let service = service_fn(move |_: LambdaEvent<IgnoredAny>| async move {
        let run = run_once(context, handler).await;
        metrics.flush(context);
        run
    });
    lambda_runtime::run(service).await.map_err(ended)
}

/// The invocation counts as failed, which is what the alarm looks at.
impl From<RunFailed> for Diagnostic {
    fn from(failed: RunFailed) -> Self {
        Self { error_type: "RunFailed".to_owned(), error_message: failed.to_string() }
    }
}

/// Lambda's library panics where there is no Lambda; a person who started a function by hand gets a sentence.
fn check_host() -> Result<(), StartError> {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        return Ok(());
    }
    let hint = "run `evens`, which hosts every function; only Lambda sets AWS_LAMBDA_RUNTIME_API";
    Err(StartError::new("this program is a Lambda function", hint))
}

fn ended(error: Error) -> StartError {
    StartError::new("the Lambda runtime ended", "look for the lines before this one in the function's log")
        .caused_by(error)
}
