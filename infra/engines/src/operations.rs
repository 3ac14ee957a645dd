//! The operations of the table in AWS's JSON format: items, tables, expiry and `PartiQL` statements.
//!
//! Streams, tags and vectors are not supported, because the platform uses none.

use crate::synced_answers::Effect;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The table's answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body as JSON.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn refusal(error: &DynoxideError) -> Self {
        Self { status: error.status_code(), body: error.to_json().into_bytes() }
    }
}

/// The effect of an operation. One that is not known to read may write.
pub(crate) fn effect(operation: &str) -> Effect {
    match operation {
        "BatchGetItem" | "DescribeTable" | "DescribeTimeToLive" | "GetItem" | "ListTables" | "Query"
        | "Scan" | "TransactGetItems" => Effect::Reads,
        _ => Effect::Writes,
    }
}

/// Performs one operation. The answer may be an error.
pub(crate) fn perform(table: &Database, operation: &str, body: &[u8]) -> Answer {
    match operation {
        "BatchGetItem" => ask(body, |request| table.batch_get_item(request)),
        "BatchWriteItem" => ask(body, |request| table.batch_write_item(request)),
        "DeleteItem" => ask(body, |request| table.delete_item(request)),
        "GetItem" => ask(body, |request| table.get_item(request)),
        "PutItem" => ask(body, |request| table.put_item(request)),
        "Query" => ask(body, |request| table.query(request)),
        "Scan" => ask(body, |request| table.scan(request)),
        "TransactGetItems" => ask(body, |request| table.transact_get_items(request)),
        "TransactWriteItems" => ask(body, |request| table.transact_write_items(request)),
        "UpdateItem" => ask(body, |request| table.update_item(request)),
        _ => administer(table, operation, body),
    }
}

fn administer(table: &Database, operation: &str, body: &[u8]) -> Answer {
    match operation {
        "BatchExecuteStatement" => ask(body, |request| table.batch_execute_statement(request)),
        "CreateTable" => ask(body, |request| table.create_table(request)),
        "DeleteTable" => ask(body, |request| table.delete_table(request)),
        "DescribeTable" => ask(body, |request| table.describe_table(request)),
        "DescribeTimeToLive" => ask(body, |request| table.describe_time_to_live(request)),
        "ExecuteStatement" => ask(body, |request| table.execute_statement(request)),
        "ExecuteTransaction" => ask(body, |request| table.execute_transaction(request)),
        "ListTables" => ask(body, |request| table.list_tables(request)),
        "UpdateTable" => ask(body, |request| table.update_table(request)),
        "UpdateTimeToLive" => ask(body, |request| table.update_time_to_live(request)),
        _ => unknown_operation(),
    }
}

fn ask<Request: DeserializeOwned, Response: Serialize>(
    body: &[u8],
    call: impl FnOnce(Request) -> Result<Response, DynoxideError>,
) -> Answer {
    let request = serde_json::from_slice(body).map_err(|error| unreadable(&error));
    let answer = request.and_then(call).and_then(|response| {
        serde_json::to_vec(&response).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
    });
    answer.map_or_else(|error| Answer::refusal(&error), |body| Answer { status: 200, body })
}

/// AWS's message for a malformed request. The library's parsers prefix their message with `VALIDATION:` or
/// `SERIALIZATION:`, with variants. Other parsers append the position, which AWS does not.
fn unreadable(error: &serde_json::Error) -> DynoxideError {
    let said = error.to_string();
    let sentence = said.rsplit_once(" at line ").map_or(said.as_str(), |(sentence, _)| sentence);
    let is_marked =
        |mark: &str| !mark.is_empty() && mark.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'_'));
    match sentence.split_once(':').filter(|(mark, _)| is_marked(mark)) {
        Some((mark, sentence)) if mark.starts_with("VALIDATION") => {
            DynoxideError::ValidationException(sentence.to_owned())
        }
        Some((_, sentence)) => DynoxideError::SerializationException(sentence.to_owned()),
        None if sentence.starts_with("missing field") || sentence.starts_with("unknown variant") => {
            DynoxideError::ValidationException(sentence.to_owned())
        }
        None => DynoxideError::SerializationException(sentence.to_owned()),
    }
}

fn unknown_operation() -> Answer {
    let body = br#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;
    Answer { status: 400, body: body.to_vec() }
}
