//! [`Session`]: a sign-in that lasts as long as its refresh token is used, and ends when one is used twice.

use crate::{FamilyId, RefreshToken};
use evens_ledger::{Digest, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// How long a refresh token is good for after it was given out.
pub const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long an access token is good for after it was given out.
pub const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// What is kept of a sign-in: of its tokens, the digest of the newest alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user: UserId,
    /// Which sign-in.
    pub family: FamilyId,
    /// Digest of the one token that is good.
    pub current: Digest,
    /// How often the token was replaced.
    pub generation: u64,
    /// When the player signed in.
    pub created_at: Timestamp,
    /// When the current token was given out.
    pub rotated_at: Timestamp,
    /// When the current token stops being good.
    pub expires_at: Timestamp,
    /// What is owed since the player signed in.
    pub owed: Option<Owed>,
}

/// What is owed since a sign-in. The job that does it may be lost; the session says it until it is done, also after its
/// own end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owed {
    /// That this day is written down as one on which the player logged in.
    Day(Date),
    /// That the player is told of the password that the session began with; the text sets it apart from other news of
    /// its kind.
    PasswordNotice(String),
}

/// What becomes of a refresh token that is presented. The refusals stand in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotateOutcome {
    /// The session was not used for too long.
    Expired,
    /// The token was replaced before: two hold it, and one of them is a thief. The session is to be ended.
    Reused,
    /// The token is good, and is replaced by the next one; this is to be written.
    Rotated(Session),
}

impl Session {
    /// The session that begins with this token.
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

    /// The same session, since which that is owed.
    #[must_use]
    pub fn owing(self, owed: Owed) -> Self {
        Self { owed: Some(owed), ..self }
    }

    /// Replaces the token that is `presented` by the `next` one, if it is the newest of its family.
    ///
    /// The digests are compared plainly. They are hashes of 256 random bits: how long a comparison takes tells
    /// something about a hash, from which nothing of a secret follows.
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
