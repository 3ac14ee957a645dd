//! [`Password`]: plain text on its way to being hashed, and what a new one must not be.

use crate::PhoneNumber;
use std::fmt;

/// Those that attackers try first, in lower case, one a line.
const WORST: &str = include_str!("worst_passwords.txt");

/// What fingers find without thinking: a password made of a stretch of one of these, either way, is no secret.
const ROWS: [&str; 7] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890-=",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
];

/// A password in plain text: in memory only, never printed, copied or stored.
pub struct Password(String);

/// Why a text may not become a password, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than asked for.
    #[error("is shorter than {} characters", Password::LENGTH_MIN)]
    TooShort,
    /// More characters than anybody types.
    #[error("is longer than {} characters", Password::LENGTH_MAX)]
    TooLong,
    /// One of those that are tried first.
    #[error("is among the passwords that are guessed first")]
    Common,
    /// The number that the player signs in with.
    #[error("is the phone number")]
    IsPhoneNumber,
}

impl Password {
    /// The shortest new password, in characters.
    pub const LENGTH_MIN: usize = 8;
    /// The longest new password, in characters.
    pub const LENGTH_MAX: usize = 128;

    /// A new password, if the policy allows it, which asks for [`Password::of`] too when the phone number is known.
    pub fn parse(text: String) -> Result<Self, PasswordError> {
        match text.chars().count() {
            ..Self::LENGTH_MIN => Err(PasswordError::TooShort),
            Self::LENGTH_MIN..=Self::LENGTH_MAX if is_common(&text) => Err(PasswordError::Common),
            Self::LENGTH_MIN..=Self::LENGTH_MAX => Ok(Self(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// The same for the player with that phone number, if the policy allows it.
    pub fn of(self, phone: &PhoneNumber) -> Result<Self, PasswordError> {
        if self.resembles(phone) { Err(PasswordError::IsPhoneNumber) } else { Ok(self) }
    }

    /// What was typed to sign in. The policy does not apply: the stored hash decides.
    pub fn presented(text: String) -> Self {
        Self(text)
    }

    /// Whether this is the phone number, with or without its country code, however it is written.
    fn resembles(&self, phone: &PhoneNumber) -> bool {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')');
        if !self.0.chars().all(is_number) {
            return false;
        }
        let digits: String = self.0.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        let country_code = phone.digits().strip_suffix(digits);
        !digits.is_empty() && country_code.is_some_and(|code| code.len() <= 3)
    }

    /// The text's bytes, for hashing.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn is_common(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut chars = lower.chars();
    let first = chars.next();
    let backwards: String = lower.chars().rev().collect();
    chars.all(|c| Some(c) == first)
        || ROWS.iter().any(|row| row.contains(&lower) || row.contains(&backwards))
        || WORST.lines().any(|worst| worst == lower)
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(..)")
    }
}
