//! How a deposit ends that is not simply credited: its time is over, it is given back, disputed, or taken back.

use crate::settle_deposit::released;
use crate::{
    ActRefusal, Alarm, Cashier, CashierAct, DepositEvent, DepositOrder, DepositPlan, DepositState, DisputeId,
    HistoryLine, PaymentRefund, PaymentReport, PaymentState, PayoutState, Plan, Posted, ProviderId,
    ReceivedPayment, RefundReport, ReportSource, keys,
};
use evens_ledger::{Amount, InsufficientBalance, Posting, SystemAccount, Transfer, Wallet};
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl DepositOrder {
    /// The order after an event, with a line about it; none where the event may not happen.
    pub(crate) fn after(&self, event: DepositEvent, now: Timestamp) -> Option<Self> {
        let state = self.state.after(event)?;
        let history = self.history.with(HistoryLine::own(event.as_ref(), now));
        Some(Self { state, history, ..self.clone() })
    }

    /// How much of its own payment is in the wallet, where that is: cashiers may have given what was not agreed.
    fn credited(&self) -> Amount {
        let claimed = self.payment.as_ref().filter(|payment| payment.unclaimed.is_some());
        claimed.map_or(self.terms.amount(), |payment| payment.money.amount())
    }

    fn after_act(&self, event: DepositEvent, act: &CashierAct, now: Timestamp) -> Option<Self> {
        let state = self.state.after(event)?;
        let cause = format!("{event} by {}: {}", act.by, act.reason.as_str());
        Some(Self { state, history: self.history.with(HistoryLine::own(cause, now)), ..self.clone() })
    }

    /// The order whose payment goes back from now on.
    fn with_refund(self, now: Timestamp) -> Self {
        Self { refund: Some(PaymentRefund { since: now, attempt: 1, made: None }), ..self }
    }
}

/// Why a deposit does not expire, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpireRefusal {
    /// It is not open.
    #[error("the deposit is {}", .0.as_ref())]
    NotOpen(DepositState),
    /// Its player still has time.
    #[error("the deposit can be paid until {pay_until}")]
    NotDue {
        /// Until when.
        pay_until: Timestamp,
    },
    /// The provider has its payment: that report is to be settled.
    #[error("the provider has a payment for the deposit")]
    PaymentFound(Box<PaymentReport>),
}

/// Ends an open deposit whose time is over, after the provider was asked and `found` all that it has for it.
pub fn expire_deposit(
    order: &DepositOrder,
    cashier: &Cashier,
    found: &[PaymentReport],
    zone: &TimeZone,
    now: Timestamp,
) -> Result<DepositPlan, ExpireRefusal> {
    let after = order.after(DepositEvent::TimeOver, now).ok_or(ExpireRefusal::NotOpen(order.state))?;
    if now < order.pay_until {
        return Err(ExpireRefusal::NotDue { pay_until: order.pay_until });
    }
    if let Some(paid) = found.iter().find(|report| report.state == PaymentState::Paid) {
        return Err(ExpireRefusal::PaymentFound(Box::new(paid.clone())));
    }
    let cashier = Some(released(order, cashier, zone));
    Ok(Plan { cashier, ..Plan::of(Some(order.clone()), after) })
}

/// Why a deposit is not given back, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReverseRefusal {
    /// That may not happen in its state.
    #[error("the deposit is {}", .0.as_ref())]
    InState(DepositState),
    /// Whoever paid it wants it back, so the provider makes no refund.
    #[error("whoever paid it disputes it, and that has not ended in our favour")]
    Disputed,
    /// The cashier may not decide about it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// It has earned its player a bonus, which they have.
    #[error("the deposit has earned a bonus, which was given")]
    BonusGiven,
    /// Its player has spent it.
    #[error(transparent)]
    Spent(#[from] InsufficientBalance),
}

