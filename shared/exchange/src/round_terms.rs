//! [`RoundTerms`]: the terms of a round, which are fixed when it opens.

use crate::{CommissionRate, Draw, RoundId};
use evens_ledger::{Amount, UserId};
use jiff::Timestamp;

/// The latest times at which a round closes and gets its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From this time on the round takes no bets, and the platform closes it.
    pub closes_by: Timestamp,
    /// From this time on a round without a result needs an operator, who can cancel it.
    pub result_by: Timestamp,
}

/// The terms that are fixed when a round opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTerms {
    pub id: RoundId,
    pub draw: Draw,
    /// The user who opened the round and may therefore not bet in it. `None` if its first bet opened it.
    pub opened_by: Option<UserId>,
    /// The minimum stake, and the minimum that can be matched.
    pub stake_min: Amount,
    /// The commission rate of bets that are placed in the round.
    pub commission: CommissionRate,
    /// `None` if the first bet opened the round, or if it was opened before deadlines existed.
    pub deadlines: Option<Deadlines>,
}

impl RoundTerms {
    /// The terms of a round that its first bet opens: it has no operator, never has to close, and has no
    /// commission.
    pub fn endless(id: RoundId, draw: Draw, stake_min: Amount) -> Self {
        let commission = CommissionRate::NONE;
        Self { id, draw, opened_by: None, stake_min, commission, deadlines: None }
    }
}
