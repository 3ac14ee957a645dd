use axum::extract::{Extension, Path};
use axum::http::HeaderMap;
use axum::{Router, routing};
use evens_contracts::{CallbackJob, DoneAnswer, Problem, ProblemKind};
use evens_http::{Answer, JsonBody, LineLimit, Refusal, TracedContext};
use evens_providers::{EventFault, GuardedProvider, PaymentProvider as _, Payments};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, LineAlarm};

pub fn router(payments: Payments) -> Router<Context> {
    Router::new()
        .route("/api/payments/callback", routing::post(take_callback_of_default))
        .route("/api/payments/callback/{provider}", routing::post(take_callback))
        .layer(Extension(payments))
        .layer(Extension(LineLimit::default()))
}

/// Refusals in order: 415 if not declared as JSON, 413, 404 for an unknown provider, 401 for an invalid signature, 422
/// for an unreadable body, 503 if no queue accepted it.
async fn take_callback(
    TracedContext(context): TracedContext,
    Extension(payments): Extension<Payments>,
    Extension(lines): Extension<LineLimit>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let name = provider.parse().ok();
    let provider = name.and_then(|name| payments.provider(&name)).ok_or_else(unknown_provider)?;
    take(&context, provider, &lines, &headers, &body).await
}

/// The same for the default provider, which gets new orders.
async fn take_callback_of_default(
    TracedContext(context): TracedContext,
    Extension(payments): Extension<Payments>,
    Extension(lines): Extension<LineLimit>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Answer<DoneAnswer>, Refusal> {
    let provider = payments.provider_of_new_orders().ok_or_else(unknown_provider)?;
    take(&context, provider, &lines, &headers, &body).await
}

fn unknown_provider() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such payment provider.").about_field("provider")
}

/// The body has a valid signature, so the detail reaches only the provider and its administrator.
fn unreadable(fault: EventFault) -> Problem {
    match fault {
        EventFault::Field(field) => Problem::invalid("body", format_args!("has an invalid field {field}")),
        EventFault::Unreadable | EventFault::ForeignReference => {
            Problem::invalid("body", "is not JSON in the provider's format")
        }
    }
}

async fn take(
    context: &Context,
    provider: &GuardedProvider,
    lines: &LineLimit,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer<DoneAnswer>, Refusal> {
    let name = provider.name();
    let verified = provider.verify(headers, body, context.clock.now()).map_err(|fault| {
        let has_line = lines.admits(|count| {
            tracing::warn!(count, "Refused {count} more callbacks of payment providers");
        });
        if has_line {
            tracing::warn!(
                alarm = LineAlarm::CallbackRefused.name(), "provider.name" = %name, %fault,
                "Refused a callback of {name}: {fault}"
            );
        }
        let detail = "The provider's signature of the callback is invalid or too old.";
        Problem::new(ProblemKind::WrongSignature, detail)
    })?;
    let digest = verified.digest();
    let events = match provider.read(verified) {
        Ok(events) => events,
        Err(EventFault::ForeignReference) => {
            tracing::warn!("provider.name" = %name, "Ignored a callback of {name} about an order that is not ours");
            Vec::new()
        }
        Err(fault) => {
            tracing::error!(
                alarm = LineAlarm::CallbackUnread.name(), "provider.name" = %name, %fault,
                "Could not read a callback of {name}: {fault}"
            );
            return Err(unreadable(fault).into());
        }
    };
    let jobs =
        (0..).zip(&events).map(|(number, event)| CallbackJob::new(name.clone(), digest, number, event));
    let outgoing: Vec<_> = jobs.map(OutgoingJob::of).collect();
    if !outgoing.is_empty() {
        context.queues.send(outgoing).await?;
    }
    Ok(Answer::ok(DoneAnswer::new("Taken.")))
}
