//! [`QueueUrls`]: the URLs of all queues.

use evens_contracts::Queue;

/// The URLs of a queue and its dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrl {
    pub main: String,
    pub dead_letter: String,
}

/// The URLs of all queues in the order of [`Queue::ALL`]. None can be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrls(Vec<QueueUrl>);

impl QueueUrls {
    /// Builds the URLs from their common prefix, up to and including the stage:
    /// `https://sqs.…/123456789012/evens-prod-`.
    pub fn from_prefix(prefix: &str) -> Self {
        let url = |queue: Queue| QueueUrl {
            main: format!("{prefix}{}", queue.name_in_stage()),
            dead_letter: format!("{prefix}{}", queue.dead_letter_name_in_stage()),
        };
        Self(Queue::ALL.map(url).into())
    }

    /// Collects the URL of each queue. Stops at the first error.
    pub fn from_each<E>(url: impl FnMut(Queue) -> Result<QueueUrl, E>) -> Result<Self, E> {
        Queue::ALL.into_iter().map(url).collect::<Result<_, _>>().map(Self)
    }

    pub fn of(&self, queue: Queue) -> &QueueUrl {
        &self.0[queue as usize]
    }
}
