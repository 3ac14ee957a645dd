//! [`RefreshToken`]: the secret that keeps a player logged in. [`FamilyId`]: the login that a token descends from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use evens_ledger::{Digest, UserId};
use std::fmt;
use std::str::FromStr;

/// A login on one device, with all refresh tokens that descend from it. Its text is 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FamilyId([u8; 16]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 hexadecimal digits")]
pub struct FamilyIdError;

impl FamilyId {
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl FromStr for FamilyId {
    type Err = FamilyIdError;

    fn from_str(text: &str) -> Result<Self, FamilyIdError> {
        parse_hexadecimal(text).map(Self).ok_or(FamilyIdError)
    }
}

impl fmt::Display for FamilyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for FamilyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Random bytes that turn a refresh token into its successor. Useless without that token, so the table may hold them.
/// Its text is 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuccessorSalt([u8; 16]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 hexadecimal digits")]
pub struct SuccessorSaltError;

impl SuccessorSalt {
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl FromStr for SuccessorSalt {
    type Err = SuccessorSaltError;

    fn from_str(text: &str) -> Result<Self, SuccessorSaltError> {
        parse_hexadecimal(text).map(Self).ok_or(SuccessorSaltError)
    }
}

impl fmt::Display for SuccessorSalt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Reads 32 lower-case hexadecimal digits.
pub(crate) fn parse_hexadecimal(text: &str) -> Option<[u8; 16]> {
    let is_hexadecimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let bits = (text.len() == 32 && is_hexadecimal).then(|| u128::from_str_radix(text, 16).ok())?;
    bits.map(u128::to_be_bytes)
}

/// The credential for renewing a session: a user, a family, and 32 secret random bytes.
///
/// It contains the key of its session, so no index over secrets is needed. Debug output does not show it.
#[derive(Clone)]
pub struct RefreshToken {
    user: UserId,
    family: FamilyId,
    secret: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a refresh token of this platform")]
pub struct RefreshTokenError;

impl RefreshToken {
    pub fn new(user: UserId, family: FamilyId, secret: [u8; 32]) -> Self {
        Self { user, family, secret }
    }

    /// The user that the token claims.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The family that the token claims.
    pub fn family(&self) -> FamilyId {
        self.family
    }

    /// The SHA-256 of the secret. Nothing else of the secret is stored.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.secret)
    }

    /// The token that replaces this one. The same salt always gives the same successor, so that a refresh whose answer
    /// was lost can be answered again although no token is stored.
    #[must_use]
    pub fn successor(&self, salt: SuccessorSalt) -> Self {
        let secret = Digest::of(&[&b"successor"[..], &salt.0, &self.secret].concat());
        Self { secret: *secret.bytes(), ..self.clone() }
    }

    /// The token as text, for the client only: 75 characters of base64url.
    pub fn reveal(&self) -> String {
        let user = self.user.number().to_be_bytes();
        URL_SAFE_NO_PAD.encode([&user[..], &self.family.0, &self.secret].concat())
    }
}

impl FromStr for RefreshToken {
    type Err = RefreshTokenError;

    fn from_str(text: &str) -> Result<Self, RefreshTokenError> {
        let mut bytes = [0; 56];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| RefreshTokenError)?;
        let (user, rest) = bytes.split_first_chunk().ok_or(RefreshTokenError)?;
        let (family, secret) = rest.split_first_chunk().ok_or(RefreshTokenError)?;
        let user = UserId::new(u64::from_be_bytes(*user)).map_err(|_| RefreshTokenError)?;
        let secret = secret.try_into().map_err(|_| RefreshTokenError)?;
        if length == bytes.len() {
            Ok(Self::new(user, FamilyId(*family), secret))
        } else {
            Err(RefreshTokenError)
        }
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RefreshToken(secret)")
    }
}
