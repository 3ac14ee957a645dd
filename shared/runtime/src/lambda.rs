//! Hands handlers of jobs and schedules to Lambda. A function's main is one call of these, or of `run_http`
//! (`shared/http`), which enters Lambda in the same way.

use crate::embedded_metrics::EmbeddedMetrics;
use crate::poller::{RunFailed, run_once};
use crate::sqs_event::{SqsAnswer, SqsEvent};
use crate::{Context, JobHandler, ScheduleHandler, StartError, process_batch, telemetry};
use evens_contracts::QueuedJob;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;

/// What every function does around its invocations, whatever they ask.
#[derive(Debug)]
pub struct LambdaHost(EmbeddedMetrics);

impl LambdaHost {
    /// Starts logging, and checks that Lambda is there.
    ///
    /// # Errors
    /// This process was not started by Lambda. Its library panics then; a person who started a function by hand gets a
    /// sentence.
    pub fn enter(context: &Context) -> Result<Self, StartError> {
        telemetry::init();
        context.settings.warn();
        if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
            let hint = "run `evens`, which hosts every function; only Lambda sets AWS_LAMBDA_RUNTIME_API";
            return Err(StartError::new("this program is a Lambda function", hint));
        }
        Ok(Self(EmbeddedMetrics::from_env(context)))
    }

    /// Called after each invocation: writes what it counted.
    pub fn flush(&self, context: &Context) {
        self.0.flush(context);
    }

    /// What it means that Lambda's library came back with an error.
    pub fn ended(error: Error) -> StartError {
        let hint = "look for the lines before this one in the function's log";
        StartError::new("the Lambda runtime ended", hint).caused_by(error)
    }
}

/// Works on the batches of the queue whose jobs the handler takes. The event source mapping must have
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
    lambda_runtime::run(service).await.map_err(LambdaHost::ended)
}

/// Does what is due whenever the schedule says so; what the event holds does not matter.
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
    lambda_runtime::run(service).await.map_err(LambdaHost::ended)
}

/// The invocation counts as failed, which is what the alarm looks at.
impl From<RunFailed> for Diagnostic {
    fn from(failed: RunFailed) -> Self {
        Self { error_type: "RunFailed".to_owned(), error_message: failed.to_string() }
    }
}
