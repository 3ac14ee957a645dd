//! A message: its content, which never changes, and its delivery state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    message_attributes::{MessageAttributes, md5_of_text},
    time::Timestamp,
};

/// A message's position in its queue, which is also its sequence number. Every message has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKey(pub u64);

impl MessageKey {
    /// The sequence number with twenty digits, so that it also sorts as text.
    pub fn sequence_number(self) -> String {
        format!("{:020}", self.0)
    }
}

/// The content of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The id from the sender's answer.
    pub message_id: String,
    pub body: String,
    pub md5_of_body: String,
    /// Typed values beside the body.
    pub attributes: MessageAttributes,
    /// The message group, which every message on a FIFO queue has.
    pub group: Option<Arc<str>>,
    /// The deduplication id, given or derived from the body. Every message on a FIFO queue has one.
    pub deduplication_id: Option<String>,
    /// The system attribute `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// The time when it entered its queue, from which retention counts.
    pub sent_at: Timestamp,
    /// In a dead-letter queue, the queue that the message came from.
    pub dead_letter_source: Option<String>,
}

impl Content {
    /// The digest of a body, as in [`Content::md5_of_body`].
    pub fn digest(body: &str) -> String {
        md5_of_text(body)
    }
}

/// The delivery phase of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Sent with a delay, and not receivable before [`Progress::visible_at`].
    Delayed,
    /// Receivable, unless its group is blocked.
    Waiting,
    /// ReceiveResult, and invisible until [`Progress::visible_at`].
    InFlight,
}

/// The delivery state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub phase: Phase,
    /// The end of its delay or invisibility. In the past while it waits.
    pub visible_at: Timestamp,
    /// The number of receives in all its queues.
    pub receive_count: u32,
    /// The number of receives in this queue, which a redrive policy counts.
    pub receive_count_here: u32,
    /// The time of the first receive.
    pub first_received_at: Option<Timestamp>,
    /// The time of the latest receive. Twelve hours later the message becomes visible again, whatever visibility was
    /// requested.
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

    /// Undoes the latest receive, whose answer was never sent.
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

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) content: Arc<Content>,
    pub(crate) progress: Progress,
}
