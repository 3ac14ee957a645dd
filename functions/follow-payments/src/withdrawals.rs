//! Applies provider reports to withdrawals.

use crate::PaymentFollower;
use crate::handler::{PaymentsFault, unanswered};
use evens_ledger::ProviderName;
use evens_payments::{
    Alarm, OrderId, PayoutReport, PayoutReportRefusal, WithdrawalOrder, is_paid_twice, settle_payout,
};
use evens_providers::PaymentProvider as _;
use evens_runtime::{Context, JobDone, JobError, LineAlarm};
use evens_store::OrderOutcome;
use jiff::Timestamp;

/// Applies a report. If a callback is not enough, queries the provider first.
pub(crate) async fn settle(
    follower: &PaymentFollower,
    context: &Context,
    report: &PayoutReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let id = report.reference;
    match apply(follower, context, report, None, now).await? {
        OrderOutcome::Refused(PayoutReportRefusal::AskProvider) => {
            confirm(follower, context, report, now).await
        }
        outcome => done(outcome, report)?.ok_or_else(|| JobError::retryable(PaymentsFault::UnknownOrder(id))),
    }
}

/// Queries the provider that sent the report, and applies its record.
async fn confirm(
    follower: &PaymentFollower,
    context: &Context,
    report: &PayoutReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let order = load(context, report.reference).await?;
    ask(follower, context, &order, &report.provider, now).await
}

/// Queries the provider about a withdrawal and applies the answer. For an ended withdrawal only the reconciliation
/// requests this.
pub(crate) async fn look(
    follower: &PaymentFollower,
    context: &Context,
    id: OrderId,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let order = load(context, id).await?;
    ask(follower, context, &order, &order.terms.provider, now).await
}

async fn load(context: &Context, id: OrderId) -> Result<WithdrawalOrder, JobError> {
    let found = context.store.load_withdrawal(id).await?;
    found.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownOrder(id)))
}

/// If the provider has two payouts for the order, the player owes one of them. From then on a cashier must decide about
/// their withdrawals.
async fn ask(
    follower: &PaymentFollower,
    context: &Context,
    order: &WithdrawalOrder,
    provider: &ProviderName,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let id = order.terms.id;
    let provider = follower.payments.provider(provider);
    let provider = provider.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownProvider(id)))?;
    let found = provider.find_payouts(id).await;
    let found =
        found.map_err(|cause| unanswered(cause, |cause| PaymentsFault::NotTold { order: id, cause }))?;
    if is_paid_twice(order, &found) {
        let (reason, count) = (Alarm::PaidTwice.as_ref(), found.len());
        tracing::error!(
            alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, reason, count,
            "A person must look at order {id}: {reason}"
        );
    }
    let order = &context.store.settle_paid_twice(order, &found, now).await?;
    let mut last = JobDone("nothing new");
    for report in &found {
        last = done(apply(follower, context, report, Some(order), now).await?, report)?.unwrap_or(last);
    }
    Ok(last)
}

async fn apply(
    follower: &PaymentFollower,
    context: &Context,
    report: &PayoutReport,
    asked_about: Option<&WithdrawalOrder>,
    now: Timestamp,
) -> Result<OrderOutcome<WithdrawalOrder, PayoutReportRefusal>, JobError> {
    let rules = &follower.payments.withdrawals;
    let rule =
        |input: evens_payments::SettlePayoutInput<'_>| settle_payout(report, asked_about, input, rules, now);
    Ok(context.store.change_withdrawal(report.reference, now, rule).await?)
}

/// The result of a report, or `None` if the order does not exist. If the order changed during the query, the job is
/// retried and queries again.
fn done(
    outcome: OrderOutcome<WithdrawalOrder, PayoutReportRefusal>,
    report: &PayoutReport,
) -> Result<Option<JobDone>, JobError> {
    let id = report.reference;
    Ok(match outcome {
        OrderOutcome::Changed(plan) => {
            if let Some(reason) = plan.alarm {
                tracing::error!(
                    alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, reason = reason.as_ref(),
                    "A person must look at order {id}: {reason}"
                );
            }
            Some(JobDone(plan.order.state.into()))
        }
        OrderOutcome::Refused(PayoutReportRefusal::NothingNew) => Some(JobDone("known before")),
        OrderOutcome::Refused(PayoutReportRefusal::AskProvider) => {
            return Err(JobError::retryable(PaymentsFault::ChangedMeanwhile(id)));
        }
        OrderOutcome::Refused(refusal) => {
            let reason: Option<&str> = refusal.alarm().map(Alarm::into);
            tracing::error!(
                alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, reason,
                "A person must look at order {id}: {refusal}"
            );
            Some(JobDone("needs manual review"))
        }
        OrderOutcome::Unknown => None,
    })
}
