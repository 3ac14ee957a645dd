//! What reports do to deposits, and asking about them.

use crate::handler::PaymentsFault;
use crate::{PaymentFollower, refunds};
use evens_contracts::GiveFirstBonusJob;
use evens_ledger::ProviderName;
use evens_payments::{
    DepositOrder, DepositPlan, DepositReportRefusal, DepositState, ExpireRefusal, OrderId, PaymentReport,
    expire_deposit, settle_deposit,
};
use evens_providers::PaymentProvider as _;
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::OrderOutcome;
use jiff::Timestamp;

/// Does what a report asks for. Where that is not the plain case, the provider is asked first.
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
        OrderOutcome::Refused(DepositReportRefusal::OtherOrder) => Ok(JobDone("is about another order")),
        OrderOutcome::Unknown => Err(JobError::retryable(PaymentsFault::UnknownOrder(report.reference))),
    }
}

/// Asks whoever reports it, and does what their record says. They may be another provider than the order's: only the
/// order's own one says that there is no payment.
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
    let found = found.map_err(|cause| JobError::retryable(PaymentsFault::NotTold { order: id, cause }))?;
    let order = load(context, id).await?;
    if report.provider == order.terms.provider {
        return follow(follower, context, &order, &found, now).await;
    }
    Ok(apply_all(follower, context, &found, now).await?.unwrap_or(JobDone("nothing new")))
}

/// Asks for what is to go back of a deposit. Where nothing goes back, asks the provider how the deposit stands, and
/// does what they say: other payments may be there that nobody told of. Where they do not say, or are not known here
/// any more, somebody asks again later: that is no failed job, else each order would leave one behind each time.
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
        tracing::error!("order.id" = %id, "provider.name" = %provider, "Nobody can ask {provider} about order {id}");
        context.store.look_at_deposit_later(id, now).await?;
        return Ok(JobDone("no such provider here"));
    };
    match provider.find_payments(id).await {
        Ok(found) => follow(follower, context, order, &found, now).await,
        Err(error) => {
            tracing::warn!("order.id" = %id, %error, "The provider did not say how order {id} stands");
            context.store.look_at_deposit_later(id, now).await?;
            Ok(JobDone("asked in vain"))
        }
    }
}

/// Asks a provider what it has for a deposit, and does what it says. Whether that changed anything.
pub(crate) async fn learn(
    follower: &PaymentFollower,
    context: &Context,
    (id, provider): (OrderId, &ProviderName),
    now: Timestamp,
) -> Result<bool, JobError> {
    let provider = follower.payments.provider(provider);
    let provider = provider.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownProvider(id)))?;
    let found = provider.find_payments(id).await;
    let found = found.map_err(|cause| JobError::retryable(PaymentsFault::NotTold { order: id, cause }))?;
    Ok(apply_all(follower, context, &found, now).await?.is_some())
}

async fn load(context: &Context, id: OrderId) -> Result<DepositOrder, JobError> {
    let found = context.store.load_deposit(id).await?;
    found.ok_or_else(|| JobError::permanent(PaymentsFault::UnknownOrder(id)))
}

/// Does what the provider said when asked. Where they have no payment and its time is over, it expires; else somebody
/// looks again later.
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

/// What the last of the reports did that changed anything.
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
    let rule = |seen: evens_payments::SeenForPayment<'_>| settle_deposit(report, seen, rules, now);
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
        .change_deposit(id, now, |seen| expire_deposit(seen.order, seen.cashier, found, zone, now))
        .await?;
    match expired {
        OrderOutcome::Changed(_) => Ok(JobDone("expired")),
        OrderOutcome::Refused(
            ExpireRefusal::NotDue { .. } | ExpireRefusal::NotOpen(_) | ExpireRefusal::PaymentFound(_),
        )
        | OrderOutcome::Unknown => {
            context.store.look_at_deposit_later(id, now).await?;
            Ok(JobDone("nothing new"))
        }
    }
}

/// What a report did, after whoever must know of it was told.
pub(crate) async fn done(context: &Context, plan: &DepositPlan) -> JobDone {
    let order = &plan.order;
    let (id, user) = (order.terms.id, order.terms.user);
    if plan.cashier.as_ref().is_some_and(|cashier| cashier.bonus_due.is_some()) {
        let job = Outgoing::of(GiveFirstBonusJob { user_id: user });
        context.ask_for(vec![job], || format!("the bonus of user {user}")).await;
    }
    if let Some(alarm) = plan.alarm {
        tracing::error!("order.id" = %id, "user.id" = %user, alarm = alarm.as_ref(), "A person must look at order {id}: {alarm}");
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
