//! Faults of callbacks and statements. They contain no text of a provider.

use crate::values::WrongField;

/// The reasons why an authentic callback yields no event, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// Not JSON, or without the fields of such a callback.
    #[error("it is not JSON in the provider's format")]
    Unreadable,
    /// It is about an order that is not ours. There is nothing to do, and a repeat would not help.
    #[error("its reference is not one of ours")]
    ForeignReference,
    /// A malformed field.
    #[error("its field {0} is invalid")]
    Field(&'static str),
}

impl From<WrongField> for EventFault {
    fn from(WrongField(field): WrongField) -> Self {
        Self::Field(field)
    }
}

/// The reasons why a statement cannot be read, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// The file could not be read from disk.
    #[error("it could not be read to the end")]
    Broken,
    /// The file is empty.
    #[error("it is empty, without even a header")]
    Empty,
    /// The first line is not the expected header.
    #[error("its first line is not the header {expected}")]
    Header { expected: &'static str },
    /// The file does not have the provider's format.
    #[error("it is not a statement in the provider's format")]
    Unreadable,
    /// A malformed line.
    #[error("line {line}: {fault}")]
    Line {
        /// Line number as in an editor: the header is line 1. For files of JSON lists, the number of the record.
        line: usize,
        fault: LineFault,
    },
}

/// The reasons why a line of a statement is malformed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Not valid text.
    #[error("it is not UTF-8")]
    NotText,
    /// The record exceeds the size limit, usually because of an unclosed quote.
    #[error("it is longer than 1 MiB, perhaps because a quote is not closed")]
    TooLong,
    /// Wrong number of fields.
    #[error("it has {found} fields instead of {expected}")]
    Fields { found: u64, expected: u64 },
    /// Not a number.
    #[error("its field {0} is not a whole number of minor units")]
    NoNumber(&'static str),
    /// Not a time.
    #[error("its field {0} is not a time such as 2026-11-02T12:30:00Z")]
    NoTime(&'static str),
    /// The amount has the wrong sign for its kind, or is zero.
    #[error("its field {0} has the wrong sign for its kind of movement")]
    Sign(&'static str),
    /// The field is malformed in another way, or contradicts another one.
    #[error("its field {0} is invalid")]
    Field(&'static str),
    /// The books have no account for this kind of movement.
    #[error("the books have no account for this kind of movement")]
    OtherMovement,
}

impl From<WrongField> for LineFault {
    fn from(WrongField(field): WrongField) -> Self {
        Self::Field(field)
    }
}
