//! [`Password`]: a password in plain text until it is hashed, and the policy for new ones.

use crate::PhoneNumber;
use std::fmt;

/// The passwords that attackers try first, in lower case, one per line.
const WORST: &str = include_str!("worst_passwords.txt");

/// Sequences of characters. A password that is part of one of them, in either direction, is refused.
const ROWS: [&str; 7] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890-=",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
];

/// A password in plain text. It is only in memory, and is never printed, copied or stored.
pub struct Password(String);

/// The reason why a text is refused as a new password, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("must have at least {} characters", Password::LENGTH_MIN)]
    TooShort,
    #[error("must have at most {} characters", Password::LENGTH_MAX)]
    TooLong,
    /// The password is among those that attackers try first.
    #[error("is a common password. Choose another one")]
    Common,
    #[error("must differ from the phone number")]
    IsPhoneNumber,
}

impl Password {
    /// For a new password, in characters.
    pub const LENGTH_MIN: usize = 8;
    /// For a new password, in characters.
    pub const LENGTH_MAX: usize = 128;

    /// Checks a new password against the policy. Call [`Password::of`] as well when the phone number is known.
    pub fn parse(text: String) -> Result<Self, PasswordError> {
        match text.chars().count() {
            ..Self::LENGTH_MIN => Err(PasswordError::TooShort),
            Self::LENGTH_MIN..=Self::LENGTH_MAX if is_common(&text) => Err(PasswordError::Common),
            Self::LENGTH_MIN..=Self::LENGTH_MAX => Ok(Self(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Refuses the password if it is this phone number.
    pub fn of(self, phone: &PhoneNumber) -> Result<Self, PasswordError> {
        if self.resembles(phone) { Err(PasswordError::IsPhoneNumber) } else { Ok(self) }
    }

    /// Wraps the password of a login. The policy does not apply, because the stored hash decides.
    pub fn presented(text: String) -> Self {
        Self(text)
    }

    /// Returns `true` for the phone number in any notation, with or without its country code.
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

    /// The bytes to be hashed.
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
