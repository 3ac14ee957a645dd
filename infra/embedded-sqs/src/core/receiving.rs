//! Receiving, deleting, and changing visibility.

use std::{ops::RangeInclusive, sync::Arc};

use super::{
    Core,
    answers::{BatchAnswer, EmptyAnswer},
    limits::{BATCH_ENTRIES_MAX, IN_FLIGHT_MAX, VISIBILITY_TIMEOUT_SECONDS_MAX, WAIT_SECONDS_MAX},
    message::{Content, Message, Progress},
    queue::{Delivery, QueueId, ReceivePlan},
    refusal::Refusal,
    requests::{
        Batch, ChangeMessageVisibility, DeleteMessage, Deletion, QueueName, ReceiveMessage, VisibilityChange,
    },
    time::Timestamp,
};

/// The result of a receive, with the data for waiting.
#[derive(Debug)]
pub struct Receive {
    pub queue: QueueId,
    /// Messages in order within each group.
    pub deliveries: Vec<Delivery>,
    /// The total waiting time of the receive.
    pub wait_seconds: u32,
    /// The time at which a message may become receivable. A poller looks again then, or when its queue is woken.
    pub next_deadline: Option<Timestamp>,
}

impl Core {
    /// Receives the available messages. A message received too often goes to the dead-letter queue instead.
    pub fn receive_message(&mut self, request: &ReceiveMessage, now: Timestamp) -> Result<Receive, Refusal> {
        let id = self.queue_id(&request.queue)?;
        let dead_letters = self.dead_letter_queue(id);
        let (queue, journal, now) = self.open(&request.queue, now)?;
        let attributes = &queue.record.attributes;
        let (messages_max, visibility_timeout_seconds, wait_seconds) = (
            in_range("MaxNumberOfMessages", request.max_number_of_messages, 1, 1..=10)?,
            in_range(
                "VisibilityTimeout",
                request.visibility_timeout,
                attributes.visibility_timeout_seconds,
                0..=VISIBILITY_TIMEOUT_SECONDS_MAX,
            )?,
            in_range(
                "WaitTimeSeconds",
                request.wait_time_seconds,
                attributes.receive_wait_seconds,
                0..=WAIT_SECONDS_MAX,
            )?,
        );
        // A FIFO queue returns no messages here, and no error.
        if !queue.is_fifo() && queue.counts().in_flight >= IN_FLIGHT_MAX {
            return Err(Refusal::OverLimit);
        }
        let plan = ReceivePlan {
            messages_max: (messages_max as usize).min(BATCH_ENTRIES_MAX),
            visibility_timeout_seconds,
            receives_max: dead_letters.map(|(_, receives_max)| receives_max),
        };
        let received = queue.receive(plan, now, journal);
        let next_deadline = queue.next_deadline();
        if let Some((target, _)) = dead_letters {
            self.bury(id, target, received.exhausted, now);
        }
        Ok(Receive { queue: id, deliveries: received.deliveries, wait_seconds, next_deadline })
    }

    /// Undoes the receipt of messages whose answer was never delivered.
    pub fn take_back(&mut self, queue: QueueId, handles: &[String], now: Timestamp) {
        let now = self.tick(now);
        if let Some(queue) = self.queues.get_mut(&queue) {
            for handle in handles {
                queue.take_back(handle, now, &mut self.journal);
            }
        }
    }

    /// The dead-letter queue of a queue, if it exists, and its receive limit.
    fn dead_letter_queue(&self, id: QueueId) -> Option<(QueueId, u32)> {
        let policy = self.queues.get(&id)?.record.attributes.redrive.as_ref()?;
        Some((self.queue_of_arn(&policy.target_arn)?.id(), policy.receives_max))
    }

    /// Appends messages that failed too often to their groups in the dead-letter queue.
    fn bury(&mut self, source: QueueId, target: QueueId, messages: Vec<Message>, now: Timestamp) {
        let Some(source) = self.queues.get(&source) else {
            return;
        };
        let source_arn = self.arn(&source.record.name);
        let Some(target) = self.queues.get_mut(&target) else {
            return;
        };
        for Message { content, progress } in messages {
            // Retention continues from the send on standard queues, and restarts on FIFO queues.
            let sent_at = if target.is_fifo() { now } else { content.sent_at };
            let content =
                Content { sent_at, dead_letter_source: Some(source_arn.clone()), ..Content::clone(&content) };
            let progress = Progress { receive_count_here: 0, ..progress };
            target.add(Message { content: Arc::new(content), progress }, &mut self.journal);
        }
    }

    /// Deletes a received message.
    pub fn delete_message(&mut self, request: &DeleteMessage, now: Timestamp) -> Result<(), Refusal> {
        let (queue, journal, _) = self.open(&request.queue, now)?;
        queue.delete(&request.deletion.receipt_handle, journal)
    }

    /// Deletes received messages. Each entry has its own result.
    pub fn delete_message_batch(
        &mut self,
        request: Batch<Deletion>,
        now: Timestamp,
    ) -> Result<BatchAnswer<EmptyAnswer>, Refusal> {
        let (queue, journal, _) = self.open(&request.queue, now)?;
        request.check("DeleteMessageBatchRequestEntry")?;
        Ok(request
            .answer(|deletion| queue.delete(&deletion.receipt_handle, journal).map(|()| EmptyAnswer {})))
    }

    /// Makes a message in flight visible this many seconds from now.
    pub fn change_message_visibility(
        &mut self,
        request: &ChangeMessageVisibility,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.change_visibility(&request.queue, &request.change, now)
    }

    /// Changes the visibility of several messages. Each entry has its own result.
    pub fn change_message_visibility_batch(
        &mut self,
        request: Batch<VisibilityChange>,
        now: Timestamp,
    ) -> Result<BatchAnswer<EmptyAnswer>, Refusal> {
        self.queue_id(&request.queue)?;
        request.check("ChangeMessageVisibilityBatchRequestEntry")?;
        let name = request.queue.clone();
        Ok(request.answer(|change| self.change_visibility(&name, &change, now).map(|()| EmptyAnswer {})))
    }

    fn change_visibility(
        &mut self,
        name: &QueueName,
        change: &VisibilityChange,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (queue, journal, now) = self.open(name, now)?;
        if change.visibility_timeout.is_none() {
            return Err(Refusal::MissingParameter("VisibilityTimeout"));
        }
        let seconds =
            in_range("VisibilityTimeout", change.visibility_timeout, 0, 0..=VISIBILITY_TIMEOUT_SECONDS_MAX)?;
        queue.change_visibility(&change.receipt_handle, seconds, now, journal)
    }
}

/// The given number if it is in range, or the default.
pub(crate) fn in_range(
    name: &'static str,
    given: Option<i64>,
    otherwise: u32,
    range: RangeInclusive<u32>,
) -> Result<u32, Refusal> {
    let Some(given) = given else { return Ok(otherwise) };
    u32::try_from(given).ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let reason = format!("Must be between {} and {}, if provided.", range.start(), range.end());
        Refusal::parameter(name, given, &reason)
    })
}
