//! The effect of a provider's report on a deposit: it is credited, fails, or is put into suspense for a cashier.
//!
//! A payment is credited once, if it has exactly the agreed amount and the player may have it. Every other payment is
//! put into suspense, so none is lost. Everything but the plain case needs the provider's current record.

use crate::{
    Alarm, DepositEvent, DepositOrder, DepositPlan, DepositRules, DepositState, DueBonus, PaymentReport,
    PaymentState, PaymentsRecord, Plan, PostedEntry, ProviderId, ReceivedPayment, ReportSource,
    UnclaimedCause, keys,
};
use evens_ledger::{BalanceTooLarge, Incoming, Posting, SystemAccount, Transfer, Wallet};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Everything that was read to decide about a payment.
#[derive(Debug, Clone, Copy)]
pub struct SettleDepositInput<'a> {
    pub order: &'a DepositOrder,
    pub record: &'a PaymentsRecord,
    pub wallet: &'a Wallet,
    pub is_blocked: bool,
}

/// The reason why a report changes nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepositReportRefusal {
    #[error("the report contains nothing new")]
    NothingNew,
    /// It is about another order or from another provider, and no money arrived.
    #[error("the report is about another order or from another provider")]
    OtherOrder,
    /// A callback is not enough; the provider has to be queried.
    #[error("the report must be confirmed with the provider first")]
    AskProvider,
}

/// Applies a provider's report.
pub fn settle_deposit(
    report: &PaymentReport,
    input: SettleDepositInput<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, DepositReportRefusal> {
    let SettleDepositInput { order, record, wallet, .. } = input;
    assert!(
        record.user == order.terms.user && wallet.user == order.terms.user,
        "the payments record and the wallet of the order's player"
    );
    if report.state == PaymentState::Paid {
        return settle_paid(report, input, rules, now);
    }
    if !is_of(report, order) {
        return Err(DepositReportRefusal::OtherOrder);
    }
    let noted = note_provider_id(order, &report.id, now);
    match report.state {
        PaymentState::Open | PaymentState::Paid => noted.ok_or(DepositReportRefusal::NothingNew),
        PaymentState::Failed => settle_failed(report, order, record, &rules.zone, now),
    }
}

/// Records the provider's id of a deposit. Returns `None` if the order has progressed further.
pub fn note_provider_id(order: &DepositOrder, id: &ProviderId, now: Timestamp) -> Option<DepositPlan> {
    let mut after = order.after(DepositEvent::ProviderKnown, now)?;
    after.provider_id = Some(id.clone());
    Some(Plan::of(Some(order.clone()), after))
}

/// Ends a deposit whose payment was not opened by the first call, because the provider refused or nothing was sent. It
/// cannot have been paid. Returns `None` if the order has progressed further.
pub fn end_unopened(
    order: &DepositOrder,
    record: &PaymentsRecord,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<DepositPlan> {
    if order.state != DepositState::Created {
        return None;
    }
    let after = order.after(DepositEvent::FailureReported, now)?;
    let record = Some(released(order, record, zone));
    Some(Plan { record, ..Plan::of(Some(order.clone()), after) })
}

fn is_of(report: &PaymentReport, order: &DepositOrder) -> bool {
    report.reference == order.terms.id && report.provider == order.terms.provider
}

/// A failure ends an open deposit. In other states it is only recorded.
fn settle_failed(
    report: &PaymentReport,
    order: &DepositOrder,
    record: &PaymentsRecord,
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
            let record = Some(released(order, record, zone));
            Ok(Plan { record, ..Plan::of(read, DepositOrder { state, history, ..order.clone() }) })
        }
    }
}

/// The payments record without the reservation of an open order.
pub(crate) fn released(order: &DepositOrder, record: &PaymentsRecord, zone: &TimeZone) -> PaymentsRecord {
    let mut after = record.next();
    after.release_deposit(order.terms.amount(), zone, order.terms.created_at);
    after
}

