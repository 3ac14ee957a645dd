//! [`Job`]: what is asked for through a queue. A job is a hint, never the truth: the truth is the table.
//!
//! Each job is a type of its own, beside what else its domain has on the wire, and says of itself what [`JobData`] asks
//! for. The list of queues names it once; everything that is true of all jobs follows from there.

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

/// One type of job: what whoever carries it has to know about it.
pub trait JobData: Into<Job> + Serialize + DeserializeOwned {
    /// The type, as it is written.
    const TYPE: &'static str;

    /// The job's id: names it in logs and dead letters, and is its deduplication id. It only saves work (M3 never
    /// rests on it).
    ///
    /// SQS takes 128 visible ASCII characters: each id fits, with a colon and a number behind it that sets a later
    /// message about the same job apart.
    fn id(&self) -> String;

    /// The ids of what the job names, by which operators find it.
    fn subjects(&self) -> Vec<String>;

    /// What the job reaches into, if it says so. Two jobs of a queue that reach into the same at the same time reach
    /// for the same items; so they are worked on one after the other.
    fn shared_look(&self) -> Option<&str> {
        None
    }

    /// The job, if that is how the old system wrote it.
    fn of_old(_kind: &str, _data: &str) -> Option<Self> {
        None
    }
}

/// A job from which its message group follows.
///
/// Where it does not, as the wire does not name whom the job is about, the job is made with its group ([`Grouped`])
/// from what names them; so the group of each type of job is said where the type is.
pub trait GroupedJob: JobData {
    /// The group in whose order the job stands.
    fn group(&self) -> String;
}

/// A job with the group in whose order it stands: the player, the round or the order that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouped {
    /// The job.
    pub job: Job,
    /// Its message group.
    pub group: String,
}

impl Grouped {
    /// A job in the order of what is done for a player.
    pub(crate) fn of_player(job: impl JobData, user: UserId) -> Self {
        Self { job: job.into(), group: user.to_string() }
    }
}

impl<J: GroupedJob> From<J> for Grouped {
    fn from(job: J) -> Self {
        let group = job.group();
        Self { job: job.into(), group }
    }
}

/// The jobs of one queue. Who handles them is given nothing else, and need not ask what came.
pub trait QueuedJob: Into<Job> + Clone + Send + Sync {
    /// Through which queue they go.
    const QUEUE: Queue;

    /// The job, if it is one of these; otherwise as it was.
    fn of(job: Job) -> Result<Self, Job>;
}

/// Why a message is not a job, in the order of the checks. No other try can change that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFault {
    /// Not JSON of a job's shape.
    #[error("malformed job")]
    Malformed,
    /// A type that nobody handles.
    #[error("Unknown job type: {0}")]
    UnknownType(String),
    /// A job that belongs into another queue.
    #[error("a {job} job arrived in the queue {queue}, to which it does not belong")]
    WrongQueue {
        /// The job's id.
        job: String,
        /// Where it came from.
        queue: &'static str,
    },
}

impl Job {
    /// The longest type name that is repeated in a fault.
    const TYPE_LENGTH_MAX: usize = 64;

    /// Reads the body of a message that came through `queue`.
    pub fn parse(queue: Queue, body: &str) -> Result<Self, JobFault> {
        let job = Self::read(body)?;
        if job.queue() == queue { Ok(job) } else { Err(job.in_wrong_queue(queue)) }
    }

    /// Reads the body of a message. See [`Job::through`] for what its queue has to do with it.
    ///
    /// # Errors
    /// It is malformed, or of a type that nobody handles.
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

    /// The job as whoever works on its queue takes it.
    ///
    /// # Errors
    /// It belongs into another queue.
    pub fn through<J: QueuedJob>(self) -> Result<J, JobFault> {
        J::of(self).map_err(|other| other.in_wrong_queue(J::QUEUE))
    }

    fn in_wrong_queue(&self, queue: Queue) -> JobFault {
        JobFault::WrongQueue { job: self.id(), queue: queue.name() }
    }
}

/// Writes a job of that type.
fn written<S: Serializer>(kind: &str, data: &impl Serialize, serializer: S) -> Result<S::Ok, S::Error> {
    let mut job = serializer.serialize_struct("Job", 2)?;
    job.serialize_field("type", kind)?;
    job.serialize_field("data", data)?;
    job.end()
}
