//! Refunds: the unmatched part of a bet goes back to its player.

use crate::{PlayerState, UnmatchedBet};
use evens_ledger::{
    Amount, BalanceTooLarge, Entry, EntryKey, EntryPurpose, Incoming, Invariant, Posting, SystemAccount,
    Wallet,
};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundReason {
    /// It has been unmatched for too long. The rule checks the time; the job is only a hint.
    Expired,
    RoundEnded,
    /// Its player cancelled it.
    Requested,
    /// The rest is below the minimum that can be matched.
    TooSmall,
    /// Its player is excluded or blocked. The rule checks that; the job is only a hint.
    Barred,
}

impl RefundReason {
    pub const ALL: [Self; 5] =
        [Self::Expired, Self::RoundEnded, Self::Requested, Self::TooSmall, Self::Barred];

    /// The name in a job and in a log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::RoundEnded => "round-ended",
            Self::Requested => "requested",
            Self::TooSmall => "too-small",
            Self::Barred => "barred",
        }
    }
}

/// The text is not a reason for a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a reason for a refund")]
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

/// The writes of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The unmatched part as it was read; it leaves the order book.
    pub waiting: UnmatchedBet,
    pub wallet: Wallet,
    /// The ledger entry `REFUND:{betId}`.
    pub entry: Entry,
}

/// The default time after which an unmatched bet is refunded.
pub const REFUND_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// The answer to a request for a refund, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    NotDue {
        due_at: Timestamp,
    },
    /// The round has closed this bet. The round refunds it, not the player's request.
    RoundEnded,
    /// The player may play, so the bet stays in the order book.
    NotBarred,
    /// The bet can be refunded; these are the writes.
    Refund(Box<Refund>),
}

/// The conditions under which an unmatched bet is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundTerms {
    /// The time since the bet was placed.
    pub refund_after: SignedDuration,
    /// The minimum that can be matched in the round. A smaller rest is refunded at once.
    pub stake_min: Amount,
}

/// Decides on the refund of the unmatched part of a bet. `wallet` and `player` are those of its player.
pub fn refund_waiting(
    waiting: &UnmatchedBet,
    reason: RefundReason,
    wallet: &Wallet,
    player: PlayerState,
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
        RefundReason::Barred if !player.is_barred(now) => return Ok(RefundOutcome::NotBarred),
        RefundReason::Expired
        | RefundReason::RoundEnded
        | RefundReason::Requested
        | RefundReason::TooSmall
        | RefundReason::Barred => {}
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