/// Gives a credited deposit back to where it came from, as far as its player still has it and has no bonus for it.
pub fn refund_deposit(
    order: &DepositOrder,
    cashier: &Cashier,
    wallet: &Wallet,
    act: &CashierAct,
    now: Timestamp,
) -> Result<DepositPlan, ReverseRefusal> {
    assert_is_players(order, cashier, wallet);
    let after =
        order.after_act(DepositEvent::Refund, act, now).ok_or(ReverseRefusal::InState(order.state))?;
    if order.payment.as_ref().is_some_and(|own| order.is_disputed(&own.id)) {
        return Err(ReverseRefusal::Disputed);
    }
    act.check(order.terms.user, &[], now)?;
    let is_first = cashier.first_deposit == Some(order.terms.id);
    if is_first && cashier.has_received_first_bonus {
        return Err(ReverseRefusal::BonusGiven);
    }
    let posted =
        wallet.debit(taken_back(order, keys::deposit_refund(order.terms.id), order.terms.amount()), now)?;
    let mut cashier = without_deposit(order, cashier);
    if is_first {
        cashier.bonus_due = None;
    }
    let plan = Plan::of(Some(order.clone()), after.with_refund(now));
    Ok(Plan { cashier: Some(cashier), posted: Some(posted.into()), ..plan })
}

/// Why a report of a refund changes nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundReportRefusal {
    /// Nothing is to go back, or it went, or is on its way.
    #[error("the report says nothing new")]
    NothingNew,
    /// It is of another order, provider or amount: people look at it.
    #[error("the report is about another refund")]
    OtherRefund,
    /// A callback is not enough: the provider's present record decides.
    #[error("the provider must be asked first")]
    AskProvider,
}

/// Notes what a provider says of a payment that goes back: it is made, or has failed, and is made again under a new
/// key. `asked` is the payment of which the provider was asked to make it; a callback does not say which it is about.
pub fn note_refund(
    order: &DepositOrder,
    asked: Option<&ProviderId>,
    report: &RefundReport,
    now: Timestamp,
) -> Result<DepositPlan, RefundReportRefusal> {
    // A callback that comes again is not about another payment of as much, which goes back meanwhile.
    if order.refunds().any(|(_, refund)| refund.made.as_ref() == Some(&report.id)) {
        return Err(RefundReportRefusal::NothingNew);
    }
    let is_meant = |payment: &ReceivedPayment| asked.is_none_or(|asked| payment.id == *asked);
    let mut meant = order.pending_refunds().filter(|(payment, _)| is_meant(payment));
    let (payment, refund) = meant.next().ok_or(RefundReportRefusal::NothingNew)?;
    if meant.next().is_some() {
        return Err(RefundReportRefusal::AskProvider);
    }
    let is_of_payment = report.provider == payment.provider && report.money == payment.money;
    if report.reference != order.terms.id || !is_of_payment {
        return Err(RefundReportRefusal::OtherRefund);
    }
    let refund = match report.state {
        PayoutState::Processing => return Err(RefundReportRefusal::NothingNew),
        PayoutState::Paid => PaymentRefund { made: Some(report.id.clone()), ..refund.clone() },
        PayoutState::Failed | PayoutState::Returned if report.source != ReportSource::Asked => {
            return Err(RefundReportRefusal::AskProvider);
        }
        PayoutState::Failed | PayoutState::Returned => {
            PaymentRefund { attempt: refund.attempt + 1, ..refund.clone() }
        }
    };
    let line = report.source.line(format!("refund {} {}", report.state, report.id), None, now);
    let mut after = DepositOrder { history: order.history.with(line), ..order.clone() };
    match after.returns.iter_mut().find(|back| back.payment.id == payment.id) {
        Some(back) => back.refund = refund,
        None => after.refund = Some(refund),
    }
    Ok(Plan::of(Some(order.clone()), after))
}

/// Notes that whoever paid a deposit asks for it back. `None` where it is not credited.
pub fn open_dispute(order: &DepositOrder, now: Timestamp) -> Option<DepositPlan> {
    Some(Plan::of(Some(order.clone()), order.after(DepositEvent::DisputeOpened, now)?))
}

