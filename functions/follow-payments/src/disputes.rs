//! Chargebacks: payments that the payer disputes. The provider is queried about each dispute that a callback announces,
//! and its record decides.

use crate::handler::{PaymentsFault, unanswered};
use crate::{PaymentFollower, deposits};
use evens_ledger::Transfer;
use evens_payments::{
    DepositOrder, Dispute, DisputeRefusal, DisputeReport, SettleDepositInput, hold_disputed, settle_dispute,
};
use evens_providers::PaymentProvider as _;
use evens_runtime::{Context, JobDone, JobError, LineAlarm};
use evens_store::OrderOutcome;
use jiff::Timestamp;

/// Queries the dispute that a callback announced, and applies the record.
pub(crate) async fn settle(
    follower: &PaymentFollower,
    context: &Context,
    report: &DisputeReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let unknown = || JobError::permanent(PaymentsFault::UnknownDisputer(report.id.clone()));
    let provider = follower.payments.provider(&report.provider).ok_or_else(unknown)?;
    match provider.find_dispute(report).await {
        Ok(Some(dispute)) => apply(follower, context, &dispute, now).await,
        Ok(None) => Ok(JobDone("no dispute about our orders")),
        // Also for a refusal: a provider that denies us access has not said that there is no dispute.
        Err(cause) => {
            let dispute = report.id.clone();
            Err(unanswered(cause, |cause| PaymentsFault::DisputeNotTold { dispute, cause }))
        }
    }
}

async fn apply(
    follower: &PaymentFollower,
    context: &Context,
    dispute: &Dispute,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let id = dispute.reference;
    let mut outcome = attempt(context, dispute, now).await?;
    // The payment may be unreported so far. In that case the order must learn of it first.
    if matches!(outcome, OrderOutcome::Refused(DisputeRefusal::OtherPayment))
        && deposits::learn(follower, context, (id, &dispute.provider), now).await?
    {
        outcome = attempt(context, dispute, now).await?;
    }
    match outcome {
        OrderOutcome::Changed(plan) => {
            let (state, dispute) = (plan.order.state, &dispute.id);
            tracing::warn!("order.id" = %id, dispute = %dispute, "Dispute {dispute} changed order {id} to {state}");
            Ok(deposits::done(context, &plan).await)
        }
        OrderOutcome::Refused(DisputeRefusal::NothingNew) => Ok(JobDone("known before")),
        OrderOutcome::Refused(refusal) => {
            tracing::error!(
                alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id,
                "A person must look at order {id}: {refusal}"
            );
            hold(context, dispute, now).await
        }
        OrderOutcome::Unknown => Err(JobError::retryable(PaymentsFault::UnknownOrder(id))),
    }
}

async fn attempt(
    context: &Context,
    dispute: &Dispute,
    now: Timestamp,
) -> Result<OrderOutcome<DepositOrder, DisputeRefusal>, JobError> {
    let (id, payment) = (dispute.reference, &dispute.payment);
    let rule = |input: SettleDepositInput<'_>, suspended: Option<&Transfer>| {
        settle_dispute(dispute, suspended, input, now)
    };
    Ok(context.store.change_suspended(id, payment, now, rule).await?)
}

/// A dispute that no rule covers needs a person. Until then the player cannot withdraw.
async fn hold(context: &Context, dispute: &Dispute, now: Timestamp) -> Result<JobDone, JobError> {
    let rule = |input: SettleDepositInput<'_>| hold_disputed(dispute, input, now).ok_or(());
    context.store.change_deposit(dispute.reference, now, rule).await?;
    Ok(JobDone("needs manual review"))
}
