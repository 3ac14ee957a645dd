//! Payments that whoever paid them wants back: the provider is asked about each dispute that it tells of, and its
//! record decides.

use crate::handler::PaymentsFault;
use crate::{PaymentFollower, deposits};
use evens_payments::{CallError, Dispute, DisputeRefusal, DisputeReport, settle_dispute};
use evens_providers::PaymentProvider as _;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::OrderOutcome;
use jiff::Timestamp;

/// Asks about the dispute that a callback told of, and does what the record says.
pub(crate) async fn settle(
    follower: &PaymentFollower,
    context: &Context,
    told: &DisputeReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let unknown = || JobError::permanent(PaymentsFault::UnknownDisputer(told.id.clone()));
    let provider = follower.payments.provider(&told.provider).ok_or_else(unknown)?;
    match provider.find_dispute(told).await {
        Ok(Some(dispute)) => apply(context, &dispute, now).await,
        Ok(None) | Err(CallError::Refused { .. }) => Ok(JobDone("no dispute about an order of ours")),
        Err(cause @ CallError::Unknown) => {
            Err(JobError::retryable(PaymentsFault::DisputeNotTold { dispute: told.id.clone(), cause }))
        }
    }
}

async fn apply(context: &Context, dispute: &Dispute, now: Timestamp) -> Result<JobDone, JobError> {
    let id = dispute.reference;
    match context.store.change_deposit(id, now, |seen| settle_dispute(dispute, seen, now)).await? {
        OrderOutcome::Changed(plan) => {
            let (state, dispute) = (plan.order.state, &dispute.id);
            tracing::warn!("order.id" = %id, dispute = %dispute, "The dispute {dispute} made order {id} {state}");
            Ok(deposits::done(context, &plan).await)
        }
        OrderOutcome::Refused(DisputeRefusal::NothingNew) => Ok(JobDone("known before")),
        OrderOutcome::Refused(refusal) => {
            tracing::error!("order.id" = %id, "A person must look at order {id}: {refusal}");
            Ok(JobDone("for a person"))
        }
        OrderOutcome::Unknown => Err(JobError::retryable(PaymentsFault::UnknownOrder(id))),
    }
}
