//! [`GameBet`]: a stake of one player on one selection of a period.

use crate::{GameStake, Period, PeriodId, PeriodState, Selection};
use evens_idempotency::{BetId, Fingerprint};
use evens_ledger::{Amount, DebitRule, Parts, UserId};
use jiff::Timestamp;
use std::str::FromStr;

/// A bet as it was placed. A losing one is never written again: whether it won follows from the period's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameBet {
    /// Its id.
    pub id: BetId,
    /// Who placed it.
    pub user: UserId,
    /// On which period.
    pub period: PeriodId,
    /// On what.
    pub selection: Selection,
    /// How much.
    pub stake: GameStake,
    /// How much of the stake each balance has paid.
    pub parts: Parts,
    /// What was asked for, to tell a repeat from another request under the same key.
    pub fingerprint: Fingerprint,
    /// Cash after the debit: what the answer said, and says again to a repeat.
    pub balance_after: Amount,
    /// Bonus after the debit.
    pub bonus_after: Amount,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What came back for it, a payout or the stake, and when; none as long as nothing did.
    pub paid: Option<(Amount, Timestamp)>,
}

/// Where a bet stands, in the words of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameBetStatus {
    /// Its period has no result yet.
    Pending,
    /// It won, and is paid so much, or is about to be.
    Won(Amount),
    /// It lost.
    Lost,
    /// Its period was cancelled: the stake goes back.
    Refunded,
}

impl GameBet {
    /// Where it stands, by its period.
    pub fn status(&self, period: &Period) -> GameBetStatus {
        match &period.state {
            PeriodState::Open | PeriodState::Closing | PeriodState::Closed(_) => GameBetStatus::Pending,
            PeriodState::Resulted(_, result, _) | PeriodState::Settled(_, result) => {
                let price = self.selection.pays(&result.drawn);
                price.map_or(GameBetStatus::Lost, |price| GameBetStatus::Won(self.stake.payout(price)))
            }
            PeriodState::Cancelled(..) | PeriodState::Refunded(_) => GameBetStatus::Refunded,
        }
    }
}

impl GameBetStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Won(_) => "WON",
            Self::Lost => "LOST",
            Self::Refunded => "REFUNDED",
        }
    }
}

/// Which balance a player wants to bet from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purse {
    /// The bonus, and cash for what is missing.
    #[default]
    BonusFirst,
    /// Cash alone.
    CashOnly,
}

/// The text names no purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither \"BONUS_FIRST\" nor \"CASH\"")]
pub struct PurseError;

impl Purse {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BonusFirst => "BONUS_FIRST",
            Self::CashOnly => "CASH",
        }
    }

    /// Which balance pays first.
    pub fn rule(self) -> DebitRule {
        match self {
            Self::BonusFirst => DebitRule::BonusFirst,
            Self::CashOnly => DebitRule::CashOnly,
        }
    }
}

impl FromStr for Purse {
    type Err = PurseError;

    fn from_str(text: &str) -> Result<Self, PurseError> {
        match text {
            "BONUS_FIRST" => Ok(Self::BonusFirst),
            "CASH" => Ok(Self::CashOnly),
            _ => Err(PurseError),
        }
    }
}
