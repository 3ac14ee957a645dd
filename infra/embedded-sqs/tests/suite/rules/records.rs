//! The records that a core wrote, in the form in which a file would store them.

use std::collections::BTreeMap;

use embedded_sqs::core::{
    Change, MessageKey, MoveTask, QueueId, QueueRecord, Snapshot, StoredDeduplication, StoredMessage,
};

#[derive(Default)]
pub(crate) struct Records {
    sequence: u64,
    queues: BTreeMap<QueueId, QueueRecord>,
    messages: BTreeMap<MessageKey, StoredMessage>,
    deduplications: BTreeMap<MessageKey, StoredDeduplication>,
    move_tasks: BTreeMap<u64, MoveTask>,
}

impl Records {
    pub(crate) fn write(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.write_one(change);
        }
    }

    fn write_one(&mut self, change: Change) {
        match change {
            Change::PutQueue(queue) => drop(self.queues.insert(queue.id, queue)),
            Change::DeleteQueue(id) => {
                self.queues.remove(&id);
                self.messages.retain(|_, message| message.queue != id);
                self.deduplications.retain(|_, entry| entry.queue != id);
                self.move_tasks.retain(|_, task| task.source != id);
            }
            Change::PutMessage(message) => {
                let before = self.messages.insert(message.key, message);
                assert!(before.is_none(), "no two messages ever share a key");
            }
            Change::ProgressMessage(key, progress) => {
                self.messages.get_mut(&key).expect("only a message that is there goes on").progress =
                    progress;
            }
            Change::DeleteMessage(key) => {
                self.messages.remove(&key).expect("only a message that is there is deleted");
            }
            Change::PurgeQueue(id) => self.messages.retain(|_, message| message.queue != id),
            Change::PutDeduplication(entry) => drop(self.deduplications.insert(entry.key, entry)),
            Change::DeleteDeduplication(key) => drop(self.deduplications.remove(&key)),
            Change::PutMoveTask(task) => drop(self.move_tasks.insert(task.id, task)),
            Change::DeleteMoveTask(id) => drop(self.move_tasks.remove(&id)),
            Change::Sequence(sequence) => {
                assert!(sequence >= self.sequence, "numbers only grow");
                self.sequence = sequence;
            }
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            sequence: self.sequence,
            queues: self.queues.values().cloned().collect(),
            messages: self.messages.values().cloned().collect(),
            deduplications: self.deduplications.values().cloned().collect(),
            move_tasks: self.move_tasks.values().cloned().collect(),
        }
    }

    pub(crate) fn queue_name(&self, id: QueueId) -> Option<String> {
        self.queues.get(&id).map(|queue| queue.name.clone())
    }

    pub(crate) fn open_windows(&self) -> usize {
        self.deduplications.len()
    }
}
