//! [`Backlogs`]: the number of messages in each queue, tracked from the core's changes, with a notification for
//! waiters.

use embedded_sqs::core::{Change, MessageKey, QueueId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Notify;

/// The number of messages in each queue, visible or not.
#[derive(Debug, Default)]
pub(crate) struct Backlogs {
    places: BTreeMap<MessageKey, QueueId>,
    counts: BTreeMap<QueueId, u64>,
    stirred: BTreeMap<QueueId, Arc<Notify>>,
}

impl Backlogs {
    /// The number of messages in a queue.
    pub(crate) fn of(&self, queue: QueueId) -> u64 {
        self.counts.get(&queue).copied().unwrap_or_default()
    }

    /// A notification that fires when the number of messages in a queue changes.
    pub(crate) fn stirred(&mut self, queue: QueueId) -> Arc<Notify> {
        Arc::clone(self.stirred.entry(queue).or_default())
    }

    /// Applies changes of the core.
    pub(crate) fn take_in(&mut self, changes: Vec<Change>) {
        let mut changed = BTreeSet::new();
        for change in changes {
            let (key, to) = match change {
                Change::PutMessage(message) => (message.key, Some(message.queue)),
                Change::DeleteMessage(key) => (key, None),
                _ => continue,
            };
            let from = match to {
                Some(to) => self.places.insert(key, to),
                None => self.places.remove(&key),
            };
            if let Some(from) = from {
                let count = self.counts.entry(from).or_default();
                *count = count.saturating_sub(1);
            }
            if let Some(to) = to {
                *self.counts.entry(to).or_default() += 1;
            }
            changed.extend(from.into_iter().chain(to));
        }
        for queue in changed {
            if let Some(stirred) = self.stirred.get(&queue) {
                stirred.notify_waiters();
            }
        }
    }
}
