//! One message: what was sent, which never changes, and what happened to it since.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    message_attributes::{MessageAttributes, md5_of_text},
    time::Timestamp,
};

/// A message's place in the order of its queue, and its sequence number. No two messages ever share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKey(pub u64);

impl MessageKey {
    /// Twenty digits, so that sequence numbers sort as texts too.
    pub fn sequence_number(self) -> String {
        format!("{:020}", self.0)
    }
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The id that the sender was given.
    pub message_id: String,
    /// The text to deliver.
    pub body: String,
    /// The digest of the text.
    pub md5_of_body: String,
    /// Typed values beside the body.
    pub attributes: MessageAttributes,
    /// The group, on FIFO queues always.
    pub group: Option<Arc<str>>,
    /// The deduplication id, given or made from the body; on FIFO queues always.
    pub deduplication_id: Option<String>,
    /// `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// When it entered its queue; retention counts from here.
    pub sent_at: Timestamp,
    /// The queue that gave it up, in a dead-letter queue.
    pub dead_letter_source: Option<String>,
}

impl Content {
    /// The digest of a body, as [`Content::md5_of_body`] holds it.
    pub fn digest(body: &str) -> String {
        md5_of_text(body)
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not receivable before [`Progress::visible_at`], as it was sent with a delay.
    Delayed,
    /// Receivable, as far as its group allows.
    Waiting,
    /// Received, and invisible until [`Progress::visible_at`].
    InFlight,
}

/// What happened to a message since it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub phase: Phase,
    /// The end of its delay or of its invisibility; the past while it waits.
    pub visible_at: Timestamp,
    /// Receives in all queues it was in.
    pub receive_count: u32,
    /// Receives in this queue: what a redrive policy counts.
    pub receive_count_here: u32,
    /// The first receive.
    pub first_received_at: Option<Timestamp>,
    /// The latest receive: twelve hours later the message is visible again, whatever its receiver asks for.
    pub last_received_at: Timestamp,
    /// The number in the handle of the latest receive; 0 before the first.
    pub receipt: u64,
}

impl Progress {
    pub(crate) fn sent(now: Timestamp, visible_at: Timestamp) -> Self {
        Self {
            phase: if visible_at > now { Phase::Delayed } else { Phase::Waiting },
            visible_at,
            receive_count: 0,
            receive_count_here: 0,
            first_received_at: None,
            last_received_at: Timestamp::default(),
            receipt: 0,
        }
    }

    pub(crate) fn received(mut self, now: Timestamp, visible_at: Timestamp, receipt: u64) -> Self {
        self.phase = Phase::InFlight;
        self.visible_at = visible_at;
        self.receive_count += 1;
        self.receive_count_here += 1;
        self.first_received_at = self.first_received_at.or(Some(now));
        self.last_received_at = now;
        self.receipt = receipt;
        self
    }

    /// As if the latest receive had not been: its answer never left.
    pub(crate) fn unreceived(mut self, now: Timestamp) -> Self {
        self.receive_count = self.receive_count.saturating_sub(1);
        self.receive_count_here = self.receive_count_here.saturating_sub(1);
        if self.receive_count == 0 {
            self.first_received_at = None;
        }
        self.waiting(now)
    }

    pub(crate) fn waiting(mut self, now: Timestamp) -> Self {
        self.phase = Phase::Waiting;
        self.visible_at = now;
        self
    }
}

/// A message in a queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) content: Arc<Content>,
    pub(crate) progress: Progress,
}
