//! [`GameBet`]: a player's stake on one selection in a period.

use crate::{GameStake, Period, PeriodId, PeriodState, Selection};
use evens_idempotency::{BetId, Fingerprint};
use evens_ledger::{Amount, DebitRule, Parts, UserId};
use jiff::Timestamp;
use std::str::FromStr;

/// A bet as it was placed. A losing bet is never written again, because the result of its period says that it lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameBet {
    pub id: BetId,
    pub user: UserId,
    pub period: PeriodId,
    pub selection: Selection,
    pub stake: GameStake,
    /// The part of the stake that each balance paid.
    pub parts: Parts,
    /// The hash of the request, which tells a repeat from another request under the same key.
    pub fingerprint: Fingerprint,
    /// Cash after the debit. A repeat of the request gets this same figure.
    pub balance_after: Amount,
    pub bonus_after: Amount,
    pub placed_at: Timestamp,
    /// The payout or the refunded stake, and its time. `None` until one of them is paid.
    pub paid: Option<(Amount, Timestamp)>,
}

/// The status of a bet, under the names of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameBetStatus {
    /// The period has no result yet.
    Pending,
    /// Won, with the payout, which may not be paid yet.
    Won(Amount),
    Lost,
    /// The period was cancelled, so the stake is refunded.
    Refunded,
}

impl GameBet {
    /// The status that follows from the state of the bet's period.
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
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Won(_) => "WON",
            Self::Lost => "LOST",
            Self::Refunded => "REFUNDED",
        }
    }
}

/// The balances that a player wants to bet from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purse {
    /// The bonus first, then cash for the rest.
    #[default]
    BonusFirst,
    CashOnly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"BONUS_FIRST\" or \"CASH\"")]
pub struct PurseError;

impl Purse {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BonusFirst => "BONUS_FIRST",
            Self::CashOnly => "CASH",
        }
    }

    /// The ledger rule for this purse.
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
