//! What calls leave behind: records to make durable, in order, and queues whose pollers should look again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    message::{Content, MessageKey, Progress},
    moves::MoveTask,
    queue::{QueueId, QueueRecord},
    time::Timestamp,
};

/// One record to write. Replaying all changes in order gives the state again: see `Core::restore`.
#[derive(Clone, Debug)]
pub enum Change {
    /// A queue is new, or its attributes or tags changed.
    PutQueue(QueueRecord),
    /// A queue is gone, with its messages, its window and its move tasks.
    DeleteQueue(QueueId),
    /// A message is new in its queue.
    PutMessage(StoredMessage),
    /// A message was received, came back, or its visibility changed.
    ProgressMessage(MessageKey, Progress),
    /// A message is gone.
    DeleteMessage(MessageKey),
    /// All messages of a queue are gone.
    PurgeQueue(QueueId),
    /// A deduplication id is in its window.
    PutDeduplication(StoredDeduplication),
    /// The window of the id that this message first used is over.
    DeleteDeduplication(MessageKey),
    /// A move task is new or went on.
    PutMoveTask(MoveTask),
    /// A move task is no longer remembered.
    DeleteMoveTask(u64),
    /// Numbers up to this one are used; none of them may be given again.
    Sequence(u64),
}

/// A message as it is written and read back.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// Where it is.
    pub queue: QueueId,
    /// Its place in the order of its queue.
    pub key: MessageKey,
    /// What was sent.
    pub content: Arc<Content>,
    /// What happened since.
    pub progress: Progress,
}

/// An entry of a deduplication window as it is written and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDeduplication {
    /// Where it counts.
    pub queue: QueueId,
    /// The message that used the id first.
    pub key: MessageKey,
    /// The group, when ids are compared within groups.
    pub group: Option<String>,
    /// The deduplication id.
    pub id: String,
    /// What a repeat is answered with.
    pub message_id: String,
    /// From this moment on the id is new again.
    pub until: Timestamp,
}

/// What the calls since the last `Core::take_effects` did.
#[derive(Debug, Default)]
pub struct Effects {
    /// To write, in this order and all together.
    pub changes: Vec<Change>,
    /// Queues in which something became receivable.
    pub woken: Vec<QueueId>,
}

/// The parts of the core that a queue needs while it changes.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    effects: Effects,
    sequence: u64,
    is_sequence_written: bool,
    /// Messages and lanes that calls have looked at: the measure of work.
    pub(crate) examined: u64,
}

impl Journal {
    pub(crate) fn restore(sequence: u64) -> Self {
        Self { sequence, is_sequence_written: true, ..Self::default() }
    }

    pub(crate) fn write(&mut self, change: Change) {
        self.effects.changes.push(change);
    }

    pub(crate) fn wake(&mut self, queue: QueueId) {
        if !self.effects.woken.contains(&queue) {
            self.effects.woken.push(queue);
        }
    }

    /// A number larger than every one before, also than those before a restart.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.sequence += 1;
        self.is_sequence_written = false;
        self.sequence
    }

    pub(crate) fn take_effects(&mut self) -> Effects {
        if !self.is_sequence_written {
            self.is_sequence_written = true;
            self.effects.changes.push(Change::Sequence(self.sequence));
        }
        std::mem::take(&mut self.effects)
    }
}
