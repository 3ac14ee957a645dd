//! Why a callback or a statement cannot be read. No text of a provider is in it.

use crate::values::WrongField;

/// Why a callback that is the provider's says nothing about an order, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// Not JSON, or without what such a callback has.
    #[error("it is not JSON of the provider's form")]
    Unreadable,
    /// It is about something that is not ours: nothing is to be done, and sending it again would not help.
    #[error("its reference is none of ours")]
    ForeignReference,
    /// A field that is not what it should be.
    #[error("its field {0} is not what it should be")]
    Field(&'static str),
}

impl From<WrongField> for EventFault {
    fn from(WrongField(field): WrongField) -> Self {
        Self::Field(field)
    }
}

/// Why a statement cannot be read, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// The disk does not hand it out.
    #[error("it could not be read to its end")]
    Broken,
    /// There is nothing in it.
    #[error("it is empty: not even its header is there")]
    Empty,
    /// Its first line is another one.
    #[error("its first line is not the header {expected}")]
    Header {
        /// What the first line of such a file is.
        expected: &'static str,
    },
    /// Not a file of the provider's form.
    #[error("it is not a statement of the provider's form")]
    Unreadable,
    /// A line is none.
    #[error("line {line}: {fault}")]
    Line {
        /// Which line, as an editor counts them: the header is line 1. Where a file is lists of records, which of them.
        line: usize,
        /// What is wrong.
        fault: LineFault,
    },
}

/// What is wrong with a line of a statement, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// It cannot be text.
    #[error("it is not UTF-8")]
    NotText,
    /// It goes on and on: mostly a quote that nothing closes.
    #[error("it does not end within 1 MiB; is a quote never closed?")]
    TooLong,
    /// A field is missing, or is too many.
    #[error("its number of fields is {found}, and not {expected}")]
    Fields {
        /// How many it has.
        found: u64,
        /// How many there must be.
        expected: u64,
    },
    /// A field that should be a number.
    #[error("its field {0} is no whole number of the smallest coin")]
    NoNumber(&'static str),
    /// A field that should be a time.
    #[error("its field {0} is no time such as 2026-11-02T12:30:00Z")]
    NoTime(&'static str),
    /// An amount that goes in where such a movement goes out, or out where it goes in, or is nothing.
    #[error("its field {0} does not have the sign that such a movement has")]
    Sign(&'static str),
    /// A field that is not what it should be in another way, or contradicts another one.
    #[error("its field {0} is not what it should be")]
    Field(&'static str),
    /// It is about something that the books have no place for.
    #[error("the books have no place for such a movement")]
    OtherMovement,
}

impl From<WrongField> for LineFault {
    fn from(WrongField(field): WrongField) -> Self {
        Self::Field(field)
    }
}
