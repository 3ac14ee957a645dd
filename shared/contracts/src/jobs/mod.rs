//! [`Job`]: a task sent through a queue. A job is a hint, never the truth: the truth is the table.
//!
//! Each job is a type of its own, defined in its domain, that implements [`JobData`]. The list of queues names it once,
//! and everything common to all jobs follows from that.

mod list;
pub(crate) mod queue;
mod rows;

pub use list::*;

use evens_ledger::UserId;
use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A type of job.
pub trait JobData: Into<Job> + Serialize + DeserializeOwned {
    /// The type's name on the wire.
    const TYPE: &'static str;

    /// The job's id in logs and dead letters, and its deduplication id. Deduplication only saves work; M3 never relies
    /// on it.
    ///
    /// SQS allows 128 visible ASCII characters. Each id leaves room for a colon and a number that distinguish a later
    /// message about the same job.
    fn id(&self) -> String;

    /// The ids of the job's subjects, by which operators find it.
    fn subjects(&self) -> Vec<String>;

    /// The data that the job works on, if it says so. Two jobs of a queue with the same data would conflict, so they
    /// are handled one after the other.
    fn shared_look(&self) -> Option<&str> {
        None
    }

    /// The job, if the text is in the format of the old system.
    fn of_old(_kind: &str, _data: &str) -> Option<Self> {
        None
    }
}

/// A job whose message group follows from its content.
///
/// For other jobs the wire does not name the player, so they are created together with their group ([`JobInGroup`]). In
/// both cases the group is defined beside the type of job.
pub trait GroupedJob: JobData {
    /// The message group, within which jobs keep their order.
    fn group(&self) -> String;
}

/// A job with its message group: the player, the round or the order that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobInGroup {
    /// The job.
    pub job: Job,
    /// Its message group.
    pub group: String,
}

impl JobInGroup {
    /// Groups a job with the other jobs of a player.
    pub(crate) fn of_player(job: impl JobData, user: UserId) -> Self {
        Self { job: job.into(), group: user.to_string() }
    }
}

impl<J: GroupedJob> From<J> for JobInGroup {
    fn from(job: J) -> Self {
        let group = job.group();
        Self { job: job.into(), group }
    }
}

/// The jobs of one queue. A queue's handler takes this type, so it need not handle other jobs.
pub trait QueuedJob: Into<Job> + Clone + Send + Sync {
    /// The queue of these jobs.
    const QUEUE: Queue;

    /// The job, if it belongs to this queue; otherwise the job unchanged.
    fn of(job: Job) -> Result<Self, Job>;
}

/// The reasons why a message is not a job, in the order of the checks. A retry cannot change them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFault {
    /// Not JSON of a job's shape.
    #[error("malformed job")]
    Malformed,
    /// A type that no queue handles.
    #[error("Unknown job type: {0}")]
    UnknownType(String),
    /// A job that belongs to another queue.
    #[error("a {job} job arrived in the queue {queue}, to which it does not belong")]
    WrongQueue {
        /// The job's id.
        job: String,
        /// The queue that it came through.
        queue: &'static str,
    },
}

impl Job {
    /// Maximum length of a type name that a fault repeats.
    const TYPE_LENGTH_MAX: usize = 64;

    /// Reads the body of a message that came through `queue`.
    pub fn parse(queue: Queue, body: &str) -> Result<Self, JobFault> {
        let job = Self::read(body)?;
        if job.queue() == queue { Ok(job) } else { Err(job.in_wrong_queue(queue)) }
    }

    /// Reads the body of a message. [`Job::through`] checks its queue.
    ///
    /// # Errors
    /// The message is malformed, or of a type that no queue handles.
    pub fn read(body: &str) -> Result<Self, JobFault> {
        #[derive(Deserialize)]
        struct Written<'a> {
            #[serde(rename = "type", borrow)]
            kind: Cow<'a, str>,
            #[serde(borrow)]
            data: Option<&'a RawValue>,
        }
        let Written { kind, data } = serde_json::from_str(body).map_err(|_| JobFault::Malformed)?;
        let data = data.map_or("null", RawValue::get);
        let read = Self::read_data(&kind, data);
        let read =
            read.ok_or_else(|| JobFault::UnknownType(kind.chars().take(Self::TYPE_LENGTH_MAX).collect()))?;
        read.map_err(|_| JobFault::Malformed)
    }

    /// Converts the job to the type that its queue's handler takes.
    ///
    /// # Errors
    /// The job belongs to another queue.
    pub fn through<J: QueuedJob>(self) -> Result<J, JobFault> {
        J::of(self).map_err(|other| other.in_wrong_queue(J::QUEUE))
    }

    fn in_wrong_queue(&self, queue: Queue) -> JobFault {
        JobFault::WrongQueue { job: self.id(), queue: queue.name() }
    }
}

/// Serializes a job of this type.
fn serialize_job<S: Serializer>(kind: &str, data: &impl Serialize, serializer: S) -> Result<S::Ok, S::Error> {
    let mut job = serializer.serialize_struct("Job", 2)?;
    job.serialize_field("type", kind)?;
    job.serialize_field("data", data)?;
    job.end()
}
