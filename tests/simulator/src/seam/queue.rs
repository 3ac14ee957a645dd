//! Queue calls and their hazards.

use super::{Call, send};
use crate::deliveries::{Delivered, job};
use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::violation::Violation;
use crate::world::World;
use embedded_sqs::core::requests::{Batch, Deletion, GetQueueAttributes, ReceiveMessage, VisibilityChange};
use embedded_sqs::core::{Change, Core, ReceivedMessage, ReceivedMessages, Refusal, Timestamp};
use serde_json::{Value, json};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

pub(super) type Answer = Result<Value, Refusal>;

pub(super) type QueueCall = Call<Value, QueueReply>;

/// The status and the body of an answer.
#[derive(Debug)]
pub(super) struct QueueReply(pub(super) u16, pub(super) Value);

/// The operations of queues.
pub(super) const OPERATIONS: [&str; 6] = [
    "ReceiveMessage",
    "SendMessageBatch",
    "SendMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibilityBatch",
    "GetQueueAttributes",
];

pub(super) async fn serve(mut call: QueueCall) {
    let way = call.way();
    if !way.is_zero() {
        call.world.sleep(way).await;
    }
    let is_hiding = call.operation == "ChangeMessageVisibilityBatch";
    if is_hiding && call.world.lock().has(Mutation::DeleteFailed) {
        call.operation = "DeleteMessageBatch";
    }
    if call.strike(Hazard::QueueThrottled) {
        return call.answer_throttled().await;
    }
    match call.operation {
        "ReceiveMessage" => receive(call).await,
        "SendMessageBatch" => send::send_batch(call).await,
        "SendMessage" => send::send_record(call).await,
        "DeleteMessageBatch" => delete(call).await,
        "ChangeMessageVisibilityBatch" => hide(call).await,
        _ => count(call).await,
    }
}

/// Calls the core, and notifies waiters of receivable messages.
pub(crate) fn change<T>(world: &World, call: impl FnOnce(&mut Core, Timestamp) -> T) -> T {
    let now = world.queue_time();
    let mut state = world.lock();
    let answer = call(&mut state.queues, now);
    let effects = state.queues.take_effects();
    for queue in effects.woken {
        if let Some(bell) = state.bells.get(&queue) {
            bell.notify_waiters();
        }
    }
    // A queue itself moves a message to the dead-letter queue when processes have died over it too often.
    let given_up = effects.changes.iter().filter_map(|change| match change {
        Change::PutMessage(message) if message.content.dead_letter_source.is_some() => {
            Some(message.content.body.clone())
        }
        _ => None,
    });
    state.answers.lost.extend(given_up);
    state.backlogs.take_in(effects.changes);
    answer
}

/// Parses a request into the core's type.
pub(super) fn decoded<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, Refusal> {
    serde_json::from_value(request).map_err(|_| Refusal::MissingParameter("a readable request"))
}

pub(super) fn encoded(answer: impl serde::Serialize) -> Value {
    serde_json::to_value(answer).unwrap_or_default()
}

impl QueueCall {
    /// Sends the core's answer.
    pub(super) async fn answer_queue(self, answer: Answer) {
        let reply = match answer {
            Ok(body) => QueueReply(200, body),
            Err(refusal) => {
                self.note(format_args!("{} -> {refusal}", self.operation));
                QueueReply(400, json!({ "__type": format!("com.amazonaws.sqs#{}", refusal.shape()) }))
            }
        };
        self.answer(reply).await;
    }

    /// Answers that the request is throttled.
    async fn answer_throttled(self) {
        let codes =
            ["com.amazonaws.sqs#RequestThrottled", "com.amazon.coral.availability#ThrottlingException"];
        let code = self.world.lock().dice.pick(&codes).unwrap_or_default();
        self.note(format_args!("{} {} -> throttled", self.operation, self.queue()));
        self.answer(QueueReply(400, json!({ "__type": code }))).await;
    }

    /// Answers with an internal error.
    pub(super) async fn answer_trouble(self) {
        let body = json!({ "__type": "com.amazon.coral.service#InternalFailure" });
        self.answer(QueueReply(500, body)).await;
    }

    /// The short name of the queue in the URL.
    pub(super) fn queue(&self) -> &str {
        let url = self.request["QueueUrl"].as_str().unwrap_or_default();
        let name = url.rsplit('/').next().unwrap_or_default();
        name.trim_start_matches("evens-local-").trim_end_matches(".fifo")
    }
}

async fn receive(mut call: QueueCall) {
    let mut request: ReceiveMessage = match decoded(call.request.clone()) {
        Ok(request) => request,
        Err(refusal) => return call.answer_queue(Err(refusal)).await,
    };
    if call.strike(Hazard::ReceiveTrouble) {
        return call.answer_trouble().await;
    }
    if call.strike(Hazard::VisibilityShort) {
        let seconds = call.world.lock().dice.number(0..=4);
        request.visibility_timeout = i64::try_from(seconds).ok();
    }
    let wait_end = Instant::now()
        + Duration::from_secs(
            request.wait_time_seconds.and_then(|wait| u64::try_from(wait).ok()).unwrap_or(0),
        );
    loop {
        let bell = {
            let mut state = call.world.lock();
            match state.queues.queue_id(&request.queue) {
                Ok(queue) => Arc::clone(state.bells.entry(queue).or_default()),
                Err(_) => return,
            }
        };
        let mut rung = pin!(bell.notified());
        rung.as_mut().enable();
        if call.reply.is_closed() {
            return;
        }
        let received = match change(&call.world, |core, now| core.receive_message(&request, now)) {
            Ok(received) => received,
            Err(refusal) => return call.answer_queue(Err(refusal)).await,
        };
        if !received.deliveries.is_empty() || Instant::now() >= wait_end {
            let deliveries = received.deliveries.into_iter();
            let messages: Vec<_> =
                deliveries.map(|delivery| ReceivedMessage::new(delivery, &request)).collect();
            return deliver(call, ReceivedMessages { messages }).await;
        }
        let now_ms = call.world.now_ms();
        let next_look = received.next_deadline.map(|deadline| {
            let until = deadline.milliseconds().saturating_sub(now_ms).max(1);
            Instant::now() + Duration::from_millis(until)
        });
        let next_look = next_look.map_or(wait_end, |look| look.min(wait_end));
        tokio::select! {
            biased;
            () = call.reply.closed() => return,
            () = rung => {}
            () = tokio::time::sleep_until(next_look) => {}
        }
    }
}

