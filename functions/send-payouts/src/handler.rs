//! [`PayoutSender`]: advances one withdrawal by one step.

use evens_contracts::PayoutJob;
use evens_payments::{
    Alarm, BeforeSending, CallError, CarryOutRefusal, ClaimRefusal, OrderId, Payee, PayoutInFlight,
    PayoutReport, PayoutReportRefusal, PayoutSearch, PayoutStep, PayoutTiming, ProviderId, WithdrawalOrder,
    WithdrawalState, claim_payout, hold_unsent, next_payout_step, resolve_payout, settle_payout,
    step_after_failed_call,
};
use evens_providers::{
    GuardedProvider, PayeeAccount, PaymentProvider as _, Payments, PayoutRequest, Sending,
};
use evens_runtime::{Context, JobDone, JobError, JobHandler, LineAlarm};
use evens_sealing::{OpenFault, SealingKeys};
use evens_store::OrderOutcome;
use evens_switches::SwitchName;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::fmt::Display;

/// Sends withdrawals to their providers. Clones share the providers' state.
#[derive(Debug, Clone)]
pub struct PayoutSender {
    payments: Payments,
    keys: SealingKeys,
    timing: PayoutTiming,
}

/// The reasons why a withdrawal cannot be sent.
#[derive(Debug, thiserror::Error)]
enum PayoutFault {
    #[error("the withdrawal {0} does not exist")]
    UnknownOrder(OrderId),
    #[error("the provider of the withdrawal {0} is not configured")]
    UnknownProvider(OrderId),
    #[error("the payee of the withdrawal {0} does not exist")]
    UnknownPayee(OrderId),
    #[error("the payee account of the withdrawal {order} cannot be decrypted")]
    SealedAccount {
        order: OrderId,
        #[source]
        cause: OpenFault,
    },
    #[error("the payee account of the withdrawal {0} is not valid for its provider")]
    NoAccount(OrderId),
}

/// The reasons why a withdrawal is not claimed.
enum NotClaimed {
    Refused(ClaimRefusal),
    /// The provider does not answer. A claim would only keep the next attempt waiting.
    ProviderDown,
    /// Operators have paused the stage, and the withdrawal was not sent before.
    Paused,
}

/// A claimed withdrawal.
struct ClaimedWithdrawal {
    order: WithdrawalOrder,
    /// `true` if no earlier call to the provider is possible.
    is_first: bool,
    /// `true` if no earlier call under this attempt's key is possible.
    is_first_of_attempt: bool,
    /// `false` while operators have stopped payouts.
    may_send: bool,
}

impl PayoutSender {
    pub fn new(payments: Payments, keys: SealingKeys) -> Self {
        Self { payments, keys, timing: PayoutTiming::default() }
    }

