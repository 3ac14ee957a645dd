//! [`Recovery`]: a request for a new password by a player who has forgotten theirs. [`check_recovery`]: the accounts
//! that may be recovered.

use crate::token::parse_hexadecimal;
use crate::{Account, PhoneNumber, Role};
use evens_ledger::Digest;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// The id of a recovery, which its client alone has. Its text is 32 hexadecimal digits. The table has only its digest,
/// so that a reader of the table cannot use it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryId([u8; 16]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 hexadecimal digits")]
pub struct RecoveryIdError;

impl RecoveryId {
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key of the recovery.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The text, for the client only.
    pub fn reveal(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for RecoveryId {
    type Err = RecoveryIdError;

    fn from_str(text: &str) -> Result<Self, RecoveryIdError> {
        parse_hexadecimal(text).map(Self).ok_or(RecoveryIdError)
    }
}

impl fmt::Debug for RecoveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryId(..)")
    }
}

/// A request for a new password, whether or not its number has an account. Its tries belong to it alone, so a
/// stranger's request neither uses up nor replaces a code of the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The digest of its id.
    pub key: Digest,
    /// The number that was given.
    pub phone: PhoneNumber,
    /// The keyed hash of its code.
    pub hash: Digest,
    /// The number of codes that were tried.
    pub tries: u32,
    pub sent_at: Timestamp,
    /// When its code set a new password.
    pub used_at: Option<Timestamp>,
}

impl Recovery {
    /// The time until its code expires.
    pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
    /// The maximum number of codes that can be tried.
    pub const TRIES_MAX: u32 = 5;

    /// A recovery that is requested now.
    pub fn new(key: Digest, phone: PhoneNumber, hash: Digest, now: Timestamp) -> Self {
        Self { key, phone, hash, tries: 0, sent_at: now, used_at: None }
    }

    pub fn expires_at(&self) -> Timestamp {
        self.sent_at.checked_add(Self::LIFETIME).unwrap_or(Timestamp::MAX)
    }
}

/// The time after a login during which an account may be recovered. Networks give an unused number to a new owner.
pub const RECOVERY_LOGIN_AGE_MAX: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The reason why a player cannot get a new password by a code, in the order of the checks. Support helps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRecoverable {
    #[error("the account has another role than player")]
    Staff,
    #[error("the account is blocked")]
    Blocked,
    /// A mistyped number may belong to a stranger.
    #[error("the number was never verified")]
    NumberNotVerified,
    #[error("the last login is older than 90 days")]
    LoginTooOld,
    /// The account got a new password by another code since. A second code of the same minutes is then of no use.
    #[error("the account was recovered since the code was sent")]
    RecoveredSince,
}

/// Checks that an account may get a new password by a code that was sent at that time. A sign-up counts as a login.
pub fn check_recovery(account: &Account, sent_at: Timestamp, now: Timestamp) -> Result<(), NotRecoverable> {
    let logged_in_at = account.last_login.as_ref().map_or(account.created_at, |login| login.at);
    if account.role != Role::Player {
        Err(NotRecoverable::Staff)
    } else if account.is_blocked {
        Err(NotRecoverable::Blocked)
    } else if !account.is_phone_verified {
        Err(NotRecoverable::NumberNotVerified)
    } else if now.duration_since(logged_in_at) > RECOVERY_LOGIN_AGE_MAX {
        Err(NotRecoverable::LoginTooOld)
    } else if account.recovered_at.is_some_and(|recovered_at| recovered_at >= sent_at) {
        Err(NotRecoverable::RecoveredSince)
    } else {
        Ok(())
    }
}
