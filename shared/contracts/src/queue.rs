//! The table of queues: attempts, back-off, concurrency and time-outs, for the pollers, the functions and the template.

use std::str::FromStr;
use std::time::Duration;

/// A queue of jobs. Each has a dead-letter queue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    /// Bets that look for opponents.
    Match,
    /// Matches to be drawn and paid.
    Settle,
    /// Stakes to be given back.
    Refund,
    /// Rounds to be brought to their end.
    Rounds,
    /// What is owed to players who have signed up: bonus, then referral.
    Registration,
    /// Days on which players logged in.
    Attendance,
    /// What players are told.
    Notifications,
}

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
    /// Every queue.
    pub const ALL: [Self; 7] = [
        Self::Match,
        Self::Settle,
        Self::Refund,
        Self::Rounds,
        Self::Registration,
        Self::Attendance,
        Self::Notifications,
    ];

    /// The queue's short name, as in its URL `evens-{stage}-{name}.fifo`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Settle => "settle",
            Self::Refund => "refund",
            Self::Rounds => "rounds",
            Self::Registration => "registration",
            Self::Attendance => "attendance",
            Self::Notifications => "notifications",
        }
    }

    /// The queue's full name in a stage.
    pub fn full_name(self, stage: &str) -> String {
        format!("evens-{stage}-{}.fifo", self.name())
    }

    /// The full name of its dead-letter queue in a stage.
    pub fn dead_letter_name(self, stage: &str) -> String {
        format!("evens-{stage}-{}-dead-letter.fifo", self.name())
    }

    /// The queue's rules.
    pub fn rules(self) -> QueueRules {
        let common = QueueRules {
            attempts_max: 5,
            backoff: Backoff::Exponential(Duration::from_secs(2)),
            concurrency: 3,
            batch_size: 10,
            function_timeout: Duration::from_secs(10),
            visibility_timeout: Duration::from_mins(1),
        };
        match self {
            Self::Match => QueueRules { concurrency: 5, ..common },
            Self::Settle => QueueRules {
                attempts_max: 3,
                backoff: Backoff::Exponential(Duration::from_secs(5)),
                ..common
            },
            Self::Refund | Self::Notifications => common,
            Self::Rounds => QueueRules { concurrency: 2, ..common },
            Self::Registration => QueueRules { attempts_max: 3, concurrency: 8, ..common },
            Self::Attendance => QueueRules {
                attempts_max: 2,
                backoff: Backoff::Fixed(Duration::from_secs(5)),
                concurrency: 15,
                ..common
            },
        }
    }
}

/// The text names no queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "names no queue: there are match, settle, refund, rounds, registration, attendance and notifications"
)]
pub struct UnknownQueue;

/// By its short name.
impl FromStr for Queue {
    type Err = UnknownQueue;

    fn from_str(text: &str) -> Result<Self, UnknownQueue> {
        Self::ALL.into_iter().find(|queue| queue.name() == text).ok_or(UnknownQueue)
    }
}
