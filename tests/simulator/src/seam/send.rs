//! Sending: messages that are lost, late, duplicated, refused, or sent without an answer.

use super::queue::{QueueCall, QueueReply, change, decoded, encoded};
use super::table::REJECTIONS;
use crate::hazard::Hazard;
use crate::mutation::{Mutation, is_of_sweep};
use crate::violation::Violation;
use crate::world::World;
use embedded_sqs::core::requests::{Batch, OutgoingMessage, QueueName, SendMessage};
use serde_json::{Value, json};
use std::time::Duration;

/// Texts in the record of a dead letter that only a defect of the code causes.
const DEFECTS: [&str; 4] =
    ["is corrupt", "rejected the request", "panicked", "does not match the hash published"];

/// Sends jobs, each with hazards of its own.
pub(super) async fn send_batch(mut call: QueueCall) {
    if call.strike(Hazard::SendTrouble) {
        call.note(format_args!("Send {} -> 500, not sent", call.queue()));
        return call.answer_trouble().await;
    }
    let queue = call.queue().to_owned();
    call.world.lock().mutate_sending(&queue, &mut call.request);
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
        let is_settlement = queue == "settle";
        if call.strike(Hazard::MessageLost) || is_settlement && call.strike(Hazard::SettlementLost) {
            call.note(format_args!("{name} is lost"));
            call.world.lock().answers.lost.push(body.to_owned());
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
        if call.strike(Hazard::MessageRepeated) {
            let late = call.world.lock().dice.milliseconds(301_000..=360_000);
            send_later(&call, &entry, late, name);
        }
        kept.push(entry);
    }
    if !kept.is_empty() {
        call.request["Entries"] = Value::Array(kept.clone());
        let sent = decoded::<Batch<OutgoingMessage>>(call.request.clone())
            .and_then(|request| change(&call.world, |core, now| core.send_message_batch(request, now)));
        match sent.map(encoded) {
            Ok(sent) => {
                check_sent(&call.world, &kept, &sent);
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
    call.answer(QueueReply(200, json!({ "Successful": successful, "Failed": failed }))).await;
}

/// Checks that the sweeper's messages were not deduplicated.
fn check_sent(world: &World, entries: &[Value], sent: &Value) {
    let now_ms = world.elapsed_ms();
    for answer in sent["Successful"].as_array().into_iter().flatten() {
        let message = answer["MessageId"].as_str().unwrap_or_default();
        let entry = entries.iter().find(|entry| entry["Id"] == answer["Id"] && is_of_sweep(entry));
        let mut state = world.lock();
        let Some((entry, began_ms)) = entry.zip(state.swept_ms) else {
            state.deliveries.sent(message, now_ms);
            continue;
        };
        let name = entry["MessageDeduplicationId"].as_str().unwrap_or_default();
        let swallowed = state.deliveries.swept(message, name, began_ms);
        drop(state);
        if let Some(sentence) = swallowed {
            world.violated(Violation::new("M6", sentence));
        }
    }
}

fn send_later(call: &QueueCall, entry: &Value, late: Duration, name: &str) {
    let (world, url) = (call.world.clone(), call.request["QueueUrl"].clone());
    let mut entry = entry.clone();
    entry["MessageDeduplicationId"] = name.into();
    tokio::spawn(async move {
        world.sleep(late).await;
        send_now(&world, url.as_str().unwrap_or_default(), &entry);
    });
}

/// Sends a message directly, past all hazards.
pub(crate) fn send_now(world: &World, url: &str, message: &Value) {
    let Ok(message) = decoded::<OutgoingMessage>(message.clone()) else { return };
    let request = SendMessage { queue: QueueName::from_url(url), message };
    let sent = change(world, |core, now| core.send_message(request, now));
    if let Err(refusal) = sent {
        world.violated(Violation::new("defect", format!("A message was refused: {refusal}")));
    }
}

/// Sends the record of a job that was given up.
pub(super) async fn send_record(call: QueueCall) {
    let body = call.request["MessageBody"].as_str().unwrap_or_default();
    call.note(format_args!("Send {} {body}", call.queue()));
    let record: Value = serde_json::from_str(body).unwrap_or_default();
    let error = record["error"].as_str().unwrap_or_default();
    let is_injected = REJECTIONS.iter().any(|code| error.contains(code));
    if !is_injected && DEFECTS.iter().any(|defect| error.contains(defect)) {
        call.world.violated(Violation::new(
            "defect",
            format!("A job was given up: {error}: {}", record["originalJob"]),
        ));
    }
    call.world.lock().answers.lost.push(record["originalJob"].to_string().replace("\\\"", "\""));
    if call.strike(Hazard::SendTrouble) {
        return call.answer_trouble().await;
    }
    if call.world.lock().has(Mutation::RecordForgotten) {
        return call.answer(QueueReply(200, json!({ "MessageId": "forgotten" }))).await;
    }
    let sent = decoded::<SendMessage>(call.request.clone())
        .and_then(|request| change(&call.world, |core, now| core.send_message(request, now)));
    if sent.is_ok() {
        let message = record["messageId"].as_str().unwrap_or_default();
        call.world.lock().deliveries.recorded(message);
    }
    if call.strike(Hazard::SendTroubleAfter) {
        return call.answer_trouble().await;
    }
    call.answer_queue(sent.map(encoded)).await;
}
