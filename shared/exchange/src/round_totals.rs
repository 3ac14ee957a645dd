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
    /// Whether that is all of it; a round that is too large to be added up has that much at least.
    pub is_complete: bool,
}

impl RoundTotals {
    /// How many matches of a round, and how many bets that wait on one of its sides, are added up for who looks at it: what a
    /// look costs stays the same, however long a round goes on.
    pub const COUNTED_MAX: usize = 10_000;
}
