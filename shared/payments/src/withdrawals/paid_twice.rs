//! Several payouts for one withdrawal. The order has one payout of its own, and the player owes every extra one that
//! was paid. All withdrawals of the player are held until a cashier has reviewed the case.
//!
//! Only an answer to our own query leads to this, never a callback. The answer may be outdated, so later reports are
//! booked as they arrive: each payout once as paid and once as returned.

use crate::withdrawals::payout_step::records_that_count;
use crate::{
    Alarm, HistoryLine, PayoutReport, PayoutState, Plan, ProviderId, SettlePayoutInput, WithdrawalOrder,
    WithdrawalPlan, WithdrawalState, keys,
};
use evens_ledger::SystemAccount;
use jiff::Timestamp;

/// The beginning of the history line. Lines that begin with `paid` are never dropped, so each case holds the account
/// only once, and a cashier can end the hold for good.
const PAID_TWICE: &str = "paid twice:";

/// Returns `true` if the provider has several payouts for an order that are not settled yet. People are alerted.
pub fn is_paid_twice(order: &WithdrawalOrder, found: &[PayoutReport]) -> bool {
    records_that_count(order, found).len() > 1
}

/// Records that the provider has several payouts for one withdrawal, and books one that the player owes. Call it again
/// until it returns `None`, when everything is booked.
pub fn settle_paid_twice(
    found: &[PayoutReport],
    input: SettlePayoutInput<'_>,
    now: Timestamp,
) -> Option<WithdrawalPlan> {
    let SettlePayoutInput { order, record, .. } = input;
    let terms = &order.terms;
    let is_of_order =
        |report: &&PayoutReport| report.reference == terms.id && report.provider == terms.provider;
    let mut records = records_that_count(order, found);
    records.retain(is_of_order);
    records.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    if records.len() < 2 {
        return None;
    }
    let own = own_payout(order, &records)?.clone();
    let is_beside = |report: &&&PayoutReport| report.id != own && report.money == terms.money;
    let owed = records.iter().filter(is_beside).find(|report| report.state == PayoutState::Paid);
    let after = noted(order, &own, &records, now);
    if owed.is_none() && after == *order {
        return None;
    }
    let mut held = record.next().held();
    let alarm = Some(Alarm::PaidTwice);
    let Some(owed) = owed else {
        return Some(Plan { record: Some(held), alarm, ..Plan::of(Some(order.clone()), after) });
    };
    held.owed = held.owed.saturating_add(terms.amount());
    let (from, to) = (SystemAccount::Receivable(terms.user), terms.provider_account());
    let transfer = keys::transfer_of(terms, keys::paid_twice(terms.id, &owed.id), from, to, now);
    let paid_twice = [&order.paid_twice[..], std::slice::from_ref(&owed.id)].concat();
    let after = WithdrawalOrder { paid_twice, ..after };
    let plan = Plan::of(Some(order.clone()), after);
    Some(Plan { record: Some(held), transfer: Some(transfer), alarm, ..plan })
}

/// The payout that ends the order. For an ended order it is the known one. Otherwise it is a paid one, or else one that
/// may still be paid. If several qualify, it is the known one.
fn own_payout<'a>(order: &'a WithdrawalOrder, records: &[&'a PayoutReport]) -> Option<&'a ProviderId> {
    let known = order.provider_id.as_ref();
    if order.state != WithdrawalState::Processing && known.is_some() {
        return known;
    }
    let rank = |report: &PayoutReport| match report.state {
        PayoutState::Paid if report.money == order.terms.money => 0,
        PayoutState::Paid | PayoutState::Processing => 1,
        PayoutState::Failed | PayoutState::Returned => 2,
    };
    let first = records.iter().min_by_key(|report| (rank(report), known != Some(&report.id)));
    first.map(|report| &report.id)
}

/// The order with one history line about these payouts, and with the failed ones recorded.
fn noted(
    order: &WithdrawalOrder,
    own: &ProviderId,
    records: &[&PayoutReport],
    now: Timestamp,
) -> WithdrawalOrder {
    let mut after = order.clone();
    let ids: Vec<_> = records.iter().map(|report| report.id.as_str()).collect();
    let cause = format!("{PAID_TWICE} {}", ids.join(" "));
    if order.history.lines().iter().all(|line| line.cause != cause) {
        after.history = order.history.with(HistoryLine::own(cause, now));
    }
    for report in records {
        let is_own = report.id == *own;
        let has_failed = matches!(report.state, PayoutState::Failed | PayoutState::Returned);
        if !is_own && has_failed {
            after.failed_payouts.push(report.id.clone());
        }
        if is_own && order.state == WithdrawalState::Processing && report.money == order.terms.money {
            after.provider_id = Some(own.clone());
            // The provider's record decides the end.
            after.resolution = None;
        }
    }
    after
}
