//! Answers and failures.

use crate::item::Item;
use std::error::Error;

/// An answer with its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerWithCost<T> {
    pub value: T,
    /// `None` if the call was not metered.
    pub consumed: Option<ConsumedUnits>,
}

/// Units of capacity, in halves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ConsumedUnits {
    /// The cost to the table and its indexes.
    pub units: f64,
    /// The part of the indexes.
    pub index_units: f64,
}

/// A page of a query or a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub items: Vec<Item>,
    /// The key after which the next page starts; `None` on the last page.
    pub next: Option<Item>,
}

/// The items that a batch read found, in no particular order.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundBatch {
    pub items: Vec<Item>,
    /// `false` if the engine was overloaded and left keys out.
    pub is_complete: bool,
}

/// A call that was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The condition of a write outside a transaction failed. Nothing was written.
    #[error("the condition failed")]
    ConditionFailed {
        /// The stored item, if it exists and the request wants it.
        found: Option<Item>,
    },
    /// A transaction was cancelled. Nothing was written.
    #[error("the transaction was cancelled")]
    Cancelled {
        /// For each item of the transaction in order, the reason if it caused the cancellation.
        reasons: Vec<Option<Reason>>,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The engine answered with another error.
    #[error("the engine answered with {code}")]
    Refused {
        /// `DynamoDB`'s name of the error, such as `ValidationException`.
        code: String,
        /// The answer blames the server (HTTP status 500 and above), so a write may have happened.
        is_server_error: bool,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The request could not be built or sent. Nothing was written.
    #[error("the request was not sent")]
    NotSent(#[source] Box<dyn Error + Send + Sync>),
    /// There was no readable answer, so a write may have happened.
    #[error("the engine did not answer")]
    NoAnswer(#[source] Box<dyn Error + Send + Sync>),
}

/// The reason why one item of a transaction was not written.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// `DynamoDB`'s code, such as `ConditionalCheckFailed` or `TransactionConflict`.
    pub code: String,
    /// The stored item, if its condition failed and the request wants it.
    pub found: Option<Item>,
}

impl Reason {
    /// The code of a failed condition.
    pub const CONDITION_FAILED: &'static str = "ConditionalCheckFailed";
}
