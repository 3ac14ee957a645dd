//! Ids and filters of dead letters for operators.

use crate::{Job, Queue};
use jiff::Timestamp;
use std::fmt::{self, Display};
use std::str::FromStr;

/// The id of a dead letter: `settle:5f2c…`, its queue and the message id from SQS. It is stable as long as the message
/// exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeadLetterId {
    queue: Queue,
    message_id: String,
}

/// The text is not the id of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of a dead letter: a queue, a colon and a message id")]
pub struct DeadLetterIdError;

impl DeadLetterId {
    /// Message ids of SQS have 36 characters. Other servers of its protocol may have longer ones.
    const MESSAGE_ID_LENGTH_MAX: usize = 100;

    /// The id of a message in the dead-letter queue of `queue`.
    pub fn new(queue: Queue, message_id: impl Into<String>) -> Self {
        Self { queue, message_id: message_id.into() }
    }

    /// The queue whose job failed.
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

/// A job type's name on the wire: one of [`Job::TYPES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobType(&'static str);

/// The text does not name a type of job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a job type. The types are {}", Job::TYPES.join(", "))]
pub struct UnknownJobType;

impl FromStr for JobType {
    type Err = UnknownJobType;

    fn from_str(text: &str) -> Result<Self, UnknownJobType> {
        Job::TYPES.into_iter().find(|known| *known == text).map(Self).ok_or(UnknownJobType)
    }
}

/// A filter of dead letters. All fields that are set must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadLetterFilter {
    /// The queue.
    pub queue: Option<Queue>,
    /// The type of the job.
    pub job_type: Option<JobType>,
    /// The full id of a user, bet, match or round that the job or its group names.
    pub about: Option<String>,
    /// A text that occurs in the error, ignoring case.
    pub error: Option<String>,
    /// The earliest time of failure.
    pub since: Option<Timestamp>,
    /// The time before which the job must have failed.
    pub until: Option<Timestamp>,
}

/// The facts of a dead letter that a filter compares.
#[derive(Debug, Clone, Copy)]
pub struct DeadLetterFacts<'a> {
    /// The queue whose job failed.
    pub queue: Queue,
    /// Its job, if it contains one.
    pub job: Option<&'a Job>,
    /// The job's message group.
    pub group: &'a str,
    /// The error, as far as it is known.
    pub error: &'a str,
    /// The time of failure, if it is known.
    pub failed_at: Option<Timestamp>,
}

impl DeadLetterFilter {
    /// The queues whose dead letters are read.
    pub fn queues(&self) -> Vec<Queue> {
        self.queue.map_or_else(|| Queue::ALL.to_vec(), |queue| vec![queue])
    }

    /// Returns `true` if no field is set, so that every dead letter matches.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns `true` if a dead letter matches. One with an unknown time of failure matches no range of time.
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
