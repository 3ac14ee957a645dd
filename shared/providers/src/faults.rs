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

/// Why a statement cannot be read, in the order of the checks. Lines count from 1; a header is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// The disk does not hand it out.
    #[error("it could not be read to its end")]
    Broken,
    /// Not a file of the provider's form.
    #[error("it is not a statement of the provider's form")]
    Unreadable,
    /// A line without what all lines have, or of two numbers that contradict each other.
    #[error("line {line}: its field {field} is not what it should be")]
    Field {
        /// Which line.
        line: usize,
        /// What is wrong.
        field: &'static str,
    },
    /// A line about something that the books have no place for.
    #[error("line {line}: the books have no place for such a movement")]
    OtherMovement {
        /// Which line.
        line: usize,
    },
}
