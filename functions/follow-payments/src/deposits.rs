//! Applies provider reports to deposits, and queries providers about them.

use crate::handler::{PaymentsFault, unanswered};
use crate::{PaymentFollower, refunds};
use evens_contracts::GiveFirstBonusJob;
use evens_ledger::ProviderName;
use evens_payments::{
    DepositOrder, DepositPlan, DepositReportRefusal, DepositState, ExpireRefusal, OrderId, PaymentReport,
    expire_deposit, settle_deposit,
};
use evens_providers::PaymentProvider as _;
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobDone, JobError, LineAlarm};
use evens_store::OrderOutcome;
use jiff::Timestamp;

/// Applies a report. If a callback is not enough, queries the provider first.
pub(crate) async fn settle(
    follower: &PaymentFollower,
    context: &Context,
    report: &PaymentReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    match apply(follower, context, report, now).await? {
        OrderOutcome::Changed(plan) => Ok(done(context, &plan).await),
        OrderOutcome::Refused(DepositReportRefusal::AskProvider) => {
            confirm(follower, context, report, now).await
        }
        OrderOutcome::Refused(DepositReportRefusal::NothingNew) => Ok(JobDone("known before")),
        OrderOutcome::Refused(DepositReportRefusal::OtherOrder) => Ok(JobDone("about another order")),
        OrderOutcome::Unknown => Err(JobError::retryable(PaymentsFault::UnknownOrder(report.reference))),
    }
}

/// Queries the provider that sent the report, and applies its record. It may be another provider than the order's. Only
/// the order's own provider can establish that there is no payment.
async fn confirm(
    follower: &PaymentFollower,
    context: &Context,
    report: &PaymentReport,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let id = report.reference;
    let provider = follower.payments.provider(&report.provider);
    let provider = provider.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownProvider(id)))?;
    let found = provider.find_payments(id).await;
    let found =
        found.map_err(|cause| unanswered(cause, |cause| PaymentsFault::NotTold { order: id, cause }))?;
    let order = load(context, id).await?;
    if report.provider == order.terms.provider {
        return follow(follower, context, &order, &found, now).await;
    }
    Ok(apply_all(follower, context, &found, now).await?.unwrap_or(JobDone("nothing new")))
}

/// Requests the refunds that a deposit owes. If there are none, queries the provider about the deposit and applies the
/// answer, because payments without a callback may exist. If the provider does not answer or is not configured here, a
/// later look is scheduled. The job does not fail then, otherwise every such order would leave a dead letter each time.
pub(crate) async fn look(
    follower: &PaymentFollower,
    context: &Context,
    order: &DepositOrder,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let id = order.terms.id;
    if let Some(done) = refunds::make_all(follower, context, order, now).await? {
        return Ok(done);
    }
    let Some(provider) = follower.payments.provider(&order.terms.provider) else {
        let provider = &order.terms.provider;
        tracing::error!("order.id" = %id, "provider.name" = %provider, "Cannot query order {id}: the provider {provider} is not configured");
        context.store.postpone_deposit_check(id, now).await?;
        return Ok(JobDone("provider not configured"));
    };
    match provider.find_payments(id).await {
        Ok(found) => follow(follower, context, order, &found, now).await,
        Err(error) => {
            tracing::warn!(
                alarm = LineAlarm::ProviderSilent.name(), "order.id" = %id, %error,
                "The provider did not report the state of order {id}"
            );
            context.store.postpone_deposit_check(id, now).await?;
            Ok(JobDone("no answer from the provider"))
        }
    }
}

/// Queries a provider about a deposit and applies the answer. Returns whether anything changed.
pub(crate) async fn learn(
    follower: &PaymentFollower,
    context: &Context,
    (id, provider): (OrderId, &ProviderName),
    now: Timestamp,
) -> Result<bool, JobError> {
    let provider = follower.payments.provider(provider);
    let provider = provider.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownProvider(id)))?;
    let found = provider.find_payments(id).await;
    let found =
        found.map_err(|cause| unanswered(cause, |cause| PaymentsFault::NotTold { order: id, cause }))?;
    Ok(apply_all(follower, context, &found, now).await?.is_some())
}

async fn load(context: &Context, id: OrderId) -> Result<DepositOrder, JobError> {
    let found = context.store.load_deposit(id).await?;
    found.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownOrder(id)))
}

/// Applies the provider's answer. If it has no payment and the order's time is over, the order expires. Otherwise a
/// later look is scheduled.
async fn follow(
    follower: &PaymentFollower,
    context: &Context,
    order: &DepositOrder,
    found: &[PaymentReport],
    now: Timestamp,
) -> Result<JobDone, JobError> {
    match apply_all(follower, context, found, now).await? {
        Some(done) => Ok(done),
        None => expire(follower, context, order, found, now).await,
    }
}

/// Applies all reports, and returns the result of the last one that changed anything.
async fn apply_all(
    follower: &PaymentFollower,
    context: &Context,
    found: &[PaymentReport],
    now: Timestamp,
) -> Result<Option<JobDone>, JobError> {
    let mut last = None;
    for report in found {
        if let OrderOutcome::Changed(plan) = apply(follower, context, report, now).await? {
            last = Some(done(context, &plan).await);
        }
    }
    Ok(last)
}

async fn apply(
    follower: &PaymentFollower,
    context: &Context,
    report: &PaymentReport,
    now: Timestamp,
) -> Result<OrderOutcome<DepositOrder, DepositReportRefusal>, JobError> {
    let rules = &follower.payments.deposits;
    let rule = |input: evens_payments::SettleDepositInput<'_>| settle_deposit(report, input, rules, now);
    Ok(context.store.change_deposit(report.reference, now, rule).await?)
}

async fn expire(
    follower: &PaymentFollower,
    context: &Context,
    order: &DepositOrder,
    found: &[PaymentReport],
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let (id, zone) = (order.terms.id, &follower.payments.deposits.zone);
    let expired = context
        .store
        .change_deposit(id, now, |input| expire_deposit(input.order, input.record, found, zone, now))
        .await?;
    match expired {
        OrderOutcome::Changed(_) => Ok(JobDone("expired")),
        OrderOutcome::Refused(
            ExpireRefusal::NotDue { .. } | ExpireRefusal::NotOpen(_) | ExpireRefusal::PaymentFound(_),
        )
        | OrderOutcome::Unknown => {
            context.store.postpone_deposit_check(id, now).await?;
            Ok(JobDone("nothing new"))
        }
    }
}

/// The result of a report, after the follow-up job was sent and the alarm logged.
pub(crate) async fn done(context: &Context, plan: &DepositPlan) -> JobDone {
    let order = &plan.order;
    let (id, user) = (order.terms.id, order.terms.user);
    if plan.record.as_ref().is_some_and(|record| record.bonus_due.is_some()) {
        let job = OutgoingJob::of(GiveFirstBonusJob { user_id: user });
        context.ask_for(vec![job], || format!("the bonus of user {user}")).await;
    }
    if let Some(reason) = plan.alarm {
        tracing::error!(
            alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, "user.id" = %user, reason = reason.as_ref(),
            "A person must look at order {id}: {reason}"
        );
    }
    match order.state {
        DepositState::Completed => JobDone("credited"),
        DepositState::Failed => JobDone("failed"),
        DepositState::Unclaimed => JobDone("set aside"),
        DepositState::Disputed => JobDone("disputed"),
        DepositState::ChargedBack => JobDone("charged back"),
        _ => JobDone("noted"),
    }
}
