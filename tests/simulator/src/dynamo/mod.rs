//! An in-memory DynamoDB with exactly the operations, expressions and answers that the store uses.
//!
//! Each item keeps its versions, so that an eventually consistent read or an index query can return an older one. A
//! transaction has two steps. First it is decided and locks its items. Then its writes become visible, possibly one by
//! one, as on AWS. Another write to a locked item gets a conflict.
//!
//! Architecture invariant: this module has no random numbers and no clock. The age of a read and the size of a page are
//! arguments of each call.

#[cfg(test)]
mod differential;
mod expression;
pub(crate) mod item;
mod reads;
mod table;
mod writes;

pub(crate) use reads::View;
pub(crate) use table::Table;
pub(crate) use writes::Transaction;

use serde_json::{Map, Value, json};

/// The reason why a request failed.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) code: String,
    rest: Map<String, Value>,
}

impl Fault {
    pub(crate) fn new(status: u16, code: &str) -> Self {
        Self { status, code: code.to_owned(), rest: Map::new() }
    }

    /// An invalid request, which the store must never send.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException").with("message", Value::String(message.into()))
    }

    /// A cancelled transaction, with one reason per item.
    pub(crate) fn cancelled(reasons: Vec<Value>) -> Self {
        let codes: Vec<_> = reasons.iter().map(|reason| reason["Code"].as_str().unwrap_or("None")).collect();
        let message = format!("Transaction cancelled: [{}]", codes.join(", "));
        Self::new(400, "TransactionCanceledException")
            .with("Message", Value::String(message))
            .with("CancellationReasons", Value::Array(reasons))
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.rest.insert(name.to_owned(), value);
        self
    }

    /// The code, and the reasons of a cancelled transaction, for the trace.
    pub(crate) fn summary(&self) -> String {
        let Some(reasons) = self.rest.get("CancellationReasons").and_then(Value::as_array) else {
            let message = self.rest.get("message").and_then(Value::as_str).unwrap_or_default();
            return format!("{} {message}", self.code).trim_end().to_owned();
        };
        let codes: Vec<_> = reasons.iter().map(|reason| reason["Code"].as_str().unwrap_or("None")).collect();
        format!("cancelled [{}]", codes.join(" "))
    }

    /// The body in the format that the SDK reads.
    pub(crate) fn body(&self) -> Value {
        let mut body = self.rest.clone();
        let kind = format!("com.amazonaws.dynamodb.v20120810#{}", self.code);
        body.insert("__type".to_owned(), Value::String(kind));
        Value::Object(body)
    }
}

/// The reason for one item of a cancelled transaction.
pub(crate) fn reason(code: &str) -> Value {
    json!({ "Code": code })
}
