//! Calls of the SDK to the queues: requests parsed from AWS's JSON, and answers written in it.

use super::queue::{Answer, Operation, Reply, Request};
use evens_contracts::TraceParent;
use evens_engines::queue_calls::COUNTS;
use evens_queues::{Message, OutgoingMessage, QueueCounts, ReceiveRequest, RefusedEntry};
use serde_json::{Value, json};
use std::time::Duration;

/// Parses a request. `None` if the system never makes it.
pub(super) fn request(operation: &str, body: &Value) -> Option<Request> {
    let entries = || body["Entries"].as_array().into_iter().flatten();
    let receipts = || entries().map(|entry| text(&entry["ReceiptHandle"])).collect();
    let operation = match operation {
        "SendMessageBatch" => Operation::SendBatch(entries().map(outgoing).collect()),
        "SendMessage" => Operation::Send(outgoing(body)),
        "ReceiveMessage" => Operation::Receive(ReceiveRequest {
            messages_max: number(&body["MaxNumberOfMessages"]),
            visibility_timeout: Duration::from_secs(number(&body["VisibilityTimeout"]).into()),
            wait: Duration::from_secs(number(&body["WaitTimeSeconds"]).into()),
        }),
        "DeleteMessageBatch" => Operation::DeleteBatch(receipts()),
        "ChangeMessageVisibilityBatch" => {
            let seconds = entries().next().map(|entry| number(&entry["VisibilityTimeout"]));
            Operation::HideBatch(receipts(), seconds.unwrap_or_default())
        }
        "GetQueueAttributes" => Operation::Count,
        _ => return None,
    };
    Some(Request { url: text(&body["QueueUrl"]), operation })
}

fn outgoing(fields: &Value) -> OutgoingMessage {
    let attribute = |name| fields["MessageAttributes"][name]["StringValue"].as_str();
    OutgoingMessage {
        body: text(&fields["MessageBody"]),
        group: text(&fields["MessageGroupId"]),
        deduplication_id: text(&fields["MessageDeduplicationId"]),
        trace: attribute(Message::TRACE_ATTRIBUTE).map(str::to_owned),
        traceparent: attribute(TraceParent::NAME).and_then(|text| text.parse().ok()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|number| number.try_into().ok()).unwrap_or_default()
}

/// The status and the body of a reply.
pub(super) fn answer(request: &Request, reply: Reply) -> (u16, Value) {
    match reply {
        Ok(Answer::Refused(refused)) => (200, batch_json(request, &refused)),
        Ok(Answer::Received(messages)) => {
            (200, json!({ "Messages": messages.iter().map(message_json).collect::<Vec<_>>() }))
        }
        Ok(Answer::Counts(QueueCounts { visible, not_visible, delayed })) => {
            let counts = COUNTS.into_iter().zip([visible, not_visible, delayed]);
            let counts = counts.map(|(name, count)| (name.to_owned(), json!(count.to_string())));
            (200, json!({ "Attributes": counts.collect::<serde_json::Map<_, _>>() }))
        }
        Ok(Answer::Done) => (200, json!({ "MessageId": "sent", "MD5OfMessageBody": "" })),
        Err(fault) => (fault.status, json!({ "__type": fault.kind })),
    }
}

fn batch_json(request: &Request, refused: &[RefusedEntry]) -> Value {
    let count = match &request.operation {
        Operation::SendBatch(messages) => messages.len(),
        Operation::DeleteBatch(receipts) | Operation::HideBatch(receipts, _) => receipts.len(),
        Operation::Send(_) | Operation::Receive(_) | Operation::Count => 0,
    };
    let is_done = |index: &usize| refused.iter().all(|entry| entry.index != *index);
    let done = (0..count).filter(is_done);
    let done = done.map(|index| json!({ "Id": index.to_string(), "MessageId": "", "MD5OfMessageBody": "" }));
    let failed = refused.iter().map(|entry| {
        json!({ "Id": entry.index.to_string(), "Code": entry.code, "SenderFault": entry.sender_fault })
    });
    json!({ "Successful": done.collect::<Vec<_>>(), "Failed": failed.collect::<Vec<_>>() })
}

fn message_json(message: &Message) -> Value {
    let sent_ms = message.sent_at.map(|at| at.as_millisecond().to_string()).unwrap_or_default();
    let attribute = |text: &Option<String>| json!({ "DataType": "String", "StringValue": text });
    let mut attributes = json!({});
    if message.trace.is_some() {
        attributes[Message::TRACE_ATTRIBUTE] = attribute(&message.trace);
    }
    if let Some(parent) = message.traceparent {
        attributes[TraceParent::NAME] = attribute(&Some(parent.to_string()));
    }
    json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "Attributes": {
            "ApproximateReceiveCount": message.attempt.to_string(),
            "MessageGroupId": message.group,
            "SentTimestamp": sent_ms,
        },
        "MessageAttributes": attributes,
    })
}
