//! One queue: its messages, their delivery order, and their deadlines.
//!
//! Invariants: every message is in `messages`, in `ages` and in one lane. A message is in `timers` exactly while it is
//! delayed or in flight. Only `move_on`, `enter` and `remove` change this.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    attributes::Attributes,
    deduplication::Window,
    journal::{Change, Journal, StoredMessage},
    lanes::{LaneId, Lanes},
    limits::{IN_FLIGHT_MAX, VISIBILITY_TIMEOUT_SECONDS_MAX},
    message::{Content, Message, MessageKey, Phase, Progress},
    receipt::Receipt,
    refusal::Refusal,
    time::Timestamp,
};

/// Identifies a queue during its lifetime. A queue created again with the same name has another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueueId(pub u64);

/// A queue as it is stored, without its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRecord {
    pub id: QueueId,
    /// The name, unique among existing queues.
    pub name: String,
    pub attributes: Attributes,
    pub tags: BTreeMap<String, String>,
    pub created_at: Timestamp,
    /// The time of the last change of attributes.
    pub modified_at: Timestamp,
    /// The time of the last purge.
    pub purged_at: Option<Timestamp>,
}

#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) record: QueueRecord,
    pub(crate) window: Window,
    messages: BTreeMap<MessageKey, Message>,
    lanes: Lanes,
    timers: BTreeSet<(Timestamp, MessageKey)>,
    ages: BTreeSet<(Timestamp, MessageKey)>,
}

/// The number of messages in each phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) visible: usize,
    pub(crate) delayed: usize,
    pub(crate) in_flight: usize,
}

/// The parameters of a receive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReceivePlan {
    pub(crate) messages_max: usize,
    pub(crate) visibility_timeout_seconds: u32,
    /// The redrive policy's limit, if its dead-letter queue exists.
    pub(crate) receives_max: Option<u32>,
}

/// A message that a receive returns.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The handle for deleting the message or changing its visibility.
    pub handle: String,
    pub key: MessageKey,
    pub content: Arc<Content>,
    /// The delivery state, including this receive.
    pub progress: Progress,
}

/// The result of a receive: messages to return, and messages that exceed the redrive limit.
#[derive(Debug, Default)]
pub(crate) struct ReceiveResult {
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) exhausted: Vec<Message>,
}

impl Queue {
    pub(crate) fn new(record: QueueRecord) -> Self {
        Self {
            record,
            window: Window::default(),
            messages: BTreeMap::new(),
            lanes: Lanes::default(),
            timers: BTreeSet::new(),
            ages: BTreeSet::new(),
        }
    }

    pub(crate) fn id(&self) -> QueueId {
        self.record.id
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.record.attributes.fifo.is_some()
    }

    pub(crate) fn counts(&self) -> Counts {
        let (delayed, in_flight) = (self.lanes.delayed(), self.lanes.in_flight());
        Counts { visible: self.messages.len() - delayed - in_flight, delayed, in_flight }
    }

