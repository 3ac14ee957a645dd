//! What a provider's report does to a deposit: credited, failed, or put into suspense for a cashier.
//!
//! A payment is credited where it is exactly what was agreed and its player may have it, and once: every other payment
//! is put into suspense, none is lost. What is not the plain case is believed only by the provider's present record.

use crate::{
    Alarm, Cashier, DepositEvent, DepositOrder, DepositPlan, DepositRules, DepositState, DueBonus,
    PaymentReport, PaymentState, Plan, Posted, ProviderId, ReceivedPayment, ReportSource, UnclaimedCause,
    keys,
};
use evens_ledger::{BalanceTooLarge, Incoming, Posting, SystemAccount, Transfer, Wallet};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What was read of everything that decides about a payment.
#[derive(Debug, Clone, Copy)]
pub struct SeenForPayment<'a> {
    /// The order that the report is about.
    pub order: &'a DepositOrder,
    /// The player's cashier record.
    pub cashier: &'a Cashier,
    /// The player's wallet.
    pub wallet: &'a Wallet,
    /// Whether the player's account is blocked.
    pub is_blocked: bool,
}

/// Why a report changes nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepositReportRefusal {
    /// The order knows it.
    #[error("the report says nothing new")]
    NothingNew,
    /// It is about another order or from another provider, and no money is in it.
    #[error("the report is about another order, or from another provider")]
    OtherOrder,
    /// A callback is not enough: the provider's present record decides.
    #[error("the provider must be asked first")]
    AskProvider,
}

