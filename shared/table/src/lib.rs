//! The calls that the store makes to its table: items, requests, answers and failures, and [`Table`], which engines
//! implement.
//!
//! Conditions, updates and projections are expressions in the language of `DynamoDB`, with their placeholders. Each
//! request converts into one of the AWS SDK and into one of the embedded engine field by field.
//!
//! Architecture invariant: no type of the AWS SDK or of an engine is here, and no key or attribute is named.

mod answer;
mod item;
mod read;
mod table;
mod write;

pub use answer::{AnswerWithCost, ConsumedUnits, Failure, FoundBatch, Page, Reason};
pub use item::{AttributeValue, Item, Placeholders};
pub use read::{Get, Query, Scan, Segment};
pub use table::{Answer, Table};
pub use write::{Check, Condition, Delete, Put, ReturnValues, Update, Write};
