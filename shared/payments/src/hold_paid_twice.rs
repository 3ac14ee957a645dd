//! What follows from two payouts for one withdrawal: everything that its player takes home waits for a cashier, until
//! one has looked.

use crate::{Alarm, HistoryLine, Plan, ProviderId, SeenForPayout, WithdrawalOrder, WithdrawalPlan};
use jiff::Timestamp;

/// What the line begins with that tells of it. As it tells of money, it is never left out, so that a cashier who ends
/// the hold has ended it.
const PAID_TWICE: &str = "paid twice:";

/// Holds the player's account, as their provider says that it has these payouts for one withdrawal. `None` where that
/// was done before: the order tells of them.
pub fn hold_paid_twice(
    payouts: &[ProviderId],
    seen: SeenForPayout<'_>,
    now: Timestamp,
) -> Option<WithdrawalPlan> {
    let SeenForPayout { order, cashier, .. } = seen;
    let mut payouts: Vec<_> = payouts.iter().map(ProviderId::as_str).collect();
    payouts.sort_unstable();
    let cause = format!("{PAID_TWICE} {}", payouts.join(" "));
    if order.history.lines().iter().any(|line| line.cause == cause) {
        return None;
    }
    let mut held = cashier.next();
    held.is_held = true;
    let history = order.history.with(HistoryLine::own(cause, now));
    let after = WithdrawalOrder { history, ..order.clone() };
    let alarm = Some(Alarm::PaidTwice);
    Some(Plan { cashier: Some(held), alarm, ..Plan::of(Some(order.clone()), after) })
}
