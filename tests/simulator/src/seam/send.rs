//! Sending: messages that are lost, late, duplicated, refused, or sent without an answer.

use super::queue::{Answer, QueueCall, change};
use super::table::REJECTIONS;
use crate::hazard::Hazard;
use crate::mutation::{Mutation, is_of_sweep};
use crate::violation::Violation;
use crate::world::World;
use embedded_sqs::core::{BatchAnswer, SentMessage};
use evens_engines::queue_calls::{refused, sending, sending_all};
use evens_queues::{OutgoingMessage, RefusedEntry};
use serde_json::Value;
use std::time::Duration;

/// Texts in the record of a dead letter that only a defect of the code causes.
const DEFECTS: [&str; 4] =
    ["is corrupt", "rejected the request", "panicked", "does not match the hash published"];

/// Sends jobs, each with hazards of its own.
pub(super) async fn send_batch(call: QueueCall, mut messages: Vec<OutgoingMessage>) {
    if call.strike(Hazard::SendTrouble) {
        call.note(format_args!("Send {} -> 500, not sent", call.queue()));
        return call.answer_trouble().await;
    }
    let queue = call.queue().to_owned();
    call.world.lock().mutate_sending(&queue, &mut messages);
    let (mut kept, mut not_sent) = (Vec::new(), Vec::new());
    for (index, message) in messages.into_iter().enumerate() {
        match send_one(&call, message) {
            Sending::Now(message) => kept.push((index, message)),
            Sending::Refused => {
                not_sent.push(RefusedEntry { index, code: "InternalError".to_owned(), sender_fault: false });
            }
            Sending::Later => {}
        }
    }
    if !kept.is_empty() {
        let request = sending_all(&call.request.url, kept.iter().map(|(_, message)| message.clone()));
        match change(&call.world, |core, now| core.send_message_batch(request, now)) {
            Ok(sent) => {
                check_sent(&call.world, &kept, &sent);
                let refused = refused(sent.failed).into_iter();
                let place = |index: usize| kept.get(index).map_or(usize::MAX, |(index, _)| *index);
                not_sent.extend(refused.map(|entry| RefusedEntry { index: place(entry.index), ..entry }));
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
    call.answer(Ok(Answer::Refused(not_sent))).await;
}

/// The fate of a message.
enum Sending {
    Now(OutgoingMessage),
    Refused,
    /// It is lost, or comes later.
    Later,
}

fn send_one(call: &QueueCall, message: OutgoingMessage) -> Sending {
    let (name, body) = (message.deduplication_id.clone(), &message.body);
    call.note(format_args!("Send {} [{}] {name} {body}", call.queue(), message.group));
    if call.strike(Hazard::EntryRefused) {
        return Sending::Refused;
    }
    let is_settlement = call.queue() == "settle";
    if call.strike(Hazard::MessageLost) || is_settlement && call.strike(Hazard::SettlementLost) {
        call.note(format_args!("{name} is lost"));
        call.world.lock().answers.lost.push(body.clone());
        return Sending::Later;
    }
    if call.strike(Hazard::MessageDelayed) {
        let late = call.world.lock().dice.milliseconds(100..=120_000);
        call.note(format_args!("{name} is late by {} ms", late.as_millis()));
        send_later(call, &message, late, name);
        return Sending::Later;
    }
    if call.strike(Hazard::MessageDoubled) {
        let late = call.world.lock().dice.milliseconds(0..=20_000);
        send_later(call, &message, late, format!("{name}:again:{}", call.world.elapsed_ms()));
    }
    if call.strike(Hazard::MessageRepeated) {
        let late = call.world.lock().dice.milliseconds(301_000..=360_000);
        send_later(call, &message, late, name);
    }
    Sending::Now(message)
}

/// Checks that the sweeper's messages were not deduplicated.
fn check_sent(world: &World, kept: &[(usize, OutgoingMessage)], sent: &BatchAnswer<SentMessage>) {
    let now_ms = world.elapsed_ms();
    for answer in &sent.successful {
        let id = &answer.item.message_id;
        let index: Option<usize> = answer.id.parse().ok();
        let message = index.and_then(|index| kept.get(index)).map(|(_, message)| message);
        let mut state = world.lock();
        let Some((message, began_ms)) = message.filter(|message| is_of_sweep(message)).zip(state.swept_ms)
        else {
            state.deliveries.sent(id, now_ms);
            continue;
        };
        let swallowed = state.deliveries.swept(id, &message.deduplication_id, began_ms);
        drop(state);
        if let Some(sentence) = swallowed {
            world.violated(Violation::new("M6", sentence));
        }
    }
}

fn send_later(call: &QueueCall, message: &OutgoingMessage, late: Duration, deduplication_id: String) {
    let (world, url) = (call.world.clone(), call.request.url.clone());
    let message = OutgoingMessage { deduplication_id, ..message.clone() };
    tokio::spawn(async move {
        world.sleep(late).await;
        send_now(&world, &url, &message);
    });
}

/// Sends a message directly, past all hazards.
pub(crate) fn send_now(world: &World, url: &str, message: &OutgoingMessage) {
    let request = sending(url, message.clone());
    let sent = change(world, |core, now| core.send_message(request, now));
    if let Err(refusal) = sent {
        world.violated(Violation::new("defect", format!("A message was refused: {refusal}")));
    }
}

/// Sends the record of a job that was given up.
pub(super) async fn send_record(call: QueueCall, message: OutgoingMessage) {
    let body = &message.body;
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
        return call.answer(Ok(Answer::Done)).await;
    }
    let request = sending(&call.request.url, message.clone());
    let sent = change(&call.world, |core, now| core.send_message(request, now));
    if sent.is_ok() {
        let message = record["messageId"].as_str().unwrap_or_default();
        call.world.lock().deliveries.recorded(message);
    }
    if call.strike(Hazard::SendTroubleAfter) {
        return call.answer_trouble().await;
    }
    call.answer_queue(sent.map(|_| Answer::Done)).await;
}
