//! Refunds of payments to their payers: requested until the provider has made them, with one idempotency key per
//! attempt.

use crate::PaymentFollower;
use crate::handler::PaymentsFault;
use evens_payments::{
    DepositOrder, DepositPlan, OrderId, PaymentRefund, ProviderId, ReceivedPayment, RefundReport,
    RefundReportRefusal, note_refund,
};
use evens_providers::{PaymentProvider as _, RefundRequest, Sending};
use evens_runtime::{Context, JobDone, JobError, LineAlarm};
use evens_store::OrderOutcome;
use jiff::{SignedDuration, Timestamp};

/// A refund that takes longer raises an alarm.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// Requests all refunds that a deposit owes; none waits for another. Returns the result of the last one made, or `None`
/// if none was made.
pub(crate) async fn make_all(
    follower: &PaymentFollower,
    context: &Context,
    order: &DepositOrder,
    now: Timestamp,
) -> Result<Option<JobDone>, JobError> {
    let mut last = None;
    for (payment, refund) in order.pending_refunds() {
        last = make(follower, context, (order.terms.id, payment, refund), now).await?.or(last);
    }
    Ok(last)
}

/// Requests a refund. An earlier call may have succeeded, so a refusal proves nothing and the request is repeated
/// later.
async fn make(
    follower: &PaymentFollower,
    context: &Context,
    (id, payment, refund): (OrderId, &ReceivedPayment, &PaymentRefund),
    now: Timestamp,
) -> Result<Option<JobDone>, JobError> {
    if now.duration_since(refund.since) > LATE {
        tracing::error!(
            alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id,
            "A person must look at order {id}: its payment has not been refunded for a day"
        );
    }
    let Some(provider) = follower.payments.provider(&payment.provider) else {
        let provider = &payment.provider;
        tracing::error!("order.id" = %id, "provider.name" = %provider, "Cannot refund a payment of order {id}: the provider {provider} is not configured");
        return Ok(None);
    };
    let request = RefundRequest {
        reference: id,
        payment: &payment.id,
        money: payment.money,
        attempt: refund.attempt,
        sending: Sending::Repeat,
    };
    match provider.refund(request).await {
        Ok(report) => note(context, Some(&payment.id), &report, now).await,
        Err(error) => {
            tracing::warn!(
                alarm = LineAlarm::ProviderSilent.name(), "order.id" = %id, %error,
                "The provider did not confirm the refund of order {id}"
            );
            Ok(None)
        }
    }
}

/// Applies a callback about a refund.
pub(crate) async fn settle(
    context: &Context,
    report: &RefundReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    if let Some(done) = note(context, None, report, now).await? {
        return Ok(done);
    }
    context.store.postpone_deposit_check(report.reference, now).await?;
    Ok(JobDone("nothing refunded"))
}

/// Applies a provider's report about a refund. `asked` is the payment that was queried, if any. Returns `None` if no
/// refund was made.
async fn note(
    context: &Context,
    asked: Option<&ProviderId>,
    report: &RefundReport,
    now: Timestamp,
) -> Result<Option<JobDone>, JobError> {
    let id = report.reference;
    match context.store.change_deposit(id, now, |seen| note_refund(seen.order, asked, report, now)).await? {
        OrderOutcome::Changed(plan) if is_made(&plan) => Ok(Some(JobDone("refunded"))),
        OrderOutcome::Changed(_) => {
            tracing::error!(
                alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id,
                "A person must look at order {id}: its refund failed and will be retried"
            );
            Ok(None)
        }
        OrderOutcome::Refused(refusal) => {
            if refusal == RefundReportRefusal::OtherRefund {
                tracing::error!(
                    alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id,
                    "A person must look at order {id}: {refusal}"
                );
            }
            Ok(None)
        }
        OrderOutcome::Unknown => Err(JobError::retryable(PaymentsFault::UnknownOrder(id))),
    }
}

/// Returns `true` if fewer refunds are pending than before. A failed refund stays pending and is requested again.
fn is_made(plan: &DepositPlan) -> bool {
    let count = |order: &DepositOrder| order.pending_refunds().count();
    plan.read.as_ref().map(count) != Some(count(&plan.order))
}
