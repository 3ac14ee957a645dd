//! What follows from several payouts for one withdrawal: one of them is the order's own, its player owes each other one
//! that was paid, and everything that they take home waits for a cashier, until one has looked.
//!
//! Keeps: none of it is done by a callback. What the provider said when it was asked may be old by now: what it says
//! later is booked then, each payout once, as paid and as come back.

use crate::payout_step::records_that_count;
use crate::{
    Alarm, HistoryLine, PayoutReport, PayoutState, Plan, ProviderId, SeenForPayout, WithdrawalOrder,
    WithdrawalPlan, WithdrawalState, keys,
};
use evens_ledger::SystemAccount;
use jiff::Timestamp;

/// What the line begins with that tells of it. As it tells of money, it is never left out, so that a cashier who ends
/// the hold has ended it.
const PAID_TWICE: &str = "paid twice:";

/// Whether the provider has several payouts for an order, of which something is still to follow: people are told.
pub fn is_paid_twice(order: &WithdrawalOrder, found: &[PayoutReport]) -> bool {
    records_that_count(order, found).len() > 1
}

/// Notes that the provider says, asked, that it has several payouts for one withdrawal, and books one of those that its
/// player owes. So it is done again until it is `None`: then all is booked that can be.
pub fn settle_paid_twice(
    found: &[PayoutReport],
    seen: SeenForPayout<'_>,
    now: Timestamp,
) -> Option<WithdrawalPlan> {
    let SeenForPayout { order, cashier, .. } = seen;
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
    let mut held = cashier.next().held();
    let alarm = Some(Alarm::PaidTwice);
    let Some(owed) = owed else {
        return Some(Plan { cashier: Some(held), alarm, ..Plan::of(Some(order.clone()), after) });
    };
    held.owed = held.owed.saturating_add(terms.amount());
    let (from, to) = (SystemAccount::Receivable(terms.user), terms.provider_account());
    let transfer = keys::transfer_of(terms, keys::paid_twice(terms.id, &owed.id), from, to, now);
    let paid_twice = [&order.paid_twice[..], std::slice::from_ref(&owed.id)].concat();
    let after = WithdrawalOrder { paid_twice, ..after };
    let plan = Plan::of(Some(order.clone()), after);
    Some(Plan { cashier: Some(held), transfer: Some(transfer), alarm, ..plan })
}

/// The payout that the order ends by. Once it has ended that is the one it knows; until then one that was paid, or else
/// one that may still be, and of several the one it knows.
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

/// The order with a line about them all, once for the same ones; and without those beside its own that failed.
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
            // The provider's record says how it ends.
            after.resolution = None;
        }
    }
    after
}
