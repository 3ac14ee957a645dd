//! The effects of calls: records to store, in order, and queues whose pollers must look again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    message::{Content, MessageKey, Progress},
    moves::MoveTask,
    queue::{QueueId, QueueRecord},
    time::Timestamp,
};

/// One record to write. Replaying all changes in order restores the state: see `Core::restore`.
#[derive(Clone, Debug)]
pub enum Change {
    /// A queue is new, or its attributes or tags changed.
    PutQueue(QueueRecord),
    /// A queue is deleted, with its messages, its window and its move tasks.
    DeleteQueue(QueueId),
    /// A message is new in its queue.
    PutMessage(StoredMessage),
    /// A message was received, came back, or its visibility changed.
    ProgressMessage(MessageKey, Progress),
    /// A message is deleted.
    DeleteMessage(MessageKey),
    /// All messages of a queue are deleted.
    PurgeQueue(QueueId),
    /// A deduplication id is in its window.
    PutDeduplication(StoredDeduplication),
    /// The window of the id that this message first used is over.
    DeleteDeduplication(MessageKey),
    /// A move task is new or has progressed.
    PutMoveTask(MoveTask),
    /// A move task is removed from the history.
    DeleteMoveTask(u64),
    /// Numbers up to this one are used and must not be used again.
    Sequence(u64),
}

/// A message as it is stored.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    pub queue: QueueId,
    /// Its position in the queue.
    pub key: MessageKey,
    /// The sent content.
    pub content: Arc<Content>,
    /// The delivery state.
    pub progress: Progress,
}

/// An entry of a deduplication window as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDeduplication {
    pub queue: QueueId,
    /// The message that used the id first.
    pub key: MessageKey,
    /// The group, if ids are compared within groups.
    pub group: Option<String>,
    pub id: String,
    /// The id that answers to duplicates carry.
    pub message_id: String,
    /// The end of the window.
    pub until: Timestamp,
}

/// The effects of the calls since the last `Core::take_effects`.
#[derive(Debug, Default)]
pub struct Effects {
    /// Records to write in this order and in one transaction.
    pub changes: Vec<Change>,
    /// Queues with newly receivable messages.
    pub woken: Vec<QueueId>,
}

/// The parts of the core that a queue uses when it changes.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    effects: Effects,
    sequence: u64,
    is_sequence_written: bool,
    /// The number of messages and lanes that calls examined, as a measure of work.
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

    /// A number larger than all earlier ones, even before a restart.
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
