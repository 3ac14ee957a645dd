//! [`QueueUrls`]: where each queue is.

use evens_contracts::Queue;

/// Where a queue and its dead-letter queue are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrl {
    /// The queue.
    pub main: String,
    /// Its dead-letter queue.
    pub dead_letter: String,
}

/// Where every queue is. None can be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrls {
    matches: QueueUrl,
    settle: QueueUrl,
    refund: QueueUrl,
    rounds: QueueUrl,
}

impl QueueUrls {
    /// Asks for the place of each queue; the first error ends it.
    pub fn from_each<E>(mut url: impl FnMut(Queue) -> Result<QueueUrl, E>) -> Result<Self, E> {
        Ok(Self {
            matches: url(Queue::Match)?,
            settle: url(Queue::Settle)?,
            refund: url(Queue::Refund)?,
            rounds: url(Queue::Rounds)?,
        })
    }

    /// Where the queue is.
    pub fn of(&self, queue: Queue) -> &QueueUrl {
        match queue {
            Queue::Match => &self.matches,
            Queue::Settle => &self.settle,
            Queue::Refund => &self.refund,
            Queue::Rounds => &self.rounds,
        }
    }
}
