//! Whole numbers in a query, which have exactly one notation.

use std::str::FromStr;

/// A whole number in plain digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WholeNumber(pub u64);

/// The text is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number in plain digits")]
pub struct WholeNumberError;

impl FromStr for WholeNumber {
    type Err = WholeNumberError;

    fn from_str(text: &str) -> Result<Self, WholeNumberError> {
        parse_whole(text).map(Self).ok_or(WholeNumberError)
    }
}

/// Parses a number in plain digits: without a sign or a leading zero.
pub(crate) fn parse_whole<T: FromStr>(text: &str) -> Option<T> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = is_digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}
