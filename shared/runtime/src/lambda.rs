//! Runs handlers of jobs and schedules on Lambda. A function's main is one call of these, or of `run_http`
//! (`shared/http`), which uses the same host.

use crate::embedded_metrics::EmbeddedMetrics;
use crate::poller::{RunFailed, run_once};
use crate::sqs_event::{SqsAnswer, SqsEvent};
use crate::{Context, JobHandler, ScheduleHandler, StartError, process_batch, telemetry};
use evens_contracts::QueuedJob;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;

/// Set-up and metrics shared by all functions.
#[derive(Debug)]
pub struct LambdaHost(EmbeddedMetrics);

impl LambdaHost {
    /// Starts logging and checks that the process runs on Lambda.
    ///
    /// # Errors
    /// The process was not started by Lambda. Lambda's runtime library would panic; this error explains the reason to a
    /// person.
    pub fn enter(context: &Context) -> Result<Self, StartError> {
        telemetry::init();
        context.settings.warn();
        if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
            let hint = "run `evens`, which hosts every function; only Lambda sets AWS_LAMBDA_RUNTIME_API";
            return Err(StartError::new("this program is a Lambda function and runs only on Lambda", hint));
        }
        Ok(Self(EmbeddedMetrics::from_env(context)))
    }

    /// Called after each invocation: writes its metrics.
    pub fn flush(&self, context: &Context) {
        self.0.flush(context);
    }

    /// The error for an unexpected return of Lambda's runtime library.
    pub fn unexpected_end(error: Error) -> StartError {
        let hint = "look at the previous lines in the function's log";
        StartError::new("the Lambda runtime stopped", hint).caused_by(error)
    }
}

/// Processes batches of the queue whose jobs the handler takes. The event source mapping must enable
/// `ReportBatchItemFailures`.
pub async fn run_jobs<H, J>(context: Context, handler: H) -> Result<(), StartError>
where
    J: QueuedJob,
    H: for<'a> JobHandler<'a, J>,
{
    let host = LambdaHost::enter(&context)?;
    let (context, handler, host) = (&context, &handler, &host);
    let service = service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let messages = event.payload.into_messages();
        let unfinished = process_batch(context, messages, handler).await;
        host.flush(context);
        Ok::<_, Error>(SqsAnswer::new(unfinished))
    });
    lambda_runtime::run(service).await.map_err(LambdaHost::unexpected_end)
}

/// Runs the handler for each scheduled event. The content of the event is ignored.
pub async fn run_schedule<H>(context: Context, handler: H) -> Result<(), StartError>
where
    H: for<'a> ScheduleHandler<'a>,
{
    let host = LambdaHost::enter(&context)?;
    let (context, handler, host) = (&context, &handler, &host);
    let service = service_fn(move |_: LambdaEvent<IgnoredAny>| async move {
        let run = run_once(context, handler).await;
        host.flush(context);
        run
    });
    lambda_runtime::run(service).await.map_err(LambdaHost::unexpected_end)
}

/// Fails the invocation, which raises the alarm.
impl From<RunFailed> for Diagnostic {
    fn from(failed: RunFailed) -> Self {
        Self { error_type: "RunFailed".to_owned(), error_message: failed.to_string() }
    }
}
