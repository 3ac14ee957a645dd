//! Queue calls and their hazards.

use super::{Call, leave, send};
use crate::deliveries::{Delivered, job};
use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::violation::Violation;
use crate::world::{Who, World};
use embedded_sqs::core::{Change, Core, Refusal, Timestamp};
use evens_engines::queue_calls::{counting, counts, deletions, hiding, message, receiving, refused};
use evens_queues::{Message, OutgoingMessage, QueueCounts, ReceiveRequest, RefusedEntry};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

pub(super) type QueueCall = Call<Request, Reply>;

/// A call of a queue, by the queue's URL.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) url: String,
    pub(super) operation: Operation,
}

#[derive(Debug, Clone)]
pub(super) enum Operation {
    SendBatch(Vec<OutgoingMessage>),
    Send(OutgoingMessage),
    Receive(ReceiveRequest),
    /// Deletes messages by their receipts.
    DeleteBatch(Vec<String>),
    /// Hides messages for a number of seconds.
    HideBatch(Vec<String>, u32),
    Count,
}

impl Operation {
    /// SQS's name of the operation.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::SendBatch(_) => "SendMessageBatch",
            Self::Send(_) => "SendMessage",
            Self::Receive(_) => "ReceiveMessage",
            Self::DeleteBatch(_) => "DeleteMessageBatch",
            Self::HideBatch(..) => "ChangeMessageVisibilityBatch",
            Self::Count => "GetQueueAttributes",
        }
    }
}

/// The answer to a call, or the reason why the call failed.
pub(super) type Reply = Result<Answer, Fault>;

#[derive(Debug)]
pub(super) enum Answer {
    /// The entries of a batch that were refused.
    Refused(Vec<RefusedEntry>),
    Received(Vec<Message>),
    Counts(QueueCounts),
    Done,
}

#[derive(Debug)]
pub(super) struct Fault {
    /// The status of HTTP.
    pub(super) status: u16,
    /// The error with its namespace, as in the body of an answer.
    pub(super) kind: String,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { status: 400, kind: format!("com.amazonaws.sqs#{}", refusal.shape()) }
    }
}

/// Sends a request and waits for the reply. `None` if there will be none.
pub(super) async fn pass(world: &World, who: Who, request: Request) -> Option<Reply> {
    let operation = request.operation.name();
    leave(world, who, operation).await;
    let (reply, answer) = oneshot::channel();
    let world_of_call = world.clone();
    tokio::spawn(serve(Call { world: world_of_call, who, operation, request, is_of_refund: false, reply }));
    let answer = answer.await;
    world.go_on(who).await;
    answer.ok()
}