    async fn work(&self, context: &Context, id: OrderId, now: Timestamp) -> Result<JobDone, JobError> {
        let is_paused = context.stopped_by(SwitchName::All).await?.is_some();
        let claim = |input: evens_payments::SettlePayoutInput<'_>| {
            // A payout that may have been sent is still queried, so that its result is known.
            if is_paused && input.order.state == WithdrawalState::Approved {
                return Err(NotClaimed::Paused);
            }
            if let Some(held) = hold_unsent(input, &self.payments.withdrawals.holds, now) {
                return Ok(held);
            }
            let claimed = claim_payout(input.order, self.timing, now).map_err(NotClaimed::Refused)?;
            let provider = self.payments.provider(&input.order.terms.provider);
            if provider.is_some_and(|provider| provider.refuses_calls()) {
                Err(NotClaimed::ProviderDown)
            } else {
                Ok(claimed)
            }
        };
        let claimed = match context.store.change_withdrawal(id, now, claim).await? {
            OrderOutcome::Changed(plan) => match BeforeSending::of(&plan) {
                BeforeSending::Held => return Ok(JobDone("held for a cashier")),
                BeforeSending::Stopped => {
                    tell_person(
                        id,
                        &"its player was held, in debt or recovered, which its approvals did not consider",
                    );
                    return Ok(JobDone("stopped until cashiers decide"));
                }
                BeforeSending::Claimed { is_first, is_first_of_attempt } => ClaimedWithdrawal {
                    order: plan.order,
                    is_first,
                    is_first_of_attempt,
                    may_send: !is_paused,
                },
            },
            // The sweeper sends the job again.
            OrderOutcome::Refused(NotClaimed::Paused) => return Ok(JobDone("paused by operators")),
            OrderOutcome::Refused(NotClaimed::Refused(ClaimRefusal::InState(_))) => {
                return Ok(JobDone("nothing to send"));
            }
            OrderOutcome::Refused(NotClaimed::Refused(refusal @ ClaimRefusal::NotApproved { .. })) => {
                tell_person(id, &refusal);
                context.store.postpone_withdrawal_check(id, now).await?;
                return Ok(JobDone("not sent without approvals"));
            }
            OrderOutcome::Refused(NotClaimed::Refused(ClaimRefusal::Leased { .. })) => {
                return Ok(JobDone("another worker is sending it"));
            }
            OrderOutcome::Refused(NotClaimed::ProviderDown) => {
                context.store.postpone_withdrawal_check(id, now).await?;
                return Ok(JobDone("waits for its provider"));
            }
            OrderOutcome::Unknown => return Err(JobError::permanent(PayoutFault::UnknownOrder(id))),
        };
        let provider = self.payments.provider(&claimed.order.terms.provider);
        let provider = provider.ok_or_else(|| JobError::permanent(PayoutFault::UnknownProvider(id)))?;
        let step = self.next_step(context, provider, &claimed).await?;
        self.carry_out(context, &claimed.order, step).await
    }

    /// The next step, or the result of sending. The clock is read again before the call: the query and the decryption
    /// take time, and the claim's lease may have expired.
    async fn next_step(
        &self,
        context: &Context,
        provider: &GuardedProvider,
        claimed: &ClaimedWithdrawal,
    ) -> Result<PayoutStep, JobError> {
        let order = &claimed.order;
        let found;
        let search = if claimed.is_first {
            PayoutSearch::FirstClaim
        } else {
            match provider.find_payouts(order.terms.id).await {
                Ok(records) => {
                    found = records;
                    PayoutSearch::Found(&found)
                }
                Err(error) => {
                    let id = claimed.order.terms.id;
                    tracing::warn!(
                        alarm = LineAlarm::ProviderSilent.name(), "order.id" = %id, %error,
                        "The provider did not list the payouts of order {id}"
                    );
                    PayoutSearch::Unanswered
                }
            }
        };
        let step = || match PayoutInFlight::of(order) {
            Some(payout) => next_payout_step(payout, search, self.timing, context.clock.now()),
            None => PayoutStep::AskAgain,
        };
        let first = step();
        if !matches!(first, PayoutStep::Send(_)) {
            return Ok(first);
        }
        if !claimed.may_send {
            return Ok(PayoutStep::AskAgain);
        }
        let account = self.open_account(context, order).await?;
        match step() {
            PayoutStep::Send(_) => Ok(send(provider, claimed, &account).await),
            other => Ok(other),
        }
    }

    async fn carry_out(
        &self,
        context: &Context,
        order: &WithdrawalOrder,
        step: PayoutStep,
    ) -> Result<JobDone, JobError> {
        let (id, now) = (order.terms.id, context.clock.now());
        match step {
            PayoutStep::Settle(report) => return self.settle(context, order, &report, now).await,
            PayoutStep::Resolve { failed } => {
                return self.resolve(context, order, failed.as_ref(), now).await;
            }
            PayoutStep::Send(_) | PayoutStep::AskAgain => {}
            PayoutStep::GiveToPerson(cause) => tell_person(id, &cause),
            PayoutStep::PaidTwice { found } => {
                let (reason, count) = (Alarm::PaidTwice.as_ref(), found.len());
                tracing::error!(
                    alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, reason, count,
                    "A person must look at order {id}: {reason}"
                );
                let order = context.store.settle_paid_twice(order, &found, now).await?;
                let own = found.iter().find(|report| order.provider_id.as_ref() == Some(&report.id));
                if let Some(report) = own {
                    return self.settle(context, &order, report, now).await;
                }
            }
        }
        context.store.postpone_withdrawal_check(id, now).await?;
        Ok(JobDone("will be checked again"))
    }

    /// The decrypted account that the withdrawal is paid to.
    async fn open_account(
        &self,
        context: &Context,
        order: &WithdrawalOrder,
    ) -> Result<PayeeAccount, JobError> {
        let (id, user) = (order.terms.id, order.terms.user);
        let payee = context.store.load_payee(user, &order.payee).await?;
        let payee = payee.ok_or_else(|| JobError::permanent(PayoutFault::UnknownPayee(id)))?;
        let place = Payee::place_of_seal(user, &payee.id);
        let opened = self.keys.open_stored(&payee.sealed, &place);
        let opened =
            opened.map_err(|cause| JobError::permanent(PayoutFault::SealedAccount { order: id, cause }))?;
        opened.parse().map_err(|_| JobError::permanent(PayoutFault::NoAccount(id)))
    }

    /// Carries out the cashiers' decision. If the order changed meanwhile, the sweeper sends the job again.
    async fn resolve(
        &self,
        context: &Context,
        asked_about: &WithdrawalOrder,
        failed: Option<&ProviderId>,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let id = asked_about.terms.id;
        let rule =
            |input: evens_payments::SettlePayoutInput<'_>| resolve_payout(asked_about, failed, input, now);
        match context.store.change_withdrawal(id, now, rule).await? {
            OrderOutcome::Changed(plan) if plan.order.state.is_given_back() => Ok(JobDone("given back")),
            OrderOutcome::Changed(_) => Ok(JobDone("new attempt")),
            OrderOutcome::Refused(refusal) => {
                if matches!(refusal, CarryOutRefusal::BalanceTooLarge(_)) {
                    tracing::error!(
                        alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id,
                        "A person must look at order {id}: {refusal}"
                    );
                }
                context.store.postpone_withdrawal_check(id, now).await?;
                Ok(JobDone("will be checked again"))
            }
            OrderOutcome::Unknown => Err(JobError::permanent(PayoutFault::UnknownOrder(id))),
        }
    }

    async fn settle(
        &self,
        context: &Context,
        asked_about: &WithdrawalOrder,
        report: &PayoutReport,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let (id, rules) = (report.reference, &self.payments.withdrawals);
        let rule = |input: evens_payments::SettlePayoutInput<'_>| {
            settle_payout(report, Some(asked_about), input, rules, now)
        };
        match context.store.change_withdrawal(id, now, rule).await? {
            OrderOutcome::Changed(plan) => {
                if let Some(reason) = plan.alarm {
                    tracing::error!(
                        alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, reason = reason.as_ref(),
                        "A person must look at order {id}: {reason}"
                    );
                }
                Ok(JobDone(plan.order.state.into()))
            }
            OrderOutcome::Refused(refusal) => {
                // The order changed meanwhile. The sweeper sends the job again.
                if !matches!(refusal, PayoutReportRefusal::NothingNew | PayoutReportRefusal::AskProvider) {
                    let reason: Option<&str> = refusal.alarm().map(Alarm::into);
                    tracing::error!(
                        alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, reason,
                        "A person must look at order {id}: {refusal}"
                    );
                }
                context.store.postpone_withdrawal_check(id, now).await?;
                Ok(JobDone("nothing new"))
            }
            OrderOutcome::Unknown => Err(JobError::permanent(PayoutFault::UnknownOrder(id))),
        }
    }
}

