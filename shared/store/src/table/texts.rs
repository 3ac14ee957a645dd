//! Texts of several lines, in which an attribute keeps several values.

use std::fmt::Display;
use std::str::FromStr;

/// An empty text stands for nothing.
pub(crate) fn or_empty(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// What [`or_empty`] was made of; an error where it is neither empty nor can be read.
pub(crate) fn from_or_empty<T: FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// The lines of a text that has exactly so many.
pub(crate) fn lines<const LINES: usize>(text: &str) -> Option<[&str; LINES]> {
    text.split('\n').collect::<Vec<_>>().try_into().ok()
}
