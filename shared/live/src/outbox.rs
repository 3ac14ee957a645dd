//! [`Outbox`]: the events that wait to be sent to one socket.

use crate::{EventId, Revision};
use std::collections::BTreeMap;

/// The events that wait to be sent to one socket. It keeps the newest state of each thing, and a limited number of
/// things, so a slow reader costs a fixed amount of memory. `E` is an event as it is sent.
#[derive(Debug)]
pub struct Outbox<E> {
    waiting: BTreeMap<EventId, (Revision, E)>,
    conflated: u64,
    has_overflowed: bool,
}

/// The frame to send next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutgoingFrame<E> {
    /// Nothing waits.
    Nothing,
    /// These events in one frame.
    Events {
        /// The events.
        events: Vec<E>,
        /// How many older states were left out since the last frame.
        conflated: u64,
    },
    /// Events were dropped: send a snapshot.
    Snapshot,
}

impl<E> Default for Outbox<E> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), conflated: 0, has_overflowed: false }
    }
}

impl<E> Outbox<E> {
    /// How many things may wait. Beyond that all are dropped, and a snapshot follows.
    pub const WAITING_MAX: usize = 256;

    /// Adds a state. It replaces an older one of the same thing, and is dropped where a newer one waits.
    pub fn push(&mut self, id: EventId, revision: Revision, event: E) {
        if self.has_overflowed {
            return;
        }
        if let Some((waiting, older)) = self.waiting.get_mut(&id) {
            self.conflated += 1;
            if revision.is_newer_than(*waiting) {
                (*waiting, *older) = (revision, event);
            }
        } else if self.waiting.len() < Self::WAITING_MAX {
            self.waiting.insert(id, (revision, event));
        } else {
            self.waiting.clear();
            self.has_overflowed = true;
        }
    }

    /// Takes what to send next: as many events as fit into that many bytes, at least one.
    pub fn take(&mut self, bytes_max: usize, bytes_of: impl Fn(&E) -> usize) -> OutgoingFrame<E> {
        if std::mem::take(&mut self.has_overflowed) {
            self.conflated = 0;
            return OutgoingFrame::Snapshot;
        }
        let (mut events, mut bytes) = (Vec::new(), 0);
        while let Some(first) = self.waiting.first_entry() {
            bytes += bytes_of(&first.get().1);
            if !events.is_empty() && bytes > bytes_max {
                break;
            }
            events.push(first.remove().1);
        }
        if events.is_empty() {
            return OutgoingFrame::Nothing;
        }
        OutgoingFrame::Events { events, conflated: std::mem::take(&mut self.conflated) }
    }
}