/// Calls the provider under the claimed attempt's key.
async fn send(provider: &GuardedProvider, claimed: &ClaimedWithdrawal, account: &PayeeAccount) -> PayoutStep {
    let is_first = claimed.is_first_of_attempt;
    let sending = if is_first { Sending::First } else { Sending::Repeat };
    let (terms, attempt) = (&claimed.order.terms, claimed.order.attempt.map_or(1, |attempt| attempt.number));
    match provider.send_payout(PayoutRequest { terms, attempt, account, sending }).await {
        Ok(report) => PayoutStep::Settle(Box::new(report)),
        Err(error) => {
            // For a repeat, `Unknown` also covers a refusal. The query before it already logs an unreachable provider.
            if is_first && error == CallError::Unknown {
                let id = terms.id;
                tracing::warn!(
                    alarm = LineAlarm::ProviderSilent.name(), "order.id" = %id,
                    "The provider did not confirm the payout of order {id}"
                );
            }
            step_after_failed_call(error, is_first)
        }
    }
}

fn tell_person(id: OrderId, cause: &dyn Display) {
    tracing::error!(
        alarm = LineAlarm::OrderForPeople.name(), "order.id" = %id, %cause,
        "A person must look at order {id}: {cause}"
    );
}

impl<'a> JobHandler<'a, PayoutJob> for PayoutSender {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, context: &'a Context, job: PayoutJob, now: Timestamp) -> Self::Handling {
        let sender = self.clone();
        Box::pin(async move { sender.work(context, job.order_id, now).await })
    }
}
