//! Cursors: where the next page of a list starts; opaque to the client.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evens_exchange::MatchId;
use evens_games::PeriodId;
use evens_payments::OrderPosition;
use std::fmt::{self, Display};
use std::str::FromStr;

/// The next page holds what is older than the ledger entry of this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last entry of the page before.
    pub before: u64,
}

/// The next page holds what follows this match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchCursor {
    /// The last match of the page before.
    pub after: MatchId,
}

/// The next page holds what is older than the order at this position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderCursor {
    /// The position of the last order of the page before.
    pub before: OrderPosition,
}

/// The next page holds the orders whose turn to be looked at comes after that of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCursor {
    /// Where the last order of the page before stands: when its turn comes.
    pub after: OrderPosition,
}

/// The next page holds the results that are older than that of this period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodCursor {
    /// The period of the last result of the page before.
    pub before: PeriodId,
}

/// The text is not a cursor that this API gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor that an earlier page gave")]
pub struct CursorError;

impl Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode("before", &self.before))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        decode("before", text).map(|before| Self { before })
    }
}

impl Display for MatchCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode("after", &self.after))
    }
}

impl FromStr for MatchCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        decode("after", text).map(|after| Self { after })
    }
}

impl Display for OrderCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode("before-order", &self.before))
    }
}

impl FromStr for OrderCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        decode("before-order", text).map(|before| Self { before })
    }
}

impl Display for WaitingCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode("after-order", &self.after))
    }
}

impl FromStr for WaitingCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        decode("after-order", text).map(|after| Self { after })
    }
}

impl Display for PeriodCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode("before-period", &self.before))
    }
}

impl FromStr for PeriodCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        decode("before-period", text).map(|before| Self { before })
    }
}

fn encode(label: &str, value: &dyn Display) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{label}:{value}"))
}

/// Reads what [`encode`] wrote, and nothing else that might mean the same.
fn decode<T: FromStr + Display>(label: &str, text: &str) -> Result<T, CursorError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
    let labelled = str::from_utf8(&bytes).ok().and_then(|text| text.split_once(':'));
    let (_, value) = labelled.filter(|(found, _)| *found == label).ok_or(CursorError)?;
    let value: T = value.parse().map_err(|_| CursorError)?;
    if encode(label, &value) == text { Ok(value) } else { Err(CursorError) }
}

/// The cursor of a page that ends with the entry of this number; none where that is the first.
pub(crate) fn next_cursor(last_number: Option<u64>) -> Option<String> {
    last_number.filter(|number| *number > 1).map(|before| Cursor { before }.to_string())
}
