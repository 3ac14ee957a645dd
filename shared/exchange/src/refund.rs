//! Refunds: what of a bet still waits goes back to its player.

use crate::UnmatchedBet;
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Invariant, Posting, SystemAccount,
    Wallet,
};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// Why a waiting bet is to be refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundReason {
    /// It has waited for long enough; whether that is so is decided by the rule, not by the job.
    Expired,
    /// Its round has ended.
    RoundEnded,
    /// Its player asked for it.
    Requested,
    /// What is left of it is less than the least that is matched.
    TooSmall,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Expired, Self::RoundEnded, Self::Requested, Self::TooSmall];

    /// The name in a job and in a log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::RoundEnded => "round-ended",
            Self::Requested => "requested",
            Self::TooSmall => "too-small",
        }
    }
}

/// The text names no reason for a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no reason for a refund")]
pub struct RefundReasonError;

impl FromStr for RefundReason {
    type Err = RefundReasonError;

    fn from_str(text: &str) -> Result<Self, RefundReasonError> {
        let mut reasons = Self::ALL.into_iter();
        reasons.find(|reason| reason.as_str() == text).ok_or(RefundReasonError)
    }
}

impl fmt::Display for RefundReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What is written when a waiting bet is refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The waiting part as it was read; it leaves the book.
    pub waiting: UnmatchedBet,
    /// The wallet afterwards.
    pub wallet: Wallet,
    /// The entry `REFUND:{betId}`.
    pub entry: Entry,
}

/// How long a bet waits before it is refunded.
pub const REFUND_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// What becomes of a refund that is asked for, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Its time has not come.
    NotDue {
        /// When it is due.
        due_at: Timestamp,
    },
    /// Its round has closed over it: it comes back with the round, whoever asks for it.
    RoundEnded,
    /// It can be refunded; this is to be written.
    Refund(Box<Refund>),
}

/// When a waiting bet is due to be refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundTerms {
    /// How long after it was placed.
    pub refund_after: SignedDuration,
    /// At once, where less than this waits: the least that is matched in its round.
    pub stake_min: Amount,
}

/// Decides on the refund of what of a bet still waits.
pub fn refund_waiting(
    waiting: &UnmatchedBet,
    reason: RefundReason,
    wallet: &Wallet,
    terms: RefundTerms,
    now: Timestamp,
) -> Result<RefundOutcome, BalanceTooLarge> {
    assert_eq!(wallet.user, waiting.user, "{:?}", Invariant::M8NobodyElses);
    let due_at = waiting.placed_at.saturating_add(terms.refund_after).unwrap_or(Timestamp::MAX);
    match reason {
        RefundReason::Expired if now < due_at => return Ok(RefundOutcome::NotDue { due_at }),
        RefundReason::TooSmall if !waiting.is_too_small(terms.stake_min) => {
            return Ok(RefundOutcome::NotDue { due_at });
        }
        RefundReason::Requested if waiting.is_closed => return Ok(RefundOutcome::RoundEnded),
        RefundReason::Expired
        | RefundReason::RoundEnded
        | RefundReason::Requested
        | RefundReason::TooSmall => {}
    }
    let posting = Posting {
        key: EntryKey::new(EntryPurpose::Refund, &[&waiting.bet]),
        amount: waiting.open,
        account: SystemAccount::Stakes(waiting.round.to_string()),
        reference: waiting.bet.to_string(),
    };
    let (wallet, entry) = wallet.credit(Incoming::Refund, posting, now)?;
    Ok(RefundOutcome::Refund(Box::new(Refund { waiting: waiting.clone(), wallet, entry })))
}
