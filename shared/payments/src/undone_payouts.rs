//! [`UndonePayouts`]: payouts that a statement has twice, as they went out and as they came back.

use crate::{OrderId, StatementKind, StatementLine};
use evens_ledger::Amount;
use std::collections::BTreeMap;

/// Payouts that came back, as far as a statement has both lines. It is told all lines twice: first which payouts came
/// back, which are few, then which of those went out.
#[derive(Debug, Clone, Default)]
pub struct UndonePayouts {
    /// By what both lines have in common: whether there is a line of the payout.
    returned: BTreeMap<Payout, bool>,
}

type Payout = (String, OrderId, Amount);

impl UndonePayouts {
    /// Takes a line in, if it says that a payout came back.
    pub fn note_return(&mut self, line: &StatementLine) {
        if line.kind == StatementKind::PayoutReturn
            && let Some(payout) = payout_of(line)
        {
            self.returned.entry(payout).or_insert(false);
        }
    }

    /// Takes a line in, if it says that a payout went out which came back.
    pub fn note_payout(&mut self, line: &StatementLine) {
        if line.kind == StatementKind::Payout
            && !self.returned.is_empty()
            && let Some(has_payout) = payout_of(line).and_then(|payout| self.returned.get_mut(&payout))
        {
            *has_payout = true;
        }
    }

    /// Whether there are both lines of the payout that a line is about.
    pub(crate) fn has_both(&self, line: &StatementLine) -> bool {
        let is_payout = matches!(line.kind, StatementKind::Payout | StatementKind::PayoutReturn);
        let is_undone = |payout| self.returned.get(&payout).copied();
        is_payout && !self.returned.is_empty() && payout_of(line).and_then(is_undone).unwrap_or(false)
    }
}

/// What a payout and its return have in common: the provider's name of it, the order and how much. None where the line
/// names no order.
fn payout_of(line: &StatementLine) -> Option<Payout> {
    Some((line.id.as_str().to_owned(), line.reference?, line.money.amount()))
}