    /// The next deadline: the end of a delay, a visibility timeout or a retention period.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|(at, _)| *at);
        let retention_end = self.ages.first().map(|(sent_at, _)| self.retention_end(*sent_at));
        timer.into_iter().chain(retention_end).min()
    }

    fn retention_end(&self, sent_at: Timestamp) -> Timestamp {
        sent_at.plus_seconds(self.record.attributes.retention_seconds)
    }

    /// Advances the time. Only drops are recorded, because other effects of a deadline follow from the deadline itself.
    pub(crate) fn advance(&mut self, now: Timestamp, journal: &mut Journal) {
        self.window.advance(now, journal);
        while let Some((sent_at, key)) = self.ages.first().copied()
            && self.retention_end(sent_at) <= now
        {
            self.remove(key, journal);
        }
        while let Some((at, key)) = self.timers.first().copied()
            && at <= now
        {
            let Some(message) = self.messages.get(&key) else {
                break;
            };
            self.move_on(key, message.progress.waiting(at), journal);
        }
    }

    /// Adds a message at the end of its lane.
    pub(crate) fn add(&mut self, message: Message, journal: &mut Journal) -> MessageKey {
        let key = MessageKey(journal.next_number());
        journal.write(Change::PutMessage(StoredMessage {
            queue: self.id(),
            key,
            content: Arc::clone(&message.content),
            progress: message.progress,
        }));
        if self.enter(key, message) {
            journal.wake(self.id());
        }
        key
    }

    /// Inserts a message. Returns `true` if a message became receivable.
    pub(crate) fn enter(&mut self, key: MessageKey, message: Message) -> bool {
        let lane = LaneId::of(self.is_fifo(), key, &message);
        let phase = message.progress.phase;
        if phase != Phase::Waiting {
            self.timers.insert((message.progress.visible_at, key));
        }
        self.ages.insert((message.content.sent_at, key));
        self.messages.insert(key, message);
        self.lanes.enter(&lane, key, phase)
    }

    /// Removes a message permanently, which unblocks its lane.
    pub(crate) fn remove(&mut self, key: MessageKey, journal: &mut Journal) -> Option<Message> {
        let message = self.messages.remove(&key)?;
        let lane = LaneId::of(self.is_fifo(), key, &message);
        self.timers.remove(&(message.progress.visible_at, key));
        self.ages.remove(&(message.content.sent_at, key));
        journal.write(Change::DeleteMessage(key));
        if self.lanes.leave(&lane, key, message.progress.phase) {
            journal.wake(self.id());
        }
        Some(message)
    }

    /// Changes the delivery state of a message, in memory only.
    fn move_on(&mut self, key: MessageKey, progress: Progress, journal: &mut Journal) {
        let is_fifo = self.is_fifo();
        let Some(message) = self.messages.get_mut(&key) else {
            return;
        };
        let before = std::mem::replace(&mut message.progress, progress);
        let lane = LaneId::of(is_fifo, key, message);
        self.timers.remove(&(before.visible_at, key));
        if progress.phase != Phase::Waiting {
            self.timers.insert((progress.visible_at, key));
        }
        if self.lanes.shift(&lane, key, before.phase, progress.phase) {
            journal.wake(self.record.id);
        }
    }

    fn move_on_durably(&mut self, key: MessageKey, progress: Progress, journal: &mut Journal) {
        self.move_on(key, progress, journal);
        journal.write(Change::ProgressMessage(key, progress));
    }

    /// Returns the next messages. Examines no more messages than it returns or gives up.
    pub(crate) fn receive(
        &mut self,
        plan: ReceivePlan,
        now: Timestamp,
        journal: &mut Journal,
    ) -> ReceiveResult {
        let mut received = ReceiveResult::default();
        loop {
            let room_in_flight = IN_FLIGHT_MAX.saturating_sub(self.lanes.in_flight());
            let room = room_in_flight.min(plan.messages_max - received.deliveries.len());
            let run = if room == 0 { Vec::new() } else { self.next_run(room, journal) };
            if run.is_empty() {
                return received;
            }
            let (exhausted, fresh): (Vec<_>, Vec<_>) =
                run.into_iter().partition(|key| self.is_exhausted(*key, plan.receives_max));
            if exhausted.is_empty() {
                received
                    .deliveries
                    .extend(fresh.into_iter().filter_map(|key| self.deliver(key, plan, now, journal)));
            } else {
                // Their lane stays free and keeps its turn, so the next round fills the remaining capacity.
                received.exhausted.extend(exhausted.into_iter().filter_map(|key| self.remove(key, journal)));
            }
        }
    }

    /// The first deliverable messages, in order, all of one lane.
    pub(crate) fn next_run(&self, messages_max: usize, journal: &mut Journal) -> Vec<MessageKey> {
        let run = self.lanes.next_run(messages_max);
        journal.examined += 1 + run.len() as u64;
        run
    }

    pub(crate) fn message(&self, key: MessageKey) -> Option<&Message> {
        self.messages.get(&key)
    }

    fn is_exhausted(&self, key: MessageKey, receives_max: Option<u32>) -> bool {
        let count = self.messages.get(&key).map_or(0, |message| message.progress.receive_count_here);
        receives_max.is_some_and(|receives_max| count >= receives_max)
    }

    fn deliver(
        &mut self,
        key: MessageKey,
        plan: ReceivePlan,
        now: Timestamp,
        journal: &mut Journal,
    ) -> Option<Delivery> {
        let message = self.messages.get(&key)?;
        let content = Arc::clone(&message.content);
        let number = journal.next_number();
        let visible_at = now.plus_seconds(plan.visibility_timeout_seconds);
        let progress = message.progress.received(now, visible_at, number);
        self.move_on_durably(key, progress, journal);
        let handle = Receipt { queue: self.id(), key, number }.to_handle();
        Some(Delivery { handle, key, content, progress })
    }

    /// Deletes by handle. A deleted message is ignored.
    pub(crate) fn delete(&mut self, handle: &str, journal: &mut Journal) -> Result<(), Refusal> {
        let receipt = Receipt::parse(handle, self.id())?;
        let Some(message) = self.messages.get(&receipt.key) else {
            return Ok(());
        };
        let is_latest = message.progress.receipt == receipt.number;
        let is_expired = !is_latest || message.progress.phase != Phase::InFlight;
        if self.is_fifo() && is_expired {
            return Err(Refusal::parameter("ReceiptHandle", handle, "The receipt handle has expired."));
        }
        // An older handle of a standard queue succeeds without deleting, as AWS documents.
        if is_latest {
            self.remove(receipt.key, journal);
        }
        Ok(())
    }

    /// Changes the visibility timeout of a message in flight, counted from now.
    pub(crate) fn change_visibility(
        &mut self,
        handle: &str,
        seconds: u32,
        now: Timestamp,
        journal: &mut Journal,
    ) -> Result<(), Refusal> {
        let receipt = Receipt::parse(handle, self.id())?;
        let refuse = |reason| Err(Refusal::parameter("ReceiptHandle", handle, reason));
        let progress = match self.messages.get(&receipt.key) {
            Some(message) if message.progress.receipt == receipt.number => message.progress,
            _ => return refuse("Message does not exist or is not available for visibility timeout change."),
        };
        if progress.phase != Phase::InFlight {
            return Err(Refusal::MessageNotInFlight);
        }
        let visible_at = now.plus_seconds(seconds);
        if visible_at > progress.last_received_at.plus_seconds(VISIBILITY_TIMEOUT_SECONDS_MAX) {
            let reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].";
            return Err(Refusal::parameter("VisibilityTimeout", seconds, reason));
        }
        let progress = if seconds == 0 { progress.waiting(now) } else { Progress { visible_at, ..progress } };
        self.move_on_durably(receipt.key, progress, journal);
        Ok(())
    }

    /// Undoes a delivery whose answer was never sent.
    pub(crate) fn take_back(&mut self, handle: &str, now: Timestamp, journal: &mut Journal) {
        let Ok(receipt) = Receipt::parse(handle, self.id()) else {
            return;
        };
        let Some(message) = self.messages.get(&receipt.key) else {
            return;
        };
        let progress = message.progress;
        if progress.receipt == receipt.number && progress.phase == Phase::InFlight {
            self.move_on_durably(receipt.key, progress.unreceived(now), journal);
        }
    }

    /// Deletes all messages, including those in flight. Deduplication windows stay open.
    pub(crate) fn purge(&mut self, journal: &mut Journal) {
        self.messages.clear();
        self.timers.clear();
        self.ages.clear();
        self.lanes = Lanes::default();
        journal.write(Change::PurgeQueue(self.id()));
    }

    /// Applies a new delay on a FIFO queue to messages that were not received yet.
    pub(crate) fn apply_delay(&mut self, now: Timestamp, journal: &mut Journal) {
        let delay_seconds = self.record.attributes.delay_seconds;
        let fresh: Vec<_> = self
            .messages
            .iter()
            .filter(|(_, message)| message.progress.receive_count == 0)
            .map(|(key, message)| (*key, message.content.sent_at.plus_seconds(delay_seconds)))
            .collect();
        for (key, visible_at) in fresh {
            self.move_on_durably(key, Progress::sent(now, visible_at), journal);
        }
    }
}
