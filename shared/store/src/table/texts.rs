//! Texts with several values: of several lines, or in a list.

use crate::StoreError;
use crate::table::item::{AttributeValue, Fields, text};
use std::fmt::Display;
use std::str::FromStr;

/// `None` becomes the empty text.
pub(crate) fn or_empty(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The inverse of [`or_empty`]. Fails if the text is neither empty nor valid.
pub(crate) fn from_or_empty<T: FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// Returns `None` if the text does not have exactly `LINES` lines.
pub(crate) fn lines<const LINES: usize>(text: &str) -> Option<[&str; LINES]> {
    text.split('\n').collect::<Vec<_>>().try_into().ok()
}

/// A list of texts.
pub(crate) fn texts(texts: impl IntoIterator<Item = String>) -> AttributeValue {
    AttributeValue::L(texts.into_iter().map(text).collect())
}

/// Reads a list of texts.
pub(crate) fn read_texts<'a>(fields: Fields<'a>, name: &'static str) -> Result<Vec<&'a str>, StoreError> {
    let listed = fields.list(name)?;
    let read = listed.iter().map(AttributeValue::as_text).collect::<Option<_>>();
    read.ok_or_else(|| fields.corrupt(name))
}
