//! [`QueueDepth`]: the size of a queue and its dead-letter queue.

/// The number of messages in a queue and its dead-letter queue.
///
/// SQS counts are approximate. They may be a minute old, and are exact while nothing is sent. SQS does not report the
/// age of the oldest message; it is known only for received messages ([`crate::Message::sent_at`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Visible messages.
    pub waiting: u64,
    /// Received messages that are neither deleted nor visible again: those in progress, and those hidden for their
    /// back-off.
    pub in_flight: u64,
    /// Messages with a delay that is not over.
    pub delayed: u64,
    /// Records in the dead-letter queue, hidden ones included.
    pub dead_letters: u64,
}
