//! The update of a bet when a part of it ends.

use crate::exchange::entities::bet;
use crate::table::item::{number, text};
use crate::table::write::{Change, Write, change};
use evens_idempotency::BetId;
use evens_ledger::Amount;
use jiff::Timestamp;

/// The part of a bet that ended, and its result.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BetEnd {
    Settled { stake: Amount, paid: Amount, commission: Amount },
    Refunded(Amount),
}

/// Adds the part that ended to the bet. The bet must exist.
pub(crate) fn end_bet(id: BetId, end: BetEnd, at: Timestamp) -> Write {
    let mut values = vec![(":at", text(at))];
    let update = match end {
        BetEnd::Settled { stake, paid, commission } => {
            values.extend([(":stake", number(stake)), (":paid", number(paid))]);
            if commission.is_zero() {
                "SET settled = settled + :stake, paid = paid + :paid, updated_at = :at"
            } else {
                values.push((":commission", number(commission)));
                "SET settled = settled + :stake, paid = paid + :paid, \
                 commission_paid = commission_paid + :commission, updated_at = :at"
            }
        }
        BetEnd::Refunded(amount) => {
            values.push((":stake", number(amount)));
            "SET refunded = refunded + :stake, updated_at = :at"
        }
    };
    change(Change { key: bet::key(id), update, condition: "attribute_exists(pk)", values })
}
