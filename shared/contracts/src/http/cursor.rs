//! Cursors: the start of a list's next page; opaque to the client.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt::Display;
use std::str::FromStr;

/// The next page contains entries older than the ledger entry with this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last entry of the previous page.
    pub before: u64,
}

/// The text is not a cursor of this API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor from an earlier page")]
pub struct CursorError;

/// Formats a cursor as its label and its one field, and parses it. Each list's cursor is defined in its domain.
macro_rules! written_as {
    ($cursor:ty, $label:literal, $field:ident) => {
        impl std::fmt::Display for $cursor {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&$crate::http::cursor::encode($label, &self.$field))
            }
        }

        impl std::str::FromStr for $cursor {
            type Err = $crate::http::cursor::CursorError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::http::cursor::decode($label, text).map(|$field| Self { $field })
            }
        }
    };
}

pub(crate) use written_as;

written_as!(Cursor, "before", before);

pub(crate) fn encode(label: &str, value: &dyn Display) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{label}:{value}"))
}

/// Parses only the exact form that [`encode`] writes.
pub(crate) fn decode<T: FromStr + Display>(label: &str, text: &str) -> Result<T, CursorError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
    let labelled = str::from_utf8(&bytes).ok().and_then(|text| text.split_once(':'));
    let (_, value) = labelled.filter(|(found, _)| *found == label).ok_or(CursorError)?;
    let value: T = value.parse().map_err(|_| CursorError)?;
    if encode(label, &value) == text { Ok(value) } else { Err(CursorError) }
}

/// The cursor of a page that ends with the entry of this number. `None` if that is the first entry.
pub(crate) fn next_cursor(last_number: Option<u64>) -> Option<String> {
    last_number.filter(|number| *number > 1).map(|before| Cursor { before }.to_string())
}