fn settle_paid(
    report: &PaymentReport,
    input: SettleDepositInput<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Result<DepositPlan, DepositReportRefusal> {
    let order = input.order;
    let is_known = |payment: &ReceivedPayment| payment.id == report.id && payment.provider == report.provider;
    let line = paid_line(report, now);
    let is_recorded = order.history.lines().iter().any(|known| known.cause == line.cause);
    if order.payment.as_ref().is_some_and(is_known) || is_recorded {
        return Err(DepositReportRefusal::NothingNew);
    }
    let credit = unclaimed_cause(report, input, rules, now)
        .map_or_else(|| credit(report, input, now).map_err(|_| UnclaimedCause::BalanceTooLarge), Err);
    let is_plain = credit.is_ok() && order.state.is_reserved();
    let is_large = rules.confirm_above.is_some_and(|above| report.money.amount() > above);
    // The money may already have been taken back when the callback arrives.
    let is_disputed = order.is_disputed(&report.id);
    if report.source != ReportSource::Asked && (!is_plain || is_large || is_disputed) {
        return Err(DepositReportRefusal::AskProvider);
    }
    Ok(match credit {
        Ok(posted) => credited_plan(report, input, posted, rules, now),
        Err(cause) => unclaimed(report, cause, input, rules, now),
    })
}

/// The reason why the payment may not be credited.
fn unclaimed_cause(
    report: &PaymentReport,
    input: SettleDepositInput<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> Option<UnclaimedCause> {
    let SettleDepositInput { order, record, is_blocked, .. } = input;
    let agreed = order.terms.money;
    let has_room = || record.check_deposit(agreed.amount(), &rules.zone, now).is_ok();
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
    } else if record.excluded_until(now).is_some() {
        Some(UnclaimedCause::Excluded)
    } else if !order.state.is_reserved() && !has_room() {
        Some(UnclaimedCause::OverLimit)
    } else if record.check_identity(agreed.amount(), rules.identity_above).is_err() {
        Some(UnclaimedCause::IdentityMissing)
    } else {
        None
    }
}

fn credit(
    report: &PaymentReport,
    input: SettleDepositInput<'_>,
    now: Timestamp,
) -> Result<PostedEntry, BalanceTooLarge> {
    let terms = &input.order.terms;
    let posting = Posting {
        key: keys::deposit(terms.id),
        amount: report.money.amount(),
        account: terms.provider_account(),
        reference: terms.id.to_string(),
    };
    input.wallet.credit(Incoming::Credit, posting, now).map(PostedEntry::from)
}

/// Nothing can be refused from here on.
fn credited_plan(
    report: &PaymentReport,
    input: SettleDepositInput<'_>,
    posted: PostedEntry,
    rules: &DepositRules,
    now: Timestamp,
) -> DepositPlan {
    let SettleDepositInput { order, record, wallet, .. } = input;
    let amount = order.terms.amount();
    let mut after = record.next();
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
    Plan { record: Some(after), posted: Some(posted), ..Plan::of(Some(order.clone()), order_after) }
}

/// Puts the payment into suspense. Money in another currency is not in our ledger: it is recorded, and stays at the
/// provider until a cashier sends it back.
fn unclaimed(
    report: &PaymentReport,
    cause: UnclaimedCause,
    input: SettleDepositInput<'_>,
    rules: &DepositRules,
    now: Timestamp,
) -> DepositPlan {
    let SettleDepositInput { order, record, .. } = input;
    let is_ours = report.money.currency() == order.terms.money.currency();
    let transfer = is_ours.then(|| suspended(report, order, now));
    let belongs_elsewhere = matches!(cause, UnclaimedCause::OtherOrder | UnclaimedCause::SecondPayment);
    let (order_after, record) = match order.state.after(DepositEvent::MoneyUnclaimed) {
        // The order itself has had its own payment, or still waits for it.
        _ if belongs_elsewhere => {
            let history = order.history.with(paid_line(report, now));
            (DepositOrder { history, ..order.clone() }, None)
        }
        state => {
            let after = with_payment(order, report, Some(cause), state.unwrap_or(order.state), now);
            let reserved = order.state.is_reserved();
            (after, reserved.then(|| released(order, record, &rules.zone)))
        }
    };
    let alarm = Some(Alarm::MoneyUnclaimed);
    Plan { record, transfer, alarm, ..Plan::of(Some(order.clone()), order_after) }
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
