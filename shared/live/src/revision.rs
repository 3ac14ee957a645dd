//! Revisions: which of two states of the same thing is newer. The derived order is the rule: greater is newer.

use evens_exchange::{BetView, Round, RoundState};
use evens_games::GameBetStatus;
use evens_ledger::{Amount, Wallet};
use jiff::Timestamp;
use std::cmp::{Ordering, Reverse};
use std::fmt;
use std::str::FromStr;

/// The text is no revision of that type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has a revision that this server did not send")]
pub struct RevisionError;

/// How far a bet has come: the part of the stake that is not open, plus the settled part, plus the refunded part. Each
/// join, settlement, void and refund raises it. Written as an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BetRevision(Amount);

/// The number of a wallet's newest entry, then the locked stakes, of which less is newer: a lost stake is unlocked
/// without an entry. Written `{version}/{locked}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletRevision {
    version: u64,
    locked: Amount,
}

/// How far a round has come (0 open, 1 closed, 2 closed with a public seed, 3 cancelled, 4 ended with a public seed),
/// then when its totals were added up. Written `{step}/{totalsAt}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoundRevision {
    step: u8,
    totals_at: Timestamp,
}

/// How far a bet on a game has come. Written `0` or `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GameBetRevision {
    /// The period is not decided.
    Pending,
    /// Won, lost or refunded, which is final.
    Ended,
}

/// How far the cancellation of a period has come. Written `0` or `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodRevision {
    /// Some stakes are not returned yet.
    Cancelled,
    /// All stakes are returned.
    Refunded,
}

/// The number of changes of a deposit or withdrawal. Written as a number from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderRevision(u64);

impl From<u64> for OrderRevision {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for OrderRevision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for OrderRevision {
    type Err = RevisionError;

    fn from_str(text: &str) -> Result<Self, RevisionError> {
        text.parse().map(Self).map_err(|_| RevisionError)
    }
}

impl From<GameBetStatus> for GameBetRevision {
    fn from(status: GameBetStatus) -> Self {
        match status {
            GameBetStatus::Pending => Self::Pending,
            GameBetStatus::Won(_) | GameBetStatus::Lost | GameBetStatus::Refunded => Self::Ended,
        }
    }
}

impl fmt::Display for GameBetRevision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pending => "0",
            Self::Ended => "1",
        })
    }
}

impl fmt::Display for PeriodRevision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cancelled => "0",
            Self::Refunded => "1",
        })
    }
}

impl From<&BetView> for BetRevision {
    fn from(view: &BetView) -> Self {
        let BetView { bet, open } = view;
        // A stake is far below the largest amount, and none of the parts is larger than it.
        let joined = bet.stake.amount().checked_sub(*open).unwrap_or_default();
        let ended = bet.settled.checked_add(bet.refunded).unwrap_or_default();
        Self(joined.checked_add(ended).unwrap_or_default())
    }
}

impl fmt::Display for BetRevision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for BetRevision {
    type Err = RevisionError;

    fn from_str(text: &str) -> Result<Self, RevisionError> {
        text.parse().map(Self).map_err(|_| RevisionError)
    }
}

impl From<&Wallet> for WalletRevision {
    fn from(wallet: &Wallet) -> Self {
        Self { version: wallet.version, locked: wallet.locked }
    }
}

impl Ord for WalletRevision {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.version, Reverse(self.locked)).cmp(&(other.version, Reverse(other.locked)))
    }
}

impl PartialOrd for WalletRevision {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for WalletRevision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.version, self.locked)
    }
}

impl FromStr for WalletRevision {
    type Err = RevisionError;

    fn from_str(text: &str) -> Result<Self, RevisionError> {
        let (version, locked) = text.split_once('/').ok_or(RevisionError)?;
        let version = version.parse().map_err(|_| RevisionError)?;
        Ok(Self { version, locked: locked.parse().map_err(|_| RevisionError)? })
    }
}

impl RoundRevision {
    /// The revision of a round whose totals were added up at that time.
    pub fn new(round: &Round, totals_at: Timestamp) -> Self {
        let step = match &round.state {
            RoundState::Open => 0,
            RoundState::Closed { seed: None, .. } => 1,
            RoundState::Closed { seed: Some(_), .. } => 2,
            RoundState::Cancelled { seed: None, .. } => 3,
            RoundState::Resulted { .. } | RoundState::Cancelled { seed: Some(_), .. } => 4,
        };
        Self { step, totals_at }
    }

    /// When the totals were added up.
    pub fn totals_at(self) -> Timestamp {
        self.totals_at
    }
}

impl fmt::Display for RoundRevision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.step, self.totals_at)
    }
}