async fn serve(mut call: QueueCall) {
    let way = call.way();
    if !way.is_zero() {
        call.world.sleep(way).await;
    }
    if let Operation::HideBatch(receipts, _) = &mut call.request.operation
        && call.world.lock().has(Mutation::DeleteFailed)
    {
        call.request.operation = Operation::DeleteBatch(std::mem::take(receipts));
        call.operation = call.request.operation.name();
    }
    if call.strike(Hazard::QueueThrottled) {
        return call.answer_throttled().await;
    }
    match call.request.operation.clone() {
        Operation::Receive(request) => receive(call, request).await,
        Operation::SendBatch(messages) => send::send_batch(call, messages).await,
        Operation::Send(message) => send::send_record(call, message).await,
        Operation::DeleteBatch(receipts) => delete(call, receipts).await,
        Operation::HideBatch(receipts, seconds) => hide(call, receipts, seconds).await,
        Operation::Count => count(call).await,
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

impl QueueCall {
    /// Sends the core's answer.
    pub(super) async fn answer_queue(self, answer: Result<Answer, Refusal>) {
        if let Err(refusal) = &answer {
            self.note(format_args!("{} -> {refusal}", self.operation));
        }
        self.answer(answer.map_err(Fault::from)).await;
    }

    /// Answers that the request is throttled.
    async fn answer_throttled(self) {
        let codes =
            ["com.amazonaws.sqs#RequestThrottled", "com.amazon.coral.availability#ThrottlingException"];
        let kind = self.world.lock().dice.pick(&codes).unwrap_or_default().to_owned();
        self.note(format_args!("{} {} -> throttled", self.operation, self.queue()));
        self.answer(Err(Fault { status: 400, kind })).await;
    }

    /// Answers with an internal error.
    pub(super) async fn answer_trouble(self) {
        let kind = "com.amazon.coral.service#InternalFailure".to_owned();
        self.answer(Err(Fault { status: 500, kind })).await;
    }

    /// The short name of the queue in the URL.
    pub(super) fn queue(&self) -> &str {
        let name = self.request.url.rsplit('/').next().unwrap_or_default();
        name.trim_start_matches("evens-local-").trim_end_matches(".fifo")
    }
}

async fn receive(mut call: QueueCall, request: ReceiveRequest) {
    if call.strike(Hazard::ReceiveTrouble) {
        return call.answer_trouble().await;
    }
    let is_short = call.strike(Hazard::VisibilityShort);
    let hidden_for =
        if is_short { call.world.lock().dice.number(0..=4) } else { request.visibility_timeout.as_secs() };
    let visibility_timeout = Duration::from_secs(hidden_for);
    let asked = receiving(&call.request.url, ReceiveRequest { visibility_timeout, ..request });
    let wait_end = Instant::now() + request.wait;
    loop {
        let bell = {
            let mut state = call.world.lock();
            match state.queues.queue_id(&asked.queue) {
                Ok(queue) => Arc::clone(state.bells.entry(queue).or_default()),
                Err(_) => return,
            }
        };
        let mut rung = pin!(bell.notified());
        rung.as_mut().enable();
        if call.reply.is_closed() {
            return;
        }
        let received = match change(&call.world, |core, now| core.receive_message(&asked, now)) {
            Ok(received) => received,
            Err(refusal) => return call.answer_queue(Err(refusal)).await,
        };
        if !received.deliveries.is_empty() || Instant::now() >= wait_end {
            let messages = received.deliveries.into_iter().map(message).collect();
            return deliver(call, messages).await;
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

async fn deliver(call: QueueCall, mut messages: Vec<Message>) {
    if messages.is_empty() {
        return call.answer(Ok(Answer::Received(messages))).await;
    }
    for message in &messages {
        call.note(format_args!("Receive {} #{} {}", call.queue(), message.attempt, message.body));
    }
    if call.strike(Hazard::ReceiveLost) {
        call.note(format_args!("Receive {}: the answer is lost", call.queue()));
        return;
    }
    take_in(&call, &messages);
    if call.world.lock().has(Mutation::DeleteBeforeWork) {
        let receipts: Vec<_> = messages.iter().map(|message| message.receipt.clone()).collect();
        check_deletion(&call, &receipts);
        let deleted = deletions(&call.request.url, receipts);
        let _ = change(&call.world, |core, now| core.delete_message_batch(deleted, now));
    }
    call.world.lock().mutate_received(&mut messages);
    call.answer(Ok(Answer::Received(messages))).await;
}

/// Records the messages delivered to a process.
fn take_in(call: &QueueCall, messages: &[Message]) {
    let now_ms = call.world.elapsed_ms();
    let batch = messages.iter().map(|message| {
        let job = job(call.queue(), &message.body);
        let delivered = Delivered::new(&message.id, &message.group, job.as_ref(), now_ms);
        (message.receipt.clone(), delivered)
    });
    let batch = batch.collect();
    call.world.lock().deliveries.receive(batch);
}

/// Checks that every deleted message is finished.
fn check_deletion(call: &QueueCall, receipts: &[String]) {
    let receipts: Vec<_> = receipts.iter().map(String::as_str).collect();
    let violations = call.world.lock().deliveries.delete(call.who, &receipts);
    for sentence in violations {
        call.world.violated(Violation::new("M6", sentence));
    }
}

async fn delete(call: QueueCall, receipts: Vec<String>) {
    call.note(format_args!("Delete {} {} messages", call.queue(), receipts.len()));
    check_deletion(&call, &receipts);
    if call.strike(Hazard::DeleteTrouble) {
        return call.answer_trouble().await;
    }
    let request = deletions(&call.request.url, receipts);
    let is_late = call.strike(Hazard::DeleteLate);
    if is_late || call.strike(Hazard::DeleteLost) {
        if is_late {
            let late = call.world.lock().dice.milliseconds(1_000..=90_000);
            let world = call.world.clone();
            tokio::spawn(async move {
                world.sleep(late).await;
                // The receipts may be outdated, so the result is ignored.
                let _ = change(&world, |core, now| core.delete_message_batch(request, now));
            });
        }
        return call.answer(Ok(Answer::Refused(Vec::new()))).await;
    }
    let answer = change(&call.world, |core, now| core.delete_message_batch(request, now));
    call.answer_queue(answer.map(|answer| Answer::Refused(refused(answer.failed)))).await;
}

async fn hide(call: QueueCall, receipts: Vec<String>, seconds: u32) {
    call.note(format_args!("Hide {} {} messages", call.queue(), receipts.len()));
    if call.strike(Hazard::HideTrouble) {
        return call.answer_trouble().await;
    }
    let request = hiding(&call.request.url, receipts, seconds);
    let answer = change(&call.world, |core, now| core.change_message_visibility_batch(request, now));
    call.answer_queue(answer.map(|answer| Answer::Refused(refused(answer.failed)))).await;
}

async fn count(call: QueueCall) {
    let request = counting(&call.request.url);
    let answer = change(&call.world, |core, now| core.queue_attributes(&request, now));
    call.answer_queue(answer.map(|attributes| Answer::Counts(counts(&attributes)))).await;
}
