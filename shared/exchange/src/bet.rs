//! [`Bet`]: a stake on one side of a round. [`UnmatchedBet`]: the part of a bet that is still in the order book.

use crate::{CommissionRate, RoundId};
use evens_draws::Nonce;
use evens_idempotency::{BetId, Fingerprint};
use evens_ledger::{Amount, UserId};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    A,
    B,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"A\" or \"B\"")]
pub struct SideError;

impl Side {
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }

    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

impl FromStr for Side {
    type Err = SideError;

    fn from_str(text: &str) -> Result<Self, SideError> {
        match text {
            "A" => Ok(Self::A),
            "B" => Ok(Self::B),
            _ => Err(SideError),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The stake of a bet: more than zero and at most [`Stake::MAX_UNITS`], so that the payout is a valid amount too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stake(Amount);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StakeError {
    #[error("must be above 0")]
    Zero,
    #[error("must be at most 1000000000000")]
    TooLarge,
}

impl Stake {
    /// The largest stake, in units of the last decimal: 10^12 coins.
    pub const MAX_UNITS: i128 = 10_i128.pow(12 + Amount::DECIMALS_MAX);

    /// Returns an error if the amount must be above 0 or larger than [`Stake::MAX_UNITS`].
    pub fn parse(amount: Amount) -> Result<Self, StakeError> {
        if amount.is_zero() {
            Err(StakeError::Zero)
        } else if amount.units() > Self::MAX_UNITS {
            Err(StakeError::TooLarge)
        } else {
            Ok(Self(amount))
        }
    }

    pub fn amount(self) -> Amount {
        self.0
    }
}

/// A bet as it was placed, and how much of it has ended. The unmatched part is stored as an [`UnmatchedBet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bet {
    pub id: BetId,
    pub user: UserId,
    pub round: RoundId,
    pub side: Side,
    pub stake: Stake,
    /// The hash of the request, which tells a repeat from another request under the same key.
    pub fingerprint: Fingerprint,
    /// The nonce that the server drew for this bet. `None` for bets placed before nonces existed.
    pub nonce: Option<Nonce>,
    /// The commission rate on the winnings of this bet. It is that of the round at the time of placing.
    pub commission: CommissionRate,
    /// The balance of the wallet after the debit. A repeat of the request gets this same figure.
    pub balance_after: Amount,
    pub placed_at: Timestamp,
    /// The part of the stake whose matches are settled.
    pub settled: Amount,
    /// The part of the stake that was refunded.
    pub refunded: Amount,
    /// The total payout: twice each settled part that won.
    pub paid: Amount,
    /// The total commission on its winnings. It was taken from the wallet after the payouts.
    pub commission_paid: Amount,
    pub updated_at: Timestamp,
}

impl Bet {
    /// The fingerprint of a request to place this bet. The nonce is not part of the request, so it is not included.
    pub fn fingerprint_of(user: UserId, round: &RoundId, side: Side, stake: Stake) -> Fingerprint {
        Fingerprint::of(&[&user, round, &side, &stake.amount()])
    }
}

/// The position of an unmatched bet in the order book. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPosition {
    pub round: RoundId,
    pub side: Side,
    pub placed_at: Timestamp,
}

/// The part of a bet that is in the order book. The item is removed once nothing is left to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedBet {
    pub bet: BetId,
    pub user: UserId,
    pub round: RoundId,
    pub side: Side,
    /// When the bet was placed. The order book matches the oldest bet first.
    pub placed_at: Timestamp,
    /// The nonce of the bet. `None` for bets placed before nonces existed.
    pub nonce: Option<Nonce>,
    /// The commission rate of the bet.
    pub commission: CommissionRate,
    /// The unmatched part of the stake.
    pub open: Amount,
    /// True if the round has closed this bet. It is then neither matched nor cancelled by its player; the round refunds
    /// it.
    pub is_closed: bool,
}

impl Bet {
    /// The position of the bet in the order book while part of it is unmatched.
    pub fn place(&self) -> BookPosition {
        BookPosition { round: self.round.clone(), side: self.side, placed_at: self.placed_at }
    }

    /// Returns `true` if the whole stake is settled or refunded. Nothing is unmatched then, and the bet never changes
    /// again.
    pub fn has_ended(&self) -> bool {
        self.settled.units() + self.refunded.units() == self.stake.amount().units()
    }
}

impl UnmatchedBet {
    /// Returns `true` if the rest is below the minimum that can be matched. Such a rest is refunded.
    pub fn is_too_small(&self, stake_min: Amount) -> bool {
        self.open < stake_min
    }

    pub fn place(&self) -> BookPosition {
        BookPosition { round: self.round.clone(), side: self.side, placed_at: self.placed_at }
    }
}

/// The status of a bet, under the names of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BetStatus {
    /// Part of the stake is unmatched.
    Pending,
    /// Nothing is unmatched; part of the stake is matched and not yet settled.
    Matched,
    /// Ended: at least part of the stake was matched and settled.
    Settled,
    /// Ended: the whole stake was refunded.
    Refunded,
}

impl BetStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Matched => "MATCHED",
            Self::Settled => "SETTLED",
            Self::Refunded => "REFUNDED",
        }
    }
}

/// A bet with its unmatched part, both read at the same moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetView {
    pub bet: Bet,
    /// The unmatched part of the stake.
    pub open: Amount,
}

impl BetView {
    /// The nonce, or `None` while part of the bet is unmatched: a player who knew it could cancel a losing bet.
    pub fn nonce_told(&self) -> Option<&Nonce> {
        self.bet.nonce.as_ref().filter(|_| self.open.is_zero())
    }

    /// The part of the stake that is matched and not yet settled.
    pub fn matched(&self) -> Amount {
        let ended = self.bet.settled.units() + self.bet.refunded.units() + self.open.units();
        Amount::from_units(self.bet.stake.amount().units() - ended).unwrap_or_default()
    }

    pub fn status(&self) -> BetStatus {
        if !self.open.is_zero() {
            BetStatus::Pending
        } else if !self.matched().is_zero() {
            BetStatus::Matched
        } else if !self.bet.settled.is_zero() {
            BetStatus::Settled
        } else {
            BetStatus::Refunded
        }
    }
}
