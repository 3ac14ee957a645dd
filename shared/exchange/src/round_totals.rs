//! [`RoundTotals`]: the matched and unmatched amounts of a round, added up.

use evens_ledger::Amount;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTotals {
    /// Matched on either side, without voided matches.
    pub matched: Amount,
    /// Unmatched on side A.
    pub waiting_a: Amount,
    /// Unmatched on side B.
    pub waiting_b: Amount,
    /// False if the sums are only lower bounds.
    pub is_complete: bool,
}

impl RoundTotals {
    /// The totals of a round without bets.
    pub const NOTHING: Self =
        Self { matched: Amount::ZERO, waiting_a: Amount::ZERO, waiting_b: Amount::ZERO, is_complete: true };
}