/// Notes that they do not get it back. `None` where it is not disputed.
pub fn win_dispute(order: &DepositOrder, now: Timestamp) -> Option<DepositPlan> {
    Some(Plan::of(Some(order.clone()), order.after(DepositEvent::DisputeWon, now)?))
}

/// Takes a deposit back that whoever paid it got back: what the wallet holds of it, and the player owes the rest.
/// `None` where it is not credited, or was taken back before.
pub fn charge_back(
    order: &DepositOrder,
    dispute: &DisputeId,
    cashier: &Cashier,
    wallet: &Wallet,
    now: Timestamp,
) -> Option<DepositPlan> {
    assert_is_players(order, cashier, wallet);
    let after = order.after(DepositEvent::ChargeBack, now)?;
    let credited = order.credited();
    let held = credited.min(wallet.balance);
    let rest = credited.saturating_sub(held);
    let mut cashier = without_deposit(order, cashier);
    if cashier.first_deposit == Some(order.terms.id) {
        cashier.bonus_due = None;
    }
    let debit = || wallet.debit(taken_back(order, keys::charge_back(dispute), held), now).ok();
    let posted: Option<Posted> = if held.is_zero() { None } else { debit().map(Posted::from) };
    let owed: Option<Transfer> = (!rest.is_zero()).then(|| {
        cashier = cashier.clone().held();
        cashier.owed = cashier.owed.saturating_add(rest);
        let receivable = SystemAccount::Receivable(order.terms.user);
        let key = keys::charge_back_owed(dispute);
        keys::transfer(key, receivable, order.terms.provider_account(), rest, &order.terms.id, now)
    });
    let alarm = owed.as_ref().map(|_| Alarm::ChargeBackOwed);
    let plan = Plan::of(Some(order.clone()), after);
    Some(Plan { cashier: Some(cashier), posted, transfer: owed, alarm, ..plan })
}

/// Sends money back that came for an order and could not be credited. Its transfer is none where the money was of
/// another currency, which had no account here.
pub fn return_unclaimed(
    order: &DepositOrder,
    act: &CashierAct,
    now: Timestamp,
) -> Result<DepositPlan, ReverseRefusal> {
    let after =
        order.after_act(DepositEvent::MoneyReturned, act, now).ok_or(ReverseRefusal::InState(order.state))?;
    if order.payment.as_ref().is_some_and(|own| order.is_disputed(&own.id)) {
        return Err(ReverseRefusal::Disputed);
    }
    act.check(order.terms.user, &[], now)?;
    let payment = order.payment.as_ref();
    let payment = payment.filter(|payment| payment.money.currency() == order.terms.money.currency());
    let transfer = payment.map(|payment| return_suspended(payment, &order.terms.id.to_string(), now));
    Ok(Plan { transfer, ..Plan::of(Some(order.clone()), after.with_refund(now)) })
}

/// The transfer that takes a payment out of suspense again, also one that came for an order which had its payment. The
/// payment's key lets it happen once.
pub fn return_suspended(payment: &ReceivedPayment, reference: &str, now: Timestamp) -> Transfer {
    let from = SystemAccount::Suspense(payment.provider.clone());
    let to = keys::account_of(&payment.provider);
    keys::transfer(keys::suspense_out(&payment.id), from, to, payment.money.amount(), &reference, now)
}

fn taken_back(order: &DepositOrder, key: evens_ledger::EntryKey, amount: Amount) -> Posting {
    Posting { key, amount, account: order.terms.provider_account(), reference: order.terms.id.to_string() }
}

fn without_deposit(order: &DepositOrder, cashier: &Cashier) -> Cashier {
    let mut after = cashier.next();
    let total = after.totals.actual_deposit_amount;
    after.totals.actual_deposit_amount = total.saturating_sub(order.credited());
    after
}

fn assert_is_players(order: &DepositOrder, cashier: &Cashier, wallet: &Wallet) {
    let player = order.terms.user;
    assert!(cashier.user == player && wallet.user == player, "the records of the order's player");
}
