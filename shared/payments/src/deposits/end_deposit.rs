//! The ends of a deposit other than a credit: it expires, or it is refunded, disputed or charged back.

use crate::deposits::settle_deposit::released;
use crate::{
    ActRefusal, Alarm, CashierAct, DepositEvent, DepositOrder, DepositPlan, DepositState, DisputeId,
    HistoryLine, PaymentRefund, PaymentReport, PaymentState, PaymentsRecord, PayoutState, Plan, PostedEntry,
    ProviderId, ReceivedPayment, RefundReport, ReportSource, keys,
};
use evens_ledger::{Amount, InsufficientBalance, Posting, SystemAccount, Transfer, Wallet};
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl DepositOrder {
    /// Applies an event and adds a history line. Returns `None` if the event is not possible.
    pub(crate) fn after(&self, event: DepositEvent, now: Timestamp) -> Option<Self> {
        let state = self.state.after(event)?;
        let history = self.history.with(HistoryLine::own(event.as_ref(), now));
        Some(Self { state, history, ..self.clone() })
    }

    /// The amount of the order's own payment in the wallet. If cashiers gave it, it may differ from the agreed amount.
    fn credited_amount(&self) -> Amount {
        let claimed = self.payment.as_ref().filter(|payment| payment.unclaimed.is_some());
        claimed.map_or(self.terms.amount(), |payment| payment.money.amount())
    }

    fn after_act(&self, event: DepositEvent, act: &CashierAct, now: Timestamp) -> Option<Self> {
        let state = self.state.after(event)?;
        let cause = format!("{event} by {}: {}", act.by, act.reason.as_str());
        Some(Self { state, history: self.history.with(HistoryLine::own(cause, now)), ..self.clone() })
    }

    /// The order with a refund of its payment under way.
    fn with_refund(self, now: Timestamp) -> Self {
        Self { refund: Some(PaymentRefund { since: now, attempt: 1, made: None }), ..self }
    }
}

/// The reason why a deposit does not expire, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpireRefusal {
    #[error("the deposit is {}", .0.as_ref())]
    NotOpen(DepositState),
    /// The player still has time to pay.
    #[error("the deposit can be paid until {pay_until}")]
    NotDue { pay_until: Timestamp },
    /// The provider has a payment for it. This report must be settled instead.
    #[error("the provider has a payment for the deposit")]
    PaymentFound(Box<PaymentReport>),
}

/// Ends an open deposit after its time. `found` is everything that the provider has for it, from a query.
pub fn expire_deposit(
    order: &DepositOrder,
    record: &PaymentsRecord,
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
    let record = Some(released(order, record, zone));
    Ok(Plan { record, ..Plan::of(Some(order.clone()), after) })
}

/// The reason why a deposit is not sent back, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReverseRefusal {
    /// The deposit cannot be sent back in this state.
    #[error("the deposit is {}", .0.as_ref())]
    InState(DepositState),
    /// The payer disputes the payment, so the provider makes no refund.
    #[error("the payer disputes it, and the dispute is open or lost")]
    Disputed,
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// The deposit earned the player a bonus that was already given.
    #[error("the player has already received a bonus for the deposit")]
    BonusGiven,
    #[error(transparent)]
    Spent(#[from] InsufficientBalance),
}

/// Refunds a credited deposit to its source, if the wallet still holds the amount and no bonus was given for it.
pub fn refund_deposit(
    order: &DepositOrder,
    record: &PaymentsRecord,
    wallet: &Wallet,
    act: &CashierAct,
    now: Timestamp,
) -> Result<DepositPlan, ReverseRefusal> {
    assert_is_players(order, record, wallet);
    let after =
        order.after_act(DepositEvent::Refund, act, now).ok_or(ReverseRefusal::InState(order.state))?;
    if order.payment.as_ref().is_some_and(|own| order.is_disputed(&own.id)) {
        return Err(ReverseRefusal::Disputed);
    }
    act.check(order.terms.user, &[], now)?;
    let is_first = record.first_deposit == Some(order.terms.id);
    if is_first && record.has_received_first_bonus {
        return Err(ReverseRefusal::BonusGiven);
    }
    let posted =
        wallet.debit(taken_back(order, keys::deposit_refund(order.terms.id), order.terms.amount()), now)?;
    let mut record = without_deposit(order, record);
    if is_first {
        record.bonus_due = None;
    }
    let plan = Plan::of(Some(order.clone()), after.with_refund(now));
    Ok(Plan { record: Some(record), posted: Some(posted.into()), ..plan })
}

