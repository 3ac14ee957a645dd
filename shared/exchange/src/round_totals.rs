//! [`RoundTotals`]: what is matched and what waits in a round, added up.

use evens_ledger::Amount;

/// What is matched and what waits in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTotals {
    /// What is matched on either side and was not voided.
    pub matched: Amount,
    /// What waits on side A.
    pub waiting_a: Amount,
    /// What waits on side B.
    pub waiting_b: Amount,
    /// Whether that is all of it; else the round has that much at least.
    pub is_complete: bool,
}

impl RoundTotals {
    /// Those of a round in which nobody has bet.
    pub const NOTHING: Self =
        Self { matched: Amount::ZERO, waiting_a: Amount::ZERO, waiting_b: Amount::ZERO, is_complete: true };
}
