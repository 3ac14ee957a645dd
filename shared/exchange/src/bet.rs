//! [`Bet`]: a stake on one side of a round; [`UnmatchedBet`]: the part of it that waits in the book.

use crate::RoundId;
use evens_draws::Nonce;
use evens_idempotency::{BetId, Fingerprint};
use evens_ledger::{Amount, UserId};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// One of the two sides of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Side A.
    A,
    /// Side B.
    B,
}

/// The text is neither `A` nor `B`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither \"A\" nor \"B\"")]
pub struct SideError;

impl Side {
    /// Both sides.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// `A` or `B`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }

    /// The other side.
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

/// The stake of a bet: more than zero, at most [`Stake::MAX_UNITS`] so that its payout is an amount, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stake(Amount);

/// Why an amount is not a stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StakeError {
    /// Zero.
    #[error("is zero")]
    Zero,
    /// Above the limit.
    #[error("is more than 1000000000000")]
    TooLarge,
}

impl Stake {
    /// The largest stake, in units of the last decimal: 10^12 coins.
    pub const MAX_UNITS: i128 = 10_i128.pow(12 + Amount::DECIMALS_MAX);

    /// The stake of that amount.
    pub fn parse(amount: Amount) -> Result<Self, StakeError> {
        if amount.is_zero() {
            Err(StakeError::Zero)
        } else if amount.units() > Self::MAX_UNITS {
            Err(StakeError::TooLarge)
        } else {
            Ok(Self(amount))
        }
    }

    /// The amount.
    pub fn amount(self) -> Amount {
        self.0
    }
}

/// A bet as it was placed, and how much of it has ended. What still waits is its [`UnmatchedBet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bet {
    /// Its id.
    pub id: BetId,
    /// Who placed it.
    pub user: UserId,
    /// In which round.
    pub round: RoundId,
    /// On which side.
    pub side: Side,
    /// How much.
    pub stake: Stake,
    /// What was asked for, to tell a repeat from another request under the same key.
    pub fingerprint: Fingerprint,
    /// What the server drew for it; none where it was placed before there were nonces.
    pub nonce: Option<Nonce>,
    /// Balance of the wallet after the debit: what the answer said, and says again to a repeat.
    pub balance_after: Amount,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The part of the stake whose matches are settled.
    pub settled: Amount,
    /// The part of the stake that was given back.
    pub refunded: Amount,
    /// What was paid out for it: twice each settled part that won.
    pub paid: Amount,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Bet {
    /// The fingerprint of a request to place such a bet. What the server draws for it is no part of the request.
    pub fn fingerprint_of(user: UserId, round: &RoundId, side: Side, stake: Stake) -> Fingerprint {
        Fingerprint::of(&[&user, round, &side, &stake.amount()])
    }
}

/// Where in the book a bet waits, as long as something of it waits. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// In which round.
    pub round: RoundId,
    /// On which side.
    pub side: Side,
    /// When the bet was placed.
    pub placed_at: Timestamp,
}

/// The part of a bet that waits in the book for opponents. It is gone when nothing waits any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedBet {
    /// The bet.
    pub bet: BetId,
    /// Who placed it.
    pub user: UserId,
    /// In which round.
    pub round: RoundId,
    /// On which side.
    pub side: Side,
    /// When it was placed: the book is served oldest first.
    pub placed_at: Timestamp,
    /// The bet's nonce; none where it was placed before there were nonces.
    pub nonce: Option<Nonce>,
    /// How much of the stake is unmatched.
    pub open: Amount,
    /// Whether its round has closed over it: then it is joined with nobody any more, and its player does not take it
    /// back; its round gives it back.
    pub is_closed: bool,
}

impl Bet {
    /// Where it waits, as long as something of it does.
    pub fn place(&self) -> Place {
        Place { round: self.round.clone(), side: self.side, placed_at: self.placed_at }
    }

    /// Whether all of it is settled or given back: then nothing of it waits, and it never changes again.
    pub fn has_ended(&self) -> bool {
        self.settled.units() + self.refunded.units() == self.stake.amount().units()
    }
}

impl UnmatchedBet {
    /// Whether what is left of it is less than can be matched: it is given back.
    pub fn is_too_small(&self, stake_min: Amount) -> bool {
        self.open < stake_min
    }

    /// Where it waits.
    pub fn place(&self) -> Place {
        Place { round: self.round.clone(), side: self.side, placed_at: self.placed_at }
    }
}

/// Where a bet stands, in the words of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BetStatus {
    /// Some of it waits for an opponent.
    Pending,
    /// Nothing waits, some of it is matched and not settled.
    Matched,
    /// Ended; some of it was matched and settled.
    Settled,
    /// Ended; all of it was given back.
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

/// A bet and what of it waits, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetView {
    /// The bet.
    pub bet: Bet,
    /// The part that waits in the book.
    pub open: Amount,
}

impl BetView {
    /// The nonce, once it may be told: nothing of the bet waits any more.
    pub fn nonce_told(&self) -> Option<&Nonce> {
        self.bet.nonce.as_ref().filter(|_| self.open.is_zero())
    }

    /// The part of the stake that is matched and not settled.
    pub fn matched(&self) -> Amount {
        let ended = self.bet.settled.units() + self.bet.refunded.units() + self.open.units();
        Amount::from_units(self.bet.stake.amount().units() - ended).unwrap_or_default()
    }

    /// Where the bet stands.
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
