//! Queues: their names in a stage, and their rules about attempts, back-off, concurrency and time-outs. Pollers,
//! functions and the template use them.

use crate::Queue;
use std::str::FromStr;
use std::time::Duration;

/// The wait of a failed job before its next attempt.
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
    /// Number of attempts before a job becomes a dead letter.
    pub attempts_max: u32,
    /// The wait between attempts.
    pub backoff: Backoff,
    /// Time for which a job may wait for another system that is away. Waiting uses up no attempt. `None` for jobs that
    /// call no other system.
    pub wait_max: Option<Duration>,
    /// Number of batches handled concurrently.
    pub concurrency: u32,
    /// Maximum number of messages in a batch.
    pub batch_size: u32,
    /// Time after which a function that handles a batch is ended.
    pub function_timeout: Duration,
    /// Time for which a received message is hidden from other receivers: at least six times the function's time-out.
    pub visibility_timeout: Duration,
    /// Time for which dead letters are kept. SQS keeps messages for at most 14 days.
    pub dead_letter_retention: Duration,
}

impl QueueRules {
    /// The longest pause before the next look whether another system is back.
    const LOOK_AGAIN_AFTER: Duration = Duration::from_mins(2);

    /// Number of receives after which SQS itself moves a message to the dead-letter queue. A waiting job is received
    /// many times, so it is the largest number that SQS permits.
    pub const fn receives_max(self) -> u32 {
        if self.wait_max.is_some() { 1000 } else { self.attempts_max }
    }

    /// The pause of a waiting job after that many receives.
    pub fn look_again_after(self, receives: u32) -> Duration {
        self.backoff.delay(receives).min(Self::LOOK_AGAIN_AFTER)
    }
}

impl Backoff {
    /// SQS hides a message for at most 12 hours.
    const DELAY_MAX: Duration = Duration::from_hours(12);

    /// The wait after this attempt has failed. The first attempt is number 1.
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
    /// The end of the queue's full name, after the stage.
    pub fn name_in_stage(self) -> String {
        format!("{}.fifo", self.name())
    }

    /// The end of the dead-letter queue's full name, after the stage.
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

/// The text does not name a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a queue. The queues are {}", Queue::NAMES)]
pub struct UnknownQueue;

/// Parses the short name.
impl FromStr for Queue {
    type Err = UnknownQueue;

    fn from_str(text: &str) -> Result<Self, UnknownQueue> {
        Self::ALL.into_iter().find(|queue| queue.name() == text).ok_or(UnknownQueue)
    }
}
