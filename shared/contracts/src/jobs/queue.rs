//! What a queue is: its names in a stage, and what its rules say about attempts, back-off, concurrency and time-outs,
//! for the pollers, the functions and the template.

use crate::Queue;
use std::str::FromStr;
use std::time::Duration;

/// How long a failed job waits before its next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// The same time before each attempt.
    Fixed(Duration),
    /// This time before the second attempt, twice as long before each further one.
    Exponential(Duration),
}

/// The rules of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueRules {
    /// How often a job is tried before it is a dead letter.
    pub attempts_max: u32,
    /// How long a failed job waits.
    pub backoff: Backoff,
    /// How many batches are worked on side by side.
    pub concurrency: u32,
    /// How many messages a batch has at most.
    pub batch_size: u32,
    /// After what time a function that works on a batch is ended.
    pub function_timeout: Duration,
    /// For how long a received message is invisible to others: at least six times the function's time-out.
    pub visibility_timeout: Duration,
    /// How long what was given up is kept; 14 days are the longest that SQS keeps a message.
    pub dead_letter_retention: Duration,
}

impl Backoff {
    /// SQS hides a message for 12 hours at most.
    const DELAY_MAX: Duration = Duration::from_hours(12);

    /// How long to wait after the attempt of that number (the first is 1) has failed.
    pub fn delay(self, attempt: u32) -> Duration {
        let delay = match self {
            Self::Fixed(delay) => delay,
            Self::Exponential(base) => {
                let doublings = attempt.saturating_sub(1).min(16);
                base.saturating_mul(1 << doublings)
            }
        };
        delay.min(Self::DELAY_MAX)
    }
}

impl Queue {
    /// What the queue's full name ends with, after the stage.
    pub fn name_in_stage(self) -> String {
        format!("{}.fifo", self.name())
    }

    /// What the full name of its dead-letter queue ends with, after the stage.
    pub fn dead_letter_name_in_stage(self) -> String {
        format!("{}-dead-letter.fifo", self.name())
    }

    /// The queue's full name in a stage.
    pub fn full_name(self, stage: &str) -> String {
        format!("evens-{stage}-{}", self.name_in_stage())
    }

    /// The full name of its dead-letter queue in a stage.
    pub fn dead_letter_name(self, stage: &str) -> String {
        format!("evens-{stage}-{}", self.dead_letter_name_in_stage())
    }
}

/// The text names no queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a queue. The queues are {}", Queue::NAMES)]
pub struct UnknownQueue;

/// By its short name.
impl FromStr for Queue {
    type Err = UnknownQueue;

    fn from_str(text: &str) -> Result<Self, UnknownQueue> {
        Self::ALL.into_iter().find(|queue| queue.name() == text).ok_or(UnknownQueue)
    }
}
