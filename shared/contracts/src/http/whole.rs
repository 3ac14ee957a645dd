//! Whole numbers of a query: written in one way.

use std::str::FromStr;

/// A whole number in plain digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WholeNumber(pub u64);

/// The text is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number in plain digits")]
pub struct WholeNumberError;

impl FromStr for WholeNumber {
    type Err = WholeNumberError;

    fn from_str(text: &str) -> Result<Self, WholeNumberError> {
        parse_whole(text).map(Self).ok_or(WholeNumberError)
    }
}

/// The number that plain digits give: no sign, and no zero in front that it needs not.
pub(crate) fn parse_whole<T: FromStr>(text: &str) -> Option<T> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = is_digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}
