//! Answers to operators: queues and dead letters.

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
    /// Its short name.
    pub queue: &'static str,
    /// Jobs that may be taken.
    pub waiting: u64,
    /// Jobs that are worked on, or hidden for their back-off.
    pub in_flight: u64,
    /// Jobs that were sent with a delay.
    pub delayed: u64,
    /// Jobs that were given up.
    pub dead_letters: u64,
    /// When the oldest dead letter that was seen was given up (RFC 3339); null where there is none.
    pub oldest_dead_letter_at: Option<String>,
    /// Since when the oldest thing that a job of this queue is to bring to its end has been unfinished, by the table
    /// (RFC 3339); null where there is none, or where the table does not know.
    pub oldest_unfinished_at: Option<String>,
}

/// `200` to `GET /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterListAnswer {
    /// The dead letters that fit, those given up first.
    pub data: Vec<DeadLetterBody>,
    /// How many fit, of those that were seen.
    pub matched: usize,
    /// How many there are about that were not seen: somebody else holds them at the moment, or they stand behind others
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
    /// Which queue gave it up.
    pub queue: &'static str,
    /// `record`: a worker gave the job up and wrote down why; `moved`: SQS moved the job itself, because no worker got
    /// as far as that; `unreadable`: neither a record nor a job.
    pub kind: &'static str,
    /// The type of its job; null where it holds none.
    pub job_type: Option<&'static str>,
    /// The id of its job; null where it holds none.
    pub job_id: Option<String>,
    /// What went wrong, from the outside to the cause.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up (RFC 3339); null where nobody knows.
    pub failed_at: Option<String>,
    /// The id of the request that it goes back to.
    pub request_id: Option<String>,
    /// What the table says about it now.
    pub now: StandingBody,
}

/// What the table says about what a job is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandingBody {
    /// How the bet, match, round or account stands.
    pub state: String,
    /// What sending the job again would do: `due`, it does what is still to be done; `done`, it changes nothing;
    /// `repeats`, it tells somebody again; `fails`, it fails again; `unknown`, the table cannot be read.
    pub redrive: &'static str,
    /// By what request an operator gives the money back that the job is about, where it is stuck: the body says why.
    /// Null where there is none to be given back.
    pub way_out: Option<String>,
}

/// A dead letter with its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FullDeadLetterBody {
    /// What stands in lists too.
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
    /// What became of it.
    pub data: DeadLetterActionBody,
}

/// `200` to `POST /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetterActionListAnswer {
    /// What became of each that was meant, those given up first.
    pub data: Vec<DeadLetterActionBody>,
    /// How many fit, of those that were seen.
    pub matched: usize,
    /// How many there are about that were not seen.
    pub unseen: u64,
}

/// What became of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterActionBody {
    /// Its id.
    pub id: String,
    /// The id of its job; null where it holds none.
    pub job_id: Option<String>,
    /// `redriven`: the job is in its queue again and the dead letter is gone; `sent`: the job is in its queue again,
    /// and the dead letter is still there; `deleted`; `kept`: SQS did not do it, and nothing changed; `not-a-job`:
    /// there is nothing to be sent; `would-redrive` and `would-delete`: nothing was to be done but to say so.
    pub outcome: &'static str,
}
