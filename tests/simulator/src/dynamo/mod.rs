//! DynamoDB in memory: the operations, expressions and answers that the store uses, and no others.
//!
//! Each item keeps its versions, so that a read that is not strongly consistent, or goes through the index, can see
//! what was there some time ago. A transaction takes effect in two steps: it is decided at once and then holds its
//! items, while what it wrote may become visible item by item, as on AWS; whoever else writes one of them meets a
//! conflict.
//!
//! Architecture invariant: nothing here draws a number or knows a clock. How old a read is, and how short a page, comes
//! in with each call.

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

/// Why the engine did not do what was asked.
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

    /// The request is wrong, which the store never should be.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException").with("message", Value::String(message.into()))
    }

    /// A transaction is cancelled; one reason for each of its items.
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

    /// The code, and of a cancelled transaction its reasons: for the trace.
    pub(crate) fn summary(&self) -> String {
        let Some(reasons) = self.rest.get("CancellationReasons").and_then(Value::as_array) else {
            let message = self.rest.get("message").and_then(Value::as_str).unwrap_or_default();
            return format!("{} {message}", self.code).trim_end().to_owned();
        };
        let codes: Vec<_> = reasons.iter().map(|reason| reason["Code"].as_str().unwrap_or("None")).collect();
        format!("cancelled [{}]", codes.join(" "))
    }

    /// The body as the SDK reads it.
    pub(crate) fn body(&self) -> Value {
        let mut body = self.rest.clone();
        let kind = format!("com.amazonaws.dynamodb.v20120810#{}", self.code);
        body.insert("__type".to_owned(), Value::String(kind));
        Value::Object(body)
    }
}

/// The reason of one item of a cancelled transaction.
pub(crate) fn reason(code: &str) -> Value {
    json!({ "Code": code })
}
