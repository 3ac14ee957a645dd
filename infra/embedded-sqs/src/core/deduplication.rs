//! The window within which a repeated deduplication id means a duplicate.

use std::collections::{HashMap, VecDeque};

use super::{
    journal::{Change, Journal, StoredDeduplication},
    message::MessageKey,
    time::Timestamp,
};

type Id = (Option<String>, String);

/// Ids used in the last five minutes, with the message that used each first.
///
/// A window opens when a message is accepted, and repeats do not prolong it. Neither deleting the message nor purging
/// the queue closes it.
#[derive(Debug, Default)]
pub(crate) struct Window {
    first_uses: HashMap<Id, FirstUse>,
    /// In the order in which they end, because all have the same length.
    ends: VecDeque<(Timestamp, MessageKey, Id)>,
}

/// The original of a duplicate, for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstUse {
    pub(crate) key: MessageKey,
    pub(crate) message_id: String,
}

impl Window {
    pub(crate) fn first_use(&self, group: Option<&str>, id: &str) -> Option<&FirstUse> {
        self.first_uses.get(&(group.map(str::to_owned), id.to_owned()))
    }

    /// Opens the window of an id. Entries must come in the order in which they end.
    pub(crate) fn open(&mut self, entry: StoredDeduplication) {
        let id = (entry.group, entry.id);
        self.ends.push_back((entry.until, entry.key, id.clone()));
        self.first_uses.insert(id, FirstUse { key: entry.key, message_id: entry.message_id });
    }

    /// Removes the ids whose window has ended.
    pub(crate) fn advance(&mut self, now: Timestamp, journal: &mut Journal) {
        while let Some((_, key, id)) = self.ends.pop_front_if(|(until, ..)| *until <= now) {
            self.first_uses.remove(&id);
            journal.write(Change::DeleteDeduplication(key));
        }
    }

    pub(crate) fn next_end(&self) -> Option<Timestamp> {
        self.ends.front().map(|(until, ..)| *until)
    }
}