/// Does what a provider's report asks for.
pub fn settle_deposit(
    report: &PaymentReport,
    seen: SeenForPayment<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, DepositReportRefusal> {
    let SeenForPayment { order, cashier, wallet, .. } = seen;
    assert!(
        cashier.user == order.terms.user && wallet.user == order.terms.user,
        "the cashier record and the wallet of the order's player"
    );
    if report.state == PaymentState::Paid {
        return settle_paid(report, seen, rules, now);
    }
    if !is_of(report, order) {
        return Err(DepositReportRefusal::OtherOrder);
    }
    let noted = note_provider_id(order, &report.id, now);
    match report.state {
        PaymentState::Open | PaymentState::Paid => noted.ok_or(DepositReportRefusal::NothingNew),
        PaymentState::Failed => settle_failed(report, order, cashier, &rules.zone, now),
    }
}

/// Notes what the provider calls a deposit, once it is known. `None` where the order has come further.
pub fn note_provider_id(order: &DepositOrder, id: &ProviderId, now: Timestamp) -> Option<DepositPlan> {
    let mut after = order.after(DepositEvent::ProviderKnown, now)?;
    after.provider_id = Some(id.clone());
    Some(Plan::of(Some(order.clone()), after))
}

/// Ends a deposit whose payment was not opened by the first call, as its provider refused or nothing was sent: nobody
/// can have paid it. `None` where the order has come further.
pub fn end_unopened(
    order: &DepositOrder,
    cashier: &Cashier,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<DepositPlan> {
    if order.state != DepositState::Created {
        return None;
    }
    let after = order.after(DepositEvent::FailureReported, now)?;
    let cashier = Some(released(order, cashier, zone));
    Some(Plan { cashier, ..Plan::of(Some(order.clone()), after) })
}

fn is_of(report: &PaymentReport, order: &DepositOrder) -> bool {
    report.reference == order.terms.id && report.provider == order.terms.provider
}

/// A failure ends a deposit that was open; of any other one it is recorded only.
fn settle_failed(
    report: &PaymentReport,
    order: &DepositOrder,
    cashier: &Cashier,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<DepositPlan, DepositReportRefusal> {
    let cause = format!("{} {}", DepositEvent::FailureReported, report.id);
    if order.history.lines().iter().any(|line| line.cause == cause) {
        return Err(DepositReportRefusal::NothingNew);
    }
    let history = order.history.with(report.source.line(cause, report.at, now));
    let read = Some(order.clone());
    match order.state.after(DepositEvent::FailureReported) {
        None => Ok(Plan::of(read, DepositOrder { history, ..order.clone() })),
        Some(state) => {
            let cashier = Some(released(order, cashier, zone));
            Ok(Plan { cashier, ..Plan::of(read, DepositOrder { state, history, ..order.clone() }) })
        }
    }
}

/// The cashier record without the place that an open order has in the limits.
pub(crate) fn released(order: &DepositOrder, cashier: &Cashier, zone: &TimeZone) -> Cashier {
    let mut after = cashier.next();
    after.release_deposit(order.terms.amount(), zone, order.terms.created_at);
    after
}

fn settle_paid(
    report: &PaymentReport,
    seen: SeenForPayment<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, DepositReportRefusal> {
    let order = seen.order;
    let is_known = |payment: &ReceivedPayment| payment.id == report.id && payment.provider == report.provider;
    let line = paid_line(report, now);
    let is_recorded = order.history.lines().iter().any(|known| known.cause == line.cause);
    if order.payment.as_ref().is_some_and(is_known) || is_recorded {
        return Err(DepositReportRefusal::NothingNew);
    }
    let credit = unclaimed_cause(report, seen, rules, now)
        .map_or_else(|| credit(report, seen, now).map_err(|_| UnclaimedCause::BalanceTooLarge), Err);
    let is_plain = credit.is_ok() && order.state.is_reserved();
    let is_large = rules.confirm_above.is_some_and(|above| report.money.amount() > above);
    // It may be gone before it was told of.
    let is_disputed = order.is_disputed(&report.id);
    if report.source != ReportSource::Asked && (!is_plain || is_large || is_disputed) {
        return Err(DepositReportRefusal::AskProvider);
    }
    Ok(match credit {
        Ok(posted) => credited(report, seen, posted, rules, now),
        Err(cause) => unclaimed(report, cause, seen, rules, now),
    })
}

/// Why the payment may not be credited, if it may not.
fn unclaimed_cause(
    report: &PaymentReport,
    seen: SeenForPayment<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Option<UnclaimedCause> {
    let SeenForPayment { order, cashier, is_blocked, .. } = seen;
    let agreed = order.terms.money;
    let has_room = || cashier.check_deposit(agreed.amount(), &rules.zone, now).is_ok();
    if !is_of(report, order) {
        Some(UnclaimedCause::OtherOrder)
    } else if order.state.after(DepositEvent::Credited).is_none() {
        Some(UnclaimedCause::SecondPayment)
    } else if report.money.currency() != agreed.currency() {
        Some(UnclaimedCause::OtherCurrency)
    } else if report.money != agreed {
        Some(UnclaimedCause::OtherAmount)
    } else if is_blocked {
        Some(UnclaimedCause::AccountBlocked)
    } else if cashier.excluded_until(now).is_some() {
        Some(UnclaimedCause::Excluded)
    } else if !order.state.is_reserved() && !has_room() {
        Some(UnclaimedCause::OverLimit)
    } else if cashier.check_identity(agreed.amount(), rules.identity_above).is_err() {
        Some(UnclaimedCause::IdentityMissing)
    } else {
        None
    }
}

fn credit(
    report: &PaymentReport,
    seen: SeenForPayment<'_>,
    now: Timestamp,
) -> Result<Posted, BalanceTooLarge> {
    let terms = &seen.order.terms;
    let posting = Posting {
        key: keys::deposit(terms.id),
        amount: report.money.amount(),
        account: terms.provider_account(),
        reference: terms.id.to_string(),
    };
    seen.wallet.credit(Incoming::Credit, posting, now).map(Posted::from)
}

/// From here on nothing can be refused.
fn credited(
    report: &PaymentReport,
    seen: SeenForPayment<'_>,
    posted: Posted,
    rules: &DepositRules,
    now: Timestamp,
) -> DepositPlan {
    let SeenForPayment { order, cashier, wallet, .. } = seen;
    let amount = order.terms.amount();
    let mut after = cashier.next();
    if order.state.is_reserved() {
        after.use_reserved_deposit(amount, &rules.zone, order.terms.created_at);
    } else {
        after.use_deposit(amount, &rules.zone, now);
    }
    after.totals.actual_deposit_amount = after.totals.actual_deposit_amount.saturating_add(amount);
    after.ask_for_stakes(rules.turnover.of(amount), wallet);
    if after.first_deposit.is_none() {
        after.first_deposit = Some(order.terms.id);
        let follows = rules.is_first_followed || !rules.first_bonus.is_zero();
        let is_owed = follows && !after.has_received_first_bonus;
        after.bonus_due = is_owed.then_some(DueBonus { amount: rules.first_bonus, since: now });
    }
    let state = order.state.after(DepositEvent::Credited).unwrap_or(order.state);
    let order_after = with_payment(order, report, None, state, now);
    Plan { cashier: Some(after), posted: Some(posted), ..Plan::of(Some(order.clone()), order_after) }
}

/// Puts the payment into suspense. Money of another currency has no account here: it is recorded, and stands at the
/// provider until a cashier sends it back.
fn unclaimed(
    report: &PaymentReport,
    cause: UnclaimedCause,
    seen: SeenForPayment<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> DepositPlan {
    let SeenForPayment { order, cashier, .. } = seen;
    let is_ours = report.money.currency() == order.terms.money.currency();
    let transfer = is_ours.then(|| suspended(report, order, now));
    let belongs_elsewhere = matches!(cause, UnclaimedCause::OtherOrder | UnclaimedCause::SecondPayment);
    let (order_after, cashier) = match order.state.after(DepositEvent::MoneyUnclaimed) {
        // The order itself has had, or still awaits, a payment of its own.
        _ if belongs_elsewhere => {
            let history = order.history.with(paid_line(report, now));
            (DepositOrder { history, ..order.clone() }, None)
        }
        state => {
            let after = with_payment(order, report, Some(cause), state.unwrap_or(order.state), now);
            let reserved = order.state.is_reserved();
            (after, reserved.then(|| released(order, cashier, &rules.zone)))
        }
    };
    let alarm = Some(Alarm::MoneyUnclaimed);
    Plan { cashier, transfer, alarm, ..Plan::of(Some(order.clone()), order_after) }
}

fn suspended(report: &PaymentReport, order: &DepositOrder, now: Timestamp) -> Transfer {
    let (from, to) = (keys::account_of(&report.provider), SystemAccount::Suspense(report.provider.clone()));
    keys::transfer(keys::suspense(&report.id), from, to, report.money.amount(), &order.terms.id, now)
}

fn with_payment(
    order: &DepositOrder,
    report: &PaymentReport,
    unclaimed: Option<UnclaimedCause>,
    state: DepositState,
    now: Timestamp,
) -> DepositOrder {
    let PaymentReport { provider, id, money, .. } = report.clone();
    let payment = Some(ReceivedPayment { provider, id: id.clone(), money, unclaimed });
    let provider_id = order.provider_id.clone().or(Some(id));
    let history = order.history.with(paid_line(report, now));
    DepositOrder { state, provider_id, payment, history, ..order.clone() }
}

fn paid_line(report: &PaymentReport, now: Timestamp) -> crate::HistoryLine {
    let cause = format!("{} {} {}", report.state, report.provider, report.id);
    report.source.line(cause, report.at, now)
}
