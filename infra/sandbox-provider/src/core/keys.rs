//! [`Keys`]: idempotency keys with their requests.
//!
//! Invariant: as long as keys are kept, one key has one effect. The answer to a repeat follows from the stored request,
//! not from the record's later state.

use super::refusal::Refusal;
use super::values::IdempotencyKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of one operation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Keys<Request, Id> {
    entries: BTreeMap<IdempotencyKey, StoredRequest<Request, Id>>,
    /// The entries by age: the oldest is forgotten first.
    ages: BTreeSet<(Timestamp, IdempotencyKey)>,
}

/// The stored first request of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredRequest<Request, Id> {
    pub(super) request: Request,
    pub(super) id: Id,
    pub(super) at: Timestamp,
}

impl<Request, Id> Default for Keys<Request, Id> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), ages: BTreeSet::new() }
    }
}

impl<Request: PartialEq, Id> Keys<Request, Id> {
    /// The stored entry of a key, if the request repeats it. `forgets` is only called for a repeat. If it forgets the
    /// key, the request need not be a valid repeat.
    ///
    /// # Errors
    /// [`Refusal::KeyUsedForAnotherRequest`].
    pub(super) fn repeated(
        &mut self,
        key: &IdempotencyKey,
        request: &Request,
        forgets: impl FnOnce() -> bool,
    ) -> Result<Option<&StoredRequest<Request, Id>>, Refusal> {
        if self.entries.contains_key(key) && forgets() {
            self.forget(key);
        }
        match self.entries.get(key) {
            Some(kept) if kept.request != *request => Err(Refusal::KeyUsedForAnotherRequest),
            kept => Ok(kept),
        }
    }

    pub(super) fn keep(&mut self, key: IdempotencyKey, request: Request, id: Id, at: Timestamp) {
        self.ages.insert((at, key.clone()));
        self.entries.insert(key, StoredRequest { request, id, at });
    }

    fn forget(&mut self, key: &IdempotencyKey) {
        if let Some(StoredRequest { at, .. }) = self.entries.remove(key) {
            self.ages.remove(&(at, key.clone()));
        }
    }

    /// Forgets entries of this time or earlier.
    pub(super) fn forget_until(&mut self, end: Timestamp) {
        while let Some((at, key)) = self.ages.pop_first() {
            if at > end {
                self.ages.insert((at, key));
                return;
            }
            self.entries.remove(&key);
        }
    }
}
