//! [`Session`]: a login that lasts while its refresh token is used, and ends when an old token is used again.

use crate::{FamilyId, RefreshToken, SuccessorSalt};
use evens_ledger::{Digest, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The time from the issue of a refresh token until it expires.
pub const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The time after a refresh during which the replaced token gets the same successor again. It covers a lost answer, and
/// two tabs that refresh at once.
pub const REFRESH_REPEAT_WINDOW: SignedDuration = SignedDuration::from_secs(30);

/// The time from the issue of an access token until it expires.
pub const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// The age of a login from which on acts are refused that need a recent one.
pub const LOGIN_AGE_MAX: SignedDuration = SignedDuration::from_mins(15);

/// The stored state of a login. Only the digest of its newest token is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub user: UserId,
    pub family: FamilyId,
    /// The digest of the only valid token.
    pub current: Digest,
    /// The token that the current one replaced. `None` before the first refresh.
    pub previous: Option<Predecessor>,
    /// The number of times the token was replaced.
    pub generation: u64,
    /// The epoch of the account at the login. The session is over when the account's epoch is a later one.
    pub epoch: u64,
    /// When the player logged in.
    pub created_at: Timestamp,
    /// When the current token was issued.
    pub rotated_at: Timestamp,
    pub expires_at: Timestamp,
    /// A task that the login caused and that is not done yet.
    pub owed: Option<PendingTask>,
}

/// A replaced token: its digest, and the salt that made the current token from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Predecessor {
    pub digest: Digest,
    pub salt: SuccessorSalt,
}

/// A task that a login caused. Its job may be lost, so the session stores the task until it is done, even after the
/// session has ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PendingTask {
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
    /// The token was replaced a moment ago. Its client gets the same successor again, and nothing is written.
    Repeated,
    /// The token was replaced longer ago. Two clients have it, so one of them has stolen it, and the session must be
    /// ended.
    Reused,
    /// The token is valid and is replaced by its successor; this is the write.
    Rotated(Session),
}

impl Session {
    pub fn open(token: &RefreshToken, now: Timestamp) -> Self {
        Self {
            user: token.user(),
            family: token.family(),
            current: token.digest(),
            previous: None,
            generation: 0,
            epoch: 0,
            created_at: now,
            rotated_at: now,
            expires_at: expiry(now),
            owed: None,
        }
    }

    /// The same session of an account with this epoch.
    #[must_use]
    pub fn of_epoch(self, epoch: u64) -> Self {
        Self { epoch, ..self }
    }

    /// The same session with a task to be done.
    #[must_use]
    pub fn owing(self, owed: PendingTask) -> Self {
        Self { owed: Some(owed), ..self }
    }

    /// Replaces the `presented` token by its successor with this salt, if it is the newest of its family.
    ///
    /// The digests are compared without constant time. They are hashes of 256 random bits: the timing may reveal part
    /// of a hash, but that does not help to find the secret.
    pub fn rotate(&self, presented: &RefreshToken, salt: SuccessorSalt, now: Timestamp) -> RotateOutcome {
        if now >= self.expires_at {
            return RotateOutcome::Expired;
        }
        let is_recent = now.duration_since(self.rotated_at) < REFRESH_REPEAT_WINDOW;
        if is_recent && self.successor(presented).is_some() {
            return RotateOutcome::Repeated;
        }
        if !self.is_of_family(presented) || presented.digest() != self.current {
            return RotateOutcome::Reused;
        }
        RotateOutcome::Rotated(Self {
            current: presented.successor(salt).digest(),
            previous: Some(Predecessor { digest: self.current, salt }),
            generation: self.generation + 1,
            rotated_at: now,
            expires_at: expiry(now),
            ..self.clone()
        })
    }

    /// The current token, made again from the one that it replaced. `None` for any other token.
    pub fn successor(&self, replaced: &RefreshToken) -> Option<RefreshToken> {
        let previous = self.previous.filter(|previous| previous.digest == replaced.digest())?;
        self.is_of_family(replaced).then(|| replaced.successor(previous.salt))
    }

    fn is_of_family(&self, token: &RefreshToken) -> bool {
        (token.user(), token.family()) == (self.user, self.family)
    }
}

fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add(REFRESH_TOKEN_LIFETIME).unwrap_or(Timestamp::MAX)
}
