//! [`Session`]: a login that lasts while its refresh token is used, and ends when one token is used twice.

use crate::{FamilyId, RefreshToken};
use evens_ledger::{Digest, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The time from the issue of a refresh token until it expires.
pub const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The time from the issue of an access token until it expires.
pub const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// The stored state of a login. Only the digest of its newest token is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub user: UserId,
    pub family: FamilyId,
    /// The digest of the only valid token.
    pub current: Digest,
    /// The number of times the token was replaced.
    pub generation: u64,
    /// When the player logged in.
    pub created_at: Timestamp,
    /// When the current token was issued.
    pub rotated_at: Timestamp,
    pub expires_at: Timestamp,
    /// A task that the login caused and that is not done yet.
    pub owed: Option<Owed>,
}

/// A task that a login caused. Its job may be lost, so the session stores the task until it is done, even after the
/// session has ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owed {
    /// Record the day of the login as attended.
    Day(Date),
    /// Notify the player of the password that the session began with. The text distinguishes this message from others
    /// of its kind.
    PasswordNotice(String),
}

/// The answer to a refresh token. The refusals are in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotateOutcome {
    /// The session was not used for too long.
    Expired,
    /// The token was already replaced. Two clients have it, so one of them has stolen it, and the session must be
    /// ended.
    Reused,
    /// The token is valid and is replaced by the next one; this is the write.
    Rotated(Session),
}

impl Session {
    pub fn open(token: &RefreshToken, now: Timestamp) -> Self {
        Self {
            user: token.user(),
            family: token.family(),
            current: token.digest(),
            generation: 0,
            created_at: now,
            rotated_at: now,
            expires_at: expiry(now),
            owed: None,
        }
    }

    /// The same session with a task to be done.
    #[must_use]
    pub fn owing(self, owed: Owed) -> Self {
        Self { owed: Some(owed), ..self }
    }

    /// Replaces the `presented` token by the `next` one, if it is the newest of its family.
    ///
    /// The digests are compared without constant time. They are hashes of 256 random bits: the timing may reveal part
    /// of a hash, but that does not help to find the secret.
    pub fn rotate(&self, presented: &RefreshToken, next: &RefreshToken, now: Timestamp) -> RotateOutcome {
        assert_eq!((next.user(), next.family()), (self.user, self.family), "of the same family");
        if now >= self.expires_at {
            return RotateOutcome::Expired;
        }
        let shown = (presented.user(), presented.family(), presented.digest());
        if shown != (self.user, self.family, self.current) {
            return RotateOutcome::Reused;
        }
        RotateOutcome::Rotated(Self {
            current: next.digest(),
            generation: self.generation + 1,
            rotated_at: now,
            expires_at: expiry(now),
            ..self.clone()
        })
    }
}

fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add(REFRESH_TOKEN_LIFETIME).unwrap_or(Timestamp::MAX)
}
