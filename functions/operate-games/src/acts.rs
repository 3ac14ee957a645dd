//! Operators' actions, used by the routes and by commands.

use evens_audit_log::{Act, Action, Actor};
use evens_contracts::SettlePeriodJob;
use evens_games::{Period, PeriodId};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::{CancelPeriodOutcome, StoreError};
use jiff::Timestamp;

/// Cancels a period that has no result, unless a block decides it, and requests the return of its stakes. Harmless when
/// repeated: a repeat only requests the stakes that are still owed.
///
/// # Errors
/// The table cannot be read or written.
pub async fn cancel_period(
    context: &Context,
    id: PeriodId,
    actor: Actor,
    reason: &str,
    now: Timestamp,
) -> Result<CancelPeriodOutcome, StoreError> {
    // The store fills in the states before and after.
    let (before, after) = (String::new(), String::new());
    let (action, reason) = (Action::CancelPeriod, reason.to_owned());
    let act = Act { actor, action, subject: id.to_string(), reason, before, after };
    let outcome = context.store.cancel_period(id, &act, now).await?;
    match &outcome {
        CancelPeriodOutcome::Cancelled(period) => {
            tracing::info!("period.id" = %id, %actor, "{actor} cancelled period {id}");
            ask_for_stakes(context, period).await;
        }
        CancelPeriodOutcome::CancelledBefore(period) => ask_for_stakes(context, period).await,
        CancelPeriodOutcome::Decided(_) | CancelPeriodOutcome::Unknown => {}
    }
    Ok(outcome)
}

/// Requests the return of a cancelled period's stakes. A failure does not undo the cancellation: the sweeper sends the
/// jobs again.
async fn ask_for_stakes(context: &Context, period: &Period) {
    // The current time as nudge gives a new deduplication id, so that SQS does not drop an operator's repeat.
    let nudge = context.clock.now().as_millisecond().unsigned_abs();
    let period_id = period.id;
    let job = |lane| OutgoingJob::of(SettlePeriodJob { period_id, lane }).nudged(nudge);
    let jobs = period.open_lanes().into_iter().map(job).collect();
    if let Err(error) = context.queues.send(jobs).await {
        tracing::warn!(error = chain(&error), "period.id" = %period_id, "Could not send the jobs that return the stakes of period {period_id}; the sweeper will send them");
    }
}
