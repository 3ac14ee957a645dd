//! [`UndonePayouts`]: payouts that a statement has both as sent and as returned.

use crate::{OrderId, StatementKind, StatementLine};
use evens_ledger::Amount;
use std::collections::BTreeMap;

/// Returned payouts for which a statement has both lines. All lines are read twice: first for the returns, which are
/// few, then for their payouts.
#[derive(Debug, Clone, Default)]
pub struct UndonePayouts {
    /// Maps the common part of both lines to `true` if the line of the payout was found.
    returned: BTreeMap<Payout, bool>,
}

type Payout = (String, OrderId, Amount);

impl UndonePayouts {
    /// Records the line if it is the return of a payout.
    pub fn note_return(&mut self, line: &StatementLine) {
        if line.kind == StatementKind::PayoutReturn
            && let Some(payout) = payout_of(line)
        {
            self.returned.entry(payout).or_insert(false);
        }
    }

    /// Records the line if it is a payout that was returned.
    pub fn note_payout(&mut self, line: &StatementLine) {
        if line.kind == StatementKind::Payout
            && !self.returned.is_empty()
            && let Some(has_payout) = payout_of(line).and_then(|payout| self.returned.get_mut(&payout))
        {
            *has_payout = true;
        }
    }

    /// Returns `true` if the statement has both lines of the payout in this line.
    pub(crate) fn has_both(&self, line: &StatementLine) -> bool {
        let is_payout = matches!(line.kind, StatementKind::Payout | StatementKind::PayoutReturn);
        let is_undone = |payout| self.returned.get(&payout).copied();
        is_payout && !self.returned.is_empty() && payout_of(line).and_then(is_undone).unwrap_or(false)
    }
}

/// The common part of a payout and its return: the provider's id, the order and the amount. Returns `None` if the line
/// names no order.
fn payout_of(line: &StatementLine) -> Option<Payout> {
    Some((line.id.as_str().to_owned(), line.reference?, line.money.amount()))
}
