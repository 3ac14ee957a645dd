//! The common parts of the three batch calls: limits, and an answer for each entry.

use std::collections::HashSet;

use super::{
    answers::{BatchAnswer, BatchFailure, BatchSuccess},
    limits::BATCH_ENTRIES_MAX,
    refusal::Refusal,
    requests::Batch,
};

impl<Item> Batch<Item> {
    /// Checks the faults that refuse the whole batch.
    pub(crate) fn check(&self, entry_name: &'static str) -> Result<(), Refusal> {
        if self.entries.is_empty() {
            return Err(Refusal::EmptyBatch(entry_name));
        }
        if self.entries.len() > BATCH_ENTRIES_MAX {
            return Err(Refusal::TooManyEntries(self.entries.len()));
        }
        if !self.entries.iter().all(|entry| is_entry_id(&entry.id)) {
            return Err(Refusal::InvalidEntryId);
        }
        let mut ids = HashSet::new();
        match self.entries.iter().find(|entry| !ids.insert(entry.id.as_str())) {
            Some(repeated) => Err(Refusal::EntryIdsNotDistinct(repeated.id.clone())),
            None => Ok(()),
        }
    }

    /// Performs the entries in order. A refused entry does not stop the others.
    pub(crate) fn answer<Answer>(
        self,
        mut perform: impl FnMut(Item) -> Result<Answer, Refusal>,
    ) -> BatchAnswer<Answer> {
        let mut answer = BatchAnswer { successful: Vec::new(), failed: Vec::new() };
        for entry in self.entries {
            match perform(entry.item) {
                Ok(item) => answer.successful.push(BatchSuccess { id: entry.id, item }),
                Err(refusal) => answer.failed.push(BatchFailure::new(entry.id, &refusal)),
            }
        }
        answer
    }
}

fn is_entry_id(id: &str) -> bool {
    (1..=80).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
