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

/// Where every queue is, in the order of [`Queue::ALL`]. None can be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrls(Vec<QueueUrl>);

impl QueueUrls {
    /// The queues whose URLs begin alike, up to and with the stage: `https://sqs.…/123456789012/evens-prod-`.
    pub fn from_prefix(prefix: &str) -> Self {
        let url = |queue: Queue| QueueUrl {
            main: format!("{prefix}{}", queue.name_in_stage()),
            dead_letter: format!("{prefix}{}", queue.dead_letter_name_in_stage()),
        };
        Self(Queue::ALL.map(url).into())
    }

    /// Asks for the place of each queue; the first error ends it.
    pub fn from_each<E>(url: impl FnMut(Queue) -> Result<QueueUrl, E>) -> Result<Self, E> {
        Queue::ALL.into_iter().map(url).collect::<Result<_, _>>().map(Self)
    }

    /// Where the queue is.
    pub fn of(&self, queue: Queue) -> &QueueUrl {
        &self.0[queue as usize]
    }
}
