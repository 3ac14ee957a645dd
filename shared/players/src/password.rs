//! [`Password`]: a password in plain text until it is hashed, and the policy for new ones.

use crate::PhoneNumber;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
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

/// A password in plain text. It is only in memory, and is never printed or stored.
///
/// Its text is normalised: NFKC, and each space becomes an ASCII space. Phones and laptops encode the same keystrokes
/// differently, such as é as one character or as e with an accent.
pub struct Password {
    text: String,
    /// The text as typed, if it differs. Hashes that were made without normalisation match only this.
    typed: Option<String>,
}

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
    /// More than [`Self::LENGTH_MAX`] characters as they are typed, of at most 4 bytes each. Three characters can
    /// become one.
    const TYPED_BYTES_MAX: usize = 4_096;

    /// Checks a new password against the policy. Call [`Password::of`] as well when the phone number is known.
    pub fn parse(text: String) -> Result<Self, PasswordError> {
        let password = Self::presented(text);
        match password.text.chars().count() {
            ..Self::LENGTH_MIN => Err(PasswordError::TooShort),
            Self::LENGTH_MIN..=Self::LENGTH_MAX if is_common(&password.text) => Err(PasswordError::Common),
            Self::LENGTH_MIN..=Self::LENGTH_MAX => Ok(password),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Refuses the password if it is this phone number.
    pub fn of(self, phone: &PhoneNumber) -> Result<Self, PasswordError> {
        if self.resembles(phone) { Err(PasswordError::IsPhoneNumber) } else { Ok(self) }
    }

    /// Wraps the password of a login. The policy does not apply, because the stored hash decides. Of a longer text than
    /// any password the beginning is kept, which is no password either, and takes no longer to normalise and hash.
    pub fn presented(mut typed: String) -> Self {
        typed.truncate(typed.floor_char_boundary(Self::TYPED_BYTES_MAX));
        let text = normalised(&typed);
        let typed = (text != typed).then_some(typed);
        Self { text, typed }
    }

    /// Returns `true` for the phone number in any notation, with or without its country code.
    fn resembles(&self, phone: &PhoneNumber) -> bool {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')');
        if !self.text.chars().all(is_number) {
            return false;
        }
        let digits: String = self.text.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        let country_code = phone.digits().strip_suffix(digits);
        !digits.is_empty() && country_code.is_some_and(|code| code.len() <= 3)
    }

    /// The bytes to be hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The bytes as typed, if they differ from the normalised ones.
    pub fn as_typed(&self) -> Option<&[u8]> {
        self.typed.as_ref().map(String::as_bytes)
    }
}

fn normalised(typed: &str) -> String {
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_space = |c: char| category.get(c) == GeneralCategory::SpaceSeparator;
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(typed);
    text.chars().map(|c| if is_space(c) { ' ' } else { c }).collect()
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
