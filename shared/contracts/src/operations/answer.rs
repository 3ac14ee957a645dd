//! Answers to operators: queues and dead letters.

use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/queues`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueListAnswer {
    /// All queues.
    pub data: Vec<QueueBody>,
}

/// A queue. The counts come from SQS and may be a minute old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueBody {
    /// Its short name.
    pub queue: &'static str,
    /// Jobs that can be received.
    pub waiting: u64,
    /// Jobs in progress or waiting for a retry.
    pub in_flight: u64,
    /// Jobs that were sent with a delay.
    pub delayed: u64,
    /// Jobs in the dead-letter queue.
    pub dead_letters: u64,
    /// The time of the oldest dead letter seen (RFC 3339). Null if there is none.
    pub oldest_dead_letter_at: Option<String>,
    /// The time since which the table's oldest item for this queue's jobs is unfinished (RFC 3339). Null if there is
    /// none or the table does not record it.
    pub oldest_unfinished_at: Option<String>,
}

/// `200` to `GET /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterListAnswer {
    /// The matching dead letters, oldest first.
    pub data: Vec<DeadLetterBody>,
    /// The number of matching dead letters among those seen.
    pub matched: usize,
    /// The approximate number of dead letters that were not seen: another request holds them, or they are behind others
    /// of their group.
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
    /// The queue of the job.
    pub queue: &'static str,
    /// `record`: a worker gave the job up and recorded the error. `moved`: SQS moved the job itself, because no worker
    /// recorded an error. `unreadable`: neither a record nor a job.
    pub kind: &'static str,
    /// The type of its job. Null if it contains no job.
    pub job_type: Option<&'static str>,
    /// The id of its job. Null if it contains no job.
    pub job_id: Option<String>,
    /// The chain of errors, from the outermost to the cause.
    pub error: String,
    /// The number of attempts.
    pub attempts: u32,
    /// The time at which its job was given up (RFC 3339). Null if unknown.
    pub failed_at: Option<String>,
    /// The id of the request that caused it.
    pub request_id: Option<String>,
    /// The current state in the table.
    pub now: StandingBody,
}

/// The current state of a job's subject in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandingBody {
    /// The state of the bet, match, round or account.
    pub state: String,
    /// The effect of a redrive. `due`: does the remaining work. `done`: changes nothing. `repeats`: sends a
    /// notification again. `fails`: fails again. `unknown`: the table cannot be read.
    pub redrive: &'static str,
    /// The request by which an operator returns stuck money of the job; its body needs a reason. Null if there is no
    /// money to return.
    pub way_out: Option<String>,
}

/// A dead letter with its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FullDeadLetterBody {
    /// The fields that lists have too.
    pub letter: DeadLetterBody,
    /// The group in which the job stood.
    pub group: String,
    /// The id of the message that held the job.
    pub message_id: String,
    /// The body of that message, as it was received.
    pub original_job: String,
}

/// `200` to `POST /api/operator/dead-letters/{deadLetterId}/redrive` and `…/delete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterActionAnswer {
    /// The outcome.
    pub data: DeadLetterActionBody,
}

/// `200` to `POST /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterActionListAnswer {
    /// The outcome for each selected dead letter, oldest first.
    pub data: Vec<DeadLetterActionBody>,
    /// The number of matching dead letters among those seen.
    pub matched: usize,
    /// The approximate number of dead letters that were not seen.
    pub unseen: u64,
}

/// The outcome of an action on a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterActionBody {
    /// Its id.
    pub id: String,
    /// The id of its job. Null if it contains no job.
    pub job_id: Option<String>,
    /// `redriven`: the job is in its queue again and the dead letter is deleted. `sent`: the job is in its queue again,
    /// but the dead letter still exists. `deleted`. `kept`: SQS refused and nothing changed. `not-a-job`: there is no
    /// job to send. `would-redrive` and `would-delete`: a dry run.
    pub outcome: &'static str,
}