/// The reason why a refund report changes nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundReportRefusal {
    /// No refund is pending, or the report is already known.
    #[error("the report contains nothing new")]
    NothingNew,
    /// The report is about another order, provider or amount. People must look at it.
    #[error("the report is about a different refund")]
    OtherRefund,
    /// A callback is not enough; the provider has to be queried.
    #[error("the report must be confirmed with the provider first")]
    AskProvider,
}

/// Records a provider's report about a refund: it was made, or it failed and is made again under a new key. `asked` is
/// the payment whose refund was queried; a callback does not say which payment it is about.
pub fn note_refund(
    order: &DepositOrder,
    asked: Option<&ProviderId>,
    report: &RefundReport,
    now: Timestamp,
) -> Result<DepositPlan, RefundReportRefusal> {
    // A repeated callback must not be taken for another refund of the same amount.
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

/// Records that the payer disputes a deposit. Returns `None` if it is not credited.
pub fn open_dispute(order: &DepositOrder, now: Timestamp) -> Option<DepositPlan> {
    Some(Plan::of(Some(order.clone()), order.after(DepositEvent::DisputeOpened, now)?))
}

/// Records that the payer lost the dispute. Returns `None` if the deposit is not disputed.
pub fn win_dispute(order: &DepositOrder, now: Timestamp) -> Option<DepositPlan> {
    Some(Plan::of(Some(order.clone()), order.after(DepositEvent::DisputeWon, now)?))
}

/// Takes back a deposit whose payer won a dispute. The wallet pays as much as it holds, and the player owes the rest.
/// Returns `None` if the deposit is not credited or was already taken back.
pub fn charge_back(
    order: &DepositOrder,
    dispute: &DisputeId,
    record: &PaymentsRecord,
    wallet: &Wallet,
    now: Timestamp,
) -> Option<DepositPlan> {
    assert_is_players(order, record, wallet);
    let after = order.after(DepositEvent::ChargeBack, now)?;
    let credited = order.credited_amount();
    let held = credited.min(wallet.balance);
    let rest = credited.saturating_sub(held);
    let mut record = without_deposit(order, record);
    if record.first_deposit == Some(order.terms.id) {
        record.bonus_due = None;
    }
    let debit = || wallet.debit(taken_back(order, keys::charge_back(dispute), held), now).ok();
    let posted: Option<PostedEntry> = if held.is_zero() { None } else { debit().map(PostedEntry::from) };
    let owed: Option<Transfer> = (!rest.is_zero()).then(|| {
        record = record.clone().held();
        record.owed = record.owed.saturating_add(rest);
        let receivable = SystemAccount::Receivable(order.terms.user);
        let key = keys::charge_back_owed(dispute);
        keys::transfer(key, receivable, order.terms.provider_account(), rest, &order.terms.id, now)
    });
    let alarm = owed.as_ref().map(|_| Alarm::ChargeBackOwed);
    let plan = Plan::of(Some(order.clone()), after);
    Some(Plan { record: Some(record), posted, transfer: owed, alarm, ..plan })
}

/// Sends back money that arrived for an order and could not be credited. There is no transfer for money in another
/// currency, which is not in our ledger.
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

/// The transfer that takes a payment out of suspense, including extra payments besides the order's own one. The key of
/// the payment makes sure that this happens once.
pub fn return_suspended(payment: &ReceivedPayment, reference: &str, now: Timestamp) -> Transfer {
    let from = SystemAccount::Suspense(payment.provider.clone());
    let to = keys::account_of(&payment.provider);
    keys::transfer(keys::suspense_out(&payment.id), from, to, payment.money.amount(), &reference, now)
}

fn taken_back(order: &DepositOrder, key: evens_ledger::EntryKey, amount: Amount) -> Posting {
    Posting { key, amount, account: order.terms.provider_account(), reference: order.terms.id.to_string() }
}

fn without_deposit(order: &DepositOrder, record: &PaymentsRecord) -> PaymentsRecord {
    let mut after = record.next();
    let total = after.totals.actual_deposit_amount;
    after.totals.actual_deposit_amount = total.saturating_sub(order.credited_amount());
    after
}

fn assert_is_players(order: &DepositOrder, record: &PaymentsRecord, wallet: &Wallet) {
    let player = order.terms.user;
    assert!(record.user == player && wallet.user == player, "the records of the order's player");
}
