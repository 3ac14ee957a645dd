use axum::extract::Extension;
use axum::http::{StatusCode, Uri};
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{ComparedStatementAnswer, Day, Problem};
use evens_http::{Answer, FileBody, Refusal, Staff, TracedContext, require_parameter};
use evens_ledger::{ProviderName, UserId};
use evens_providers::{GuardedProvider, PaymentProvider as _, Payments, StatementFault};
use evens_reconciliation::{OpenedDay, ReconcileFault, Statement};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use jiff::Timestamp;
use jiff::civil::Date;

/// The name of the body in refusals, and of the spooled file.
const STATEMENT: &str = "statement";

pub fn router(payments: Payments) -> Router<Context> {
    Router::new().route("/api/operator/reconciliations", routing::post(compare)).layer(Extension(payments))
}

/// Refusals in order: 422 for the query, 403 for a login that is too old, 422 for a day that has not begun or a
/// malformed statement.
async fn compare(
    TracedContext(context): TracedContext,
    Extension(payments): Extension<Payments>,
    Staff(caller): Staff,
    uri: Uri,
    FileBody(bytes): FileBody,
) -> Result<Answer<ComparedStatementAnswer>, Refusal> {
    let (provider, day) = stated_day(&uri, &payments)?;
    let now = context.clock.now();
    caller.require_recent_login(now)?;
    let statement = Statement::read(provider, day, [(STATEMENT.to_owned(), &bytes[..])], now);
    let statement = statement.map_err(refusal_of)?;
    let opened =
        OpenedDay::open(provider, payments.currency, day, statement, now).await.map_err(refusal_of)?;
    if let Some(report) = opened.earlier_report(&context).await? {
        opened.ask_again(&context, &report, now).await.map_err(refusal_of)?;
        return Ok(Answer::ok(ComparedStatementAnswer::new(&report, None)).replayed(true));
    }
    context.store.log_act(&act(caller.user, &opened), now).await?;
    compare_opened(&context, opened, now).await.map_err(refusal_of)
}

/// `201` if the report is stored, `200` for a day that is not final. The alarms about differences are left to
/// `reconcile`, which fetches the statement itself.
async fn compare_opened(
    context: &Context,
    opened: OpenedDay<'_>,
    now: Timestamp,
) -> Result<Answer<ComparedStatementAnswer>, ReconcileFault> {
    let result = opened.read_books(context).await?.finish(context, |_| {}, now).await?;
    let answer = ComparedStatementAnswer::new(&result.report, result.not_final_before);
    let status = if result.not_final_before.is_none() { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Answer::new(status, answer))
}

/// The provider and the day of the query.
fn stated_day<'a>(uri: &Uri, payments: &'a Payments) -> Result<(&'a GuardedProvider, Date), Problem> {
    let name: ProviderName = require_parameter(uri, "provider")?;
    let provider = payments.provider(&name).ok_or_else(|| unknown(payments))?;
    let Day(day) = require_parameter(uri, "day")?;
    Ok((provider.as_ref(), day))
}

fn unknown(payments: &Payments) -> Problem {
    let known: Vec<_> = payments.providers().map(|provider| provider.name().to_string()).collect();
    if known.is_empty() {
        return Problem::invalid("provider", "is not configured: the platform has no payment provider");
    }
    Problem::invalid("provider", format_args!("must be {}", known.join(" or ")))
}

/// The audit log line. The report's id names the day, the provider and the digest of the statement.
fn act(by: UserId, opened: &OpenedDay<'_>) -> Act {
    let (actor, action, subject) =
        (Actor::User(by), Action::CompareStatement, opened.report_id().to_string());
    let (reason, before, after) = (String::new(), String::new(), "compared".to_owned());
    Act { actor, action, subject, reason, before, after }
}

fn refusal_of(fault: ReconcileFault) -> Refusal {
    match fault {
        ReconcileFault::Future { today, .. } => {
            let detail = format!("has not begun: it is {today} in the provider's time zone");
            Problem::invalid("day", detail).into()
        }
        ReconcileFault::Store(error) => error.into(),
        ReconcileFault::Queue(error) => error.into(),
        ReconcileFault::Unreadable { cause: StatementFault::Broken, .. }
        | ReconcileFault::File { .. }
        | ReconcileFault::NoStatement { .. } => {
            tracing::error!(
                error = chain(&fault),
                "The statement could not be copied to disk and read again"
            );
            Problem::internal().into()
        }
        ReconcileFault::Unreadable { cause, .. } => {
            Problem::invalid(STATEMENT, format_args!("cannot be read: {cause}")).into()
        }
    }
}
