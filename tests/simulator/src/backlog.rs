//! [`Backlogs`]: how many messages each queue holds, kept from what the core says it changed; and who waits for that.

use embedded_sqs::core::{Change, MessageKey, QueueId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Notify;

/// How many messages each queue holds, visible or not.
#[derive(Debug, Default)]
pub(crate) struct Backlogs {
    places: BTreeMap<MessageKey, QueueId>,
    counts: BTreeMap<QueueId, u64>,
    stirred: BTreeMap<QueueId, Arc<Notify>>,
}

impl Backlogs {
    /// How many messages a queue holds.
    pub(crate) fn of(&self, queue: QueueId) -> u64 {
        self.counts.get(&queue).copied().unwrap_or_default()
    }

    /// Rings when the number of a queue has changed.
    pub(crate) fn stirred(&mut self, queue: QueueId) -> Arc<Notify> {
        Arc::clone(self.stirred.entry(queue).or_default())
    }

    /// Takes in what the core changed.
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
