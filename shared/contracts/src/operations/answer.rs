//! Answers to operators: queues and dead letters.

use crate::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/queues`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueListAnswer {
    /// Every queue.
    pub data: Vec<QueueBody>,
}

/// A queue. The counts are those of SQS, which may be a minute old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueBody {
    /// The queue's short name.
    pub queue: &'static str,
    /// Jobs that can be received.
    pub waiting: u64,
    /// Jobs in progress, or hidden for their back-off.
    pub in_flight: u64,
    /// Jobs that were sent with a delay.
    pub delayed: u64,
    /// Jobs in its dead-letter queue.
    pub dead_letters: u64,
    /// Time of failure of the oldest of the dead letters that were read, at most ten (RFC 3339); null if there is none,
    /// or if another reader holds them.
    pub oldest_dead_letter_at: Option<Time>,
    /// Time since which the oldest work for this queue's jobs has been unfinished, according to the table (RFC 3339).
    /// Null if there is none, or if the table does not show it.
    pub oldest_unfinished_at: Option<Time>,
}

/// `200` to `GET /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterListAnswer {
    /// The matching dead letters, the earliest failures first.
    pub data: Vec<DeadLetterBody>,
    /// Number of matching dead letters among those that were read.
    pub matched: usize,
    /// Approximate number of dead letters that were not read, because another receiver holds them or they are behind
    /// others of their group.
    pub unseen: u64,
}

/// `200` to `GET /api/operator/dead-letters/{deadLetterId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterAnswer {
    /// The dead letter.
    pub data: FullDeadLetterBody,
}

/// A dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterBody {
    /// Its id.
    pub id: String,
    /// The queue whose job failed.
    pub queue: &'static str,
    /// `record`: a worker gave the job up and stored the reason; `moved`: SQS moved the job itself, before a worker
    /// could give it up; `unreadable`: neither a record nor a job.
    pub kind: &'static str,
    /// The type of its job; null if it contains none.
    pub job_type: Option<&'static str>,
    /// The id of its job; null if it contains none.
    pub job_id: Option<String>,
    /// The error, from the outermost to its cause. Here and in the other texts of a dead letter, control, direction and
    /// invisible characters are escaped, such as `\u{202e}`.
    pub error: String,
    /// Number of attempts.
    pub attempts: u32,
    /// Time of failure (RFC 3339); null if it is unknown.
    pub failed_at: Option<Time>,
    /// The id of the request that caused the job.
    pub request_id: Option<String>,
    /// The current state of its subject, according to the table.
    pub now: StandingBody,
}

/// The state of a job's subject, according to the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandingBody {
    /// The state of the bet, match, round or account.
    pub state: String,
    /// The effect of sending the job again: `due`, it does the remaining work; `done`, it changes nothing; `repeats`,
    /// it notifies a player again; `fails`, it fails again; `unknown`, the table cannot be read.
    pub redrive: &'static str,
    /// The request by which an operator returns the money of the job, if it is stuck; its body must give the reason.
    /// Null if there is no money to return.
    pub way_out: Option<String>,
}

/// A dead letter with its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FullDeadLetterBody {
    /// The fields shown in lists.
    pub letter: DeadLetterBody,
    /// The job's message group.
    pub group: String,
    /// The id of the message that held the job.
    pub message_id: String,
    /// The body of that message, with the same characters escaped.
    pub original_job: String,
}

/// `200` to `POST /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterActionListAnswer {
    /// The outcome for each dead letter that the action concerns, the earliest failures first.
    pub data: Vec<DeadLetterActionBody>,
    /// Number of matching dead letters among those that were read: those in `data`, those beyond the limit, and the
    /// unsendable ones.
    pub matched: usize,
    /// Number of matching dead letters that contain no job, so that `redrive` leaves them. They are neither in `data`
    /// nor counted towards the limit; 0 for `delete`.
    pub unsendable: usize,
    /// Approximate number of dead letters that were not read.
    pub unseen: u64,
}

/// The outcome of an action on a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterActionBody {
    /// Its id.
    pub id: String,
    /// The id of its job; null if it contains none.
    pub job_id: Option<String>,
    /// `redriven`: the job is in its queue again and the dead letter is gone; `sent`: the job is in its queue again,
    /// and the dead letter is still there; `deleted`; `kept`: SQS refused, and nothing changed; `not-a-job`: there is
    /// no job to send; `would-redrive` and `would-delete`: the result of a dry run.
    pub outcome: &'static str,
}
