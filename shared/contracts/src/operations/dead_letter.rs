//! How operators name dead letters, and which ones they mean.

use crate::{Job, Queue};
use jiff::Timestamp;
use std::fmt::{self, Display};
use std::str::FromStr;

/// Names a dead letter: `settle:5f2c…`, the queue that gave it up and the id that SQS gave the message. It stays the
/// same however often the message is looked at, and ends with the message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeadLetterId {
    queue: Queue,
    message_id: String,
}

/// Why a text names no dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of a dead letter: a queue, a colon and a message id")]
pub struct DeadLetterIdError;

impl DeadLetterId {
    /// SQS's ids of messages have 36 characters; other servers of its protocol may have longer ones.
    const MESSAGE_ID_LENGTH_MAX: usize = 100;

    /// The name of a message in the dead-letter queue of that queue.
    pub fn new(queue: Queue, message_id: impl Into<String>) -> Self {
        Self { queue, message_id: message_id.into() }
    }

    /// The queue of the job.
    pub fn queue(&self) -> Queue {
        self.queue
    }

    /// The id of the message.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }
}

impl Display for DeadLetterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.queue.name(), self.message_id)
    }
}

impl FromStr for DeadLetterId {
    type Err = DeadLetterIdError;

    fn from_str(text: &str) -> Result<Self, DeadLetterIdError> {
        let (queue, message_id) = text.split_once(':').ok_or(DeadLetterIdError)?;
        let queue = queue.parse().map_err(|_| DeadLetterIdError)?;
        let is_of_an_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_id = (1..=Self::MESSAGE_ID_LENGTH_MAX).contains(&message_id.len())
            && message_id.bytes().all(is_of_an_id);
        if is_id { Ok(Self::new(queue, message_id)) } else { Err(DeadLetterIdError) }
    }
}

/// A type of jobs, as it is written: one of [`Job::TYPES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobType(&'static str);

/// The text names no type of jobs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a job type. The types are {}", Job::TYPES.join(", "))]
pub struct UnknownJobType;

impl FromStr for JobType {
    type Err = UnknownJobType;

    fn from_str(text: &str) -> Result<Self, UnknownJobType> {
        Job::TYPES.into_iter().find(|known| *known == text).map(Self).ok_or(UnknownJobType)
    }
}

/// Which dead letters are meant: those that fit in all that is said. What is not said fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadLetterFilter {
    /// Those of this queue.
    pub queue: Option<Queue>,
    /// Dead letters with a job of this type.
    pub job_type: Option<JobType>,
    /// Those whose job, or its group, names this user, bet, match or round by its whole id.
    pub about: Option<String>,
    /// Dead letters whose error contains this text, in whatever case.
    pub error: Option<String>,
    /// Dead letters from this time on.
    pub since: Option<Timestamp>,
    /// Dead letters before this time.
    pub until: Option<Timestamp>,
}

/// What of a dead letter is compared with a filter.
#[derive(Debug, Clone, Copy)]
pub struct DeadLetterFacts<'a> {
    /// The queue of the job.
    pub queue: Queue,
    /// Its job, if there is one in it.
    pub job: Option<&'a Job>,
    /// The group in which the job stood.
    pub group: &'a str,
    /// Why it was given up, as far as that is known.
    pub error: &'a str,
    /// When it was given up, as far as that is known.
    pub failed_at: Option<Timestamp>,
}

impl DeadLetterFilter {
    /// The queues whose dead letters are looked at.
    pub fn queues(&self) -> Vec<Queue> {
        self.queue.map_or_else(|| Queue::ALL.to_vec(), |queue| vec![queue])
    }

    /// Whether nothing is said, so that every dead letter fits.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a dead letter is meant. One whose time nobody knows is in no range of time.
    pub fn fits(&self, letter: DeadLetterFacts<'_>) -> bool {
        let is_about = |id: &String| {
            letter.group == id || letter.job.is_some_and(|job| job.subjects().iter().any(|found| found == id))
        };
        let has_error = |text: &String| letter.error.to_lowercase().contains(&text.to_lowercase());
        self.queue.is_none_or(|queue| queue == letter.queue)
            && self.job_type.is_none_or(|JobType(kind)| letter.job.is_some_and(|job| job.kind() == kind))
            && self.about.as_ref().is_none_or(is_about)
            && self.error.as_ref().is_none_or(has_error)
            && self.since.is_none_or(|since| letter.failed_at.is_some_and(|at| at >= since))
            && self.until.is_none_or(|until| letter.failed_at.is_some_and(|at| at < until))
    }
}
