//! Sending: messages that are lost, late, doubled, refused, or sent without anybody being told.

use super::queue::{change, decoded, encoded};
use super::{Call, Reply};
use crate::hazard::Hazard;
use crate::violation::Violation;
use crate::world::World;
use embedded_sqs::core::requests::{Batch, OutgoingMessage, QueueName, SendMessage};
use serde_json::{Value, json};
use std::time::Duration;

/// What only a defect of the code puts into the record of a job that was given up.
const DEFECTS: [&str; 4] = ["is corrupt", "rejected the request", "panicked", "is not the one whose hash"];

/// Jobs, each with a fate of its own.
pub(super) async fn send_batch(mut call: Call) {
    if call.strike(Hazard::SendTrouble) {
        call.note(format_args!("Send {} -> 500, not sent", call.queue()));
        return call.answer_trouble().await;
    }
    let entries = call.request["Entries"].as_array().cloned().unwrap_or_default();
    let (mut kept, mut successful, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let (id, body) = (&entry["Id"], entry["MessageBody"].as_str().unwrap_or_default());
        let group = entry["MessageGroupId"].as_str().unwrap_or_default();
        let name = entry["MessageDeduplicationId"].as_str().unwrap_or_default();
        call.note(format_args!("Send {} [{group}] {name} {body}", call.queue()));
        if call.strike(Hazard::EntryRefused) {
            failed.push(json!({ "Id": id, "SenderFault": false, "Code": "InternalError" }));
            continue;
        }
        let is_settlement = call.queue() == "settle";
        if call.strike(Hazard::MessageLost) || is_settlement && call.strike(Hazard::SettlementLost) {
            call.note(format_args!("{name} is lost"));
            successful.push(json!({ "Id": id, "MessageId": "lost", "MD5OfMessageBody": "" }));
            continue;
        }
        if call.strike(Hazard::MessageDelayed) {
            let late = call.world.lock().dice.milliseconds(100..=120_000);
            call.note(format_args!("{name} is late by {} ms", late.as_millis()));
            send_later(&call, &entry, late, name);
            successful.push(json!({ "Id": id, "MessageId": "late", "MD5OfMessageBody": "" }));
            continue;
        }
        if call.strike(Hazard::MessageDoubled) {
            let late = call.world.lock().dice.milliseconds(0..=20_000);
            send_later(&call, &entry, late, &format!("{name}:again:{}", call.world.elapsed_ms()));
        }
        kept.push(entry);
    }
    if !kept.is_empty() {
        call.request["Entries"] = Value::Array(kept);
        let sent = decoded::<Batch<OutgoingMessage>>(call.request.clone())
            .and_then(|request| change(&call.world, |core, now| core.send_message_batch(request, now)));
        match sent.map(encoded) {
            Ok(sent) => {
                successful.extend(sent["Successful"].as_array().cloned().unwrap_or_default());
                failed.extend(sent["Failed"].as_array().cloned().unwrap_or_default());
            }
            Err(refusal) => return call.answer_queue(Err(refusal)).await,
        }
    }
    if call.strike(Hazard::SendTroubleAfter) {
        return call.answer_trouble().await;
    }
    if call.strike(Hazard::SendTimeOutAfter) {
        return;
    }
    call.answer(Reply::Answer(200, json!({ "Successful": successful, "Failed": failed }))).await;
}

fn send_later(call: &Call, entry: &Value, late: Duration, name: &str) {
    let (world, url) = (call.world.clone(), call.request["QueueUrl"].clone());
    let mut entry = entry.clone();
    entry["MessageDeduplicationId"] = name.into();
    tokio::spawn(async move {
        world.sleep(late).await;
        send_now(&world, url.as_str().unwrap_or_default(), &entry);
    });
}

/// Sends a message, past everything that can go wrong.
pub(crate) fn send_now(world: &World, url: &str, message: &Value) {
    let Ok(message) = decoded::<OutgoingMessage>(message.clone()) else { return };
    let request = SendMessage { queue: QueueName::from_url(url), message };
    let sent = change(world, |core, now| core.send_message(request, now));
    if let Err(refusal) = sent {
        world.violated(Violation::new("defect", format!("A message was refused: {refusal}")));
    }
}

/// The record of a job that was given up.
pub(super) async fn send_record(call: Call) {
    let body = call.request["MessageBody"].as_str().unwrap_or_default();
    call.note(format_args!("Send {} {body}", call.queue()));
    let record: Value = serde_json::from_str(body).unwrap_or_default();
    let error = record["error"].as_str().unwrap_or_default();
    if DEFECTS.iter().any(|defect| error.contains(defect)) {
        call.world.violated(Violation::new(
            "defect",
            format!("A job was given up: {error}: {}", record["originalJob"]),
        ));
    }
    if call.strike(Hazard::SendTrouble) {
        return call.answer_trouble().await;
    }
    let sent = decoded::<SendMessage>(call.request.clone())
        .and_then(|request| change(&call.world, |core, now| core.send_message(request, now)));
    if call.strike(Hazard::SendTroubleAfter) {
        return call.answer_trouble().await;
    }
    call.answer_queue(sent.map(encoded)).await;
}