async fn deliver(call: QueueCall, received: ReceivedMessages) {
    if received.messages.is_empty() {
        return call.answer_queue(Ok(encoded(received))).await;
    }
    for message in &received.messages {
        let count = message.attributes.get("ApproximateReceiveCount").map_or("?", String::as_str);
        call.note(format_args!("Receive {} #{count} {}", call.queue(), message.body));
    }
    if call.strike(Hazard::ReceiveLost) {
        call.note(format_args!("Receive {}: the answer is lost", call.queue()));
        return;
    }
    take_in(&call, &received.messages);
    if call.world.lock().has(Mutation::DeleteBeforeWork) {
        delete_now(&call, &received.messages);
    }
    let mut answer = encoded(received);
    call.world.lock().mutate_received(&mut answer);
    call.answer_queue(Ok(answer)).await;
}

/// Deletes delivered messages at once, as if the process had requested it.
fn delete_now(call: &QueueCall, messages: &[ReceivedMessage]) {
    let entries = messages.iter().enumerate();
    let entries =
        entries.map(|(id, message)| json!({ "Id": id.to_string(), "ReceiptHandle": message.receipt_handle }));
    let request = json!({ "QueueUrl": call.request["QueueUrl"], "Entries": entries.collect::<Vec<_>>() });
    if let Ok(request) = decoded::<Batch<Deletion>>(request) {
        check_deletion(call, &request);
        let _ = change(&call.world, |core, now| core.delete_message_batch(request, now));
    }
}

/// Records the messages delivered to a process.
fn take_in(call: &QueueCall, messages: &[ReceivedMessage]) {
    let now_ms = call.world.elapsed_ms();
    let batch = messages.iter().map(|message| {
        let group = message.attributes.get("MessageGroupId").map(String::as_str).unwrap_or_default();
        let job = job(call.queue(), &message.body);
        let delivered = Delivered::new(&message.message_id, group, job.as_ref(), now_ms);
        (message.receipt_handle.clone(), delivered)
    });
    call.world.lock().deliveries.receive(batch.collect());
}

/// Checks that every deleted message is finished.
fn check_deletion(call: &QueueCall, request: &Batch<Deletion>) {
    let receipts: Vec<_> = request.entries.iter().map(|entry| entry.item.receipt_handle.as_str()).collect();
    let violations = call.world.lock().deliveries.delete(call.who, &receipts);
    for sentence in violations {
        call.world.violated(Violation::new("M6", sentence));
    }
}

async fn delete(call: QueueCall) {
    let request: Batch<Deletion> = match decoded(call.request.clone()) {
        Ok(request) => request,
        Err(refusal) => return call.answer_queue(Err(refusal)).await,
    };
    call.note(format_args!("Delete {} {} messages", call.queue(), request.entries.len()));
    check_deletion(&call, &request);
    if call.strike(Hazard::DeleteTrouble) {
        return call.answer_trouble().await;
    }
    let is_late = call.strike(Hazard::DeleteLate);
    if is_late || call.strike(Hazard::DeleteLost) {
        let ids: Vec<_> = request.entries.iter().map(|entry| json!({ "Id": entry.id })).collect();
        if is_late {
            let late = call.world.lock().dice.milliseconds(1_000..=90_000);
            let world = call.world.clone();
            tokio::spawn(async move {
                world.sleep(late).await;
                // The receipts may be outdated, so the result is ignored.
                let _ = change(&world, |core, now| core.delete_message_batch(request, now));
            });
        }
        return call.answer_queue(Ok(json!({ "Successful": ids, "Failed": [] }))).await;
    }
    let answer = change(&call.world, |core, now| core.delete_message_batch(request, now));
    call.answer_queue(answer.map(encoded)).await;
}

async fn hide(call: QueueCall) {
    let request: Batch<VisibilityChange> = match decoded(call.request.clone()) {
        Ok(request) => request,
        Err(refusal) => return call.answer_queue(Err(refusal)).await,
    };
    call.note(format_args!("Hide {} {} messages", call.queue(), request.entries.len()));
    if call.strike(Hazard::HideTrouble) {
        return call.answer_trouble().await;
    }
    let answer = change(&call.world, |core, now| core.change_message_visibility_batch(request, now));
    call.answer_queue(answer.map(encoded)).await;
}

async fn count(call: QueueCall) {
    let request: GetQueueAttributes = match decoded(call.request.clone()) {
        Ok(request) => request,
        Err(refusal) => return call.answer_queue(Err(refusal)).await,
    };
    let answer = change(&call.world, |core, now| core.queue_attributes(&request, now));
    call.answer_queue(answer.map(|attributes| json!({ "Attributes": attributes }))).await;
}
