//! [`Letter`]: a parsed message of a dead-letter queue.

use evens_contracts::{
    DeadLetterFacts, DeadLetterFilter, DeadLetterId, Job, JobFault, NotifyEvent, NotifyJob, Queue,
    TraceParent,
};
use evens_queues::{DeadLetter, Message};
use jiff::Timestamp;
use serde_json::Value;

/// How a message got into a dead-letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// A worker gave the job up and wrote a record with the reason.
    Record,
    /// SQS moved the job itself, because no worker wrote a record.
    Moved,
    /// Neither a record nor a job.
    Unreadable,
}

impl LetterKind {
    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Moved => "moved",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: DeadLetterId,
    pub kind: LetterKind,
    /// The job, or the reason why the message contains none.
    pub job: Result<Job, JobFault>,
    /// Body of the original message. It may have a code that a player was to get.
    pub(crate) original_job: String,
    /// Id of the original message.
    pub original_message: String,
    /// Message group of the job.
    pub group: String,
    /// The error chain, outermost error first.
    pub error: String,
    /// Number of attempts.
    pub attempts: u32,
    /// Time of the last failure, if known.
    pub failed_at: Option<Timestamp>,
    /// Id of the request that caused the job.
    pub trace: Option<String>,
    /// Trace of the job. A redriven job continues it.
    pub traceparent: Option<TraceParent>,
    /// SQS receipt, needed to release or delete the message.
    pub(crate) receipt: String,
}

impl Letter {
    /// Parses a message of a queue's dead-letter queue. Never fails: an unreadable body becomes a letter of kind
    /// [`LetterKind::Unreadable`].
    pub(crate) fn read(queue: Queue, message: Message) -> Self {
        let id = DeadLetterId::new(queue, &message.id);
        if let Some(record) = DeadLetter::read(&message) {
            return Self {
                id,
                kind: LetterKind::Record,
                job: Job::parse(queue, &record.original_job),
                original_job: record.original_job,
                original_message: record.message_id,
                group: record.group,
                error: record.error,
                attempts: record.attempts,
                failed_at: Some(record.failed_at),
                trace: record.trace,
                traceparent: record.traceparent,
                receipt: message.receipt,
            };
        }
        let job = Job::parse(queue, &message.body);
        let (kind, error) = match &job {
            Ok(_) => (
                LetterKind::Moved,
                "its worker stopped or timed out before it could record an error".to_owned(),
            ),
            Err(fault) => (LetterKind::Unreadable, fault.to_string()),
        };
        Self {
            id,
            kind,
            job,
            original_job: message.body,
            original_message: message.id,
            group: message.group,
            error,
            // SQS moved the message after this many receives. Its own counter also counts every look.
            attempts: queue.rules().receives_max(),
            // A FIFO queue restarts this timestamp when a message is moved.
            failed_at: message.sent_at,
            trace: message.trace,
            traceparent: message.traceparent,
            receipt: message.receipt,
        }
    }

    /// The job's id, if the letter contains a valid job.
    pub fn job_id(&self) -> Option<String> {
        self.job.as_ref().ok().map(Job::id)
    }

    /// The body of the original message without the code of a player, as staff may see it. A code of a recovery is
    /// enough to take an account. Digits are hidden in a message of the queue of notifications that is no job.
    pub fn shown_job(&self) -> String {
        match Job::read(&self.original_job) {
            Ok(job) if has_code(&job) => without_code(&self.original_job),
            Err(_) if self.id.queue() == Queue::Notifications => {
                self.original_job.replace(|c: char| c.is_ascii_digit(), "#")
            }
            _ => self.original_job.clone(),
        }
    }

    pub(crate) fn fits(&self, filter: &DeadLetterFilter) -> bool {
        filter.fits(DeadLetterFacts {
            queue: self.id.queue(),
            job: self.job.as_ref().ok(),
            group: &self.group,
            error: &self.error,
            failed_at: self.failed_at,
        })
    }
}

fn has_code(job: &Job) -> bool {
    matches!(
        job,
        Job::SendRecoveryCode(_) | Job::Notify(NotifyJob { event: NotifyEvent::PhoneCode { .. }, .. })
    )
}

fn without_code(job: &str) -> String {
    let Ok(mut shown) = serde_json::from_str::<Value>(job) else { return String::new() };
    shown["data"]["code"] = Value::from("(hidden)");
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::{Letter, LetterKind};
    use evens_contracts::Queue;
    use evens_queues::Message;
    use jiff::Timestamp;

    fn message(body: &str) -> Message {
        Message {
            id: "m-2".to_owned(),
            group: "its own".to_owned(),
            body: body.to_owned(),
            receipt: "receipt".to_owned(),
            attempt: 9,
            sent_at: Some(Timestamp::UNIX_EPOCH),
            trace: Some("request-1".to_owned()),
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().ok(),
        }
    }

    /// Body, then the expected kind, job id, message id, group, error and attempts.
    type Row = (String, LetterKind, Option<&'static str>, &'static str, &'static str, &'static str, u32);

    const JOB: &str = r#"{"type":"finish-round","data":{"roundId":"r"}}"#;
    const OTHER: &str = r#"{"type":"applyBonus","data":{"userId":"7"}}"#;
    const ENDED: &str = "its worker stopped or timed out before it could record an error";

    fn record(job: &str, rest: &str) -> String {
        format!(
            r#"{{"originalJob":{job},"error":"it broke: badly","attempts":2,"failedAt":"2026-11-20T08:00:00Z","queue":"rounds","messageId":"m-1"{rest}}}"#
        )
    }

    #[test]
    fn any_message_becomes_a_letter() {
        use LetterKind::{Moved, Record, Unreadable};
        #[rustfmt::skip]
        let table: [Row; 9] = [
            (record(JOB, r#","group":"42""#),   Record,     Some("finish:r"), "m-1", "42",      "it broke: badly", 2),
            // Written before records contained the group.
            (record(JOB, ""),                   Record,     Some("finish:r"), "m-1", "its own", "it broke: badly", 2),
            // A record stores a body that is not JSON as a string.
            (record(r#""not {json""#, ""),      Record,     None,             "m-1", "its own", "it broke: badly", 2),
            (record(r#"{"type":"x"}"#, ""),     Record,     None,             "m-1", "its own", "it broke: badly", 2),
            (JOB.to_owned(),                    Moved,      Some("finish:r"), "m-2", "its own", ENDED,             5),
            (OTHER.to_owned(),                  Unreadable, None,             "m-2", "its own", "a bonus-7 job arrived in the queue rounds, to which it does not belong", 5),
            ("garbage".to_owned(),              Unreadable, None,             "m-2", "its own", "malformed job",   5),
            (String::new(),                     Unreadable, None,             "m-2", "its own", "malformed job",   5),
            (r#"{"originalJob":1}"#.to_owned(), Unreadable, None,             "m-2", "its own", "malformed job",   5),
        ];
        for (body, kind, job_id, original_message, group, error, attempts) in table {
            let letter = Letter::read(Queue::Rounds, message(&body));
            assert_eq!((letter.kind, letter.job_id().as_deref()), (kind, job_id), "{body}");
            assert_eq!(
                (letter.original_message.as_str(), letter.group.as_str()),
                (original_message, group),
                "{body}"
            );
            assert_eq!((letter.error.as_str(), letter.attempts), (error, attempts), "{body}");
            assert_eq!(letter.id.to_string(), "rounds:m-2", "{body}");
            assert_eq!(letter.trace.as_deref(), Some("request-1"), "{body}");
            assert!(letter.traceparent.is_some(), "{body}");
            let failed_at = if kind == Record { "2026-11-20T08:00:00Z" } else { "1970-01-01T00:00:00Z" };
            assert_eq!(letter.failed_at, failed_at.parse().ok(), "{body}");
        }
    }

    #[test]
    fn a_job_comes_out_as_it_was_received() {
        let rows = [
            (record(JOB, ""), JOB),
            (record(r#""not {\"json""#, ""), "not {\"json"),
            (JOB.to_owned(), JOB),
            ("garbage".to_owned(), "garbage"),
        ];
        for (body, original) in rows {
            assert_eq!(Letter::read(Queue::Rounds, message(&body)).original_job, original, "{body}");
        }
    }

    #[test]
    fn nobody_is_shown_a_code() {
        let phone = r#"{"type":"notify","data":{"userId":"42","event":"phone-code","code":"012345","expiresAt":"2026-11-20T09:40:00Z","about":"42-1"}}"#;
        let key = "ab".repeat(32);
        let recovery =
            format!(r#"{{"type":"sendRecoveryCode","data":{{"recovery":"{key}","code":"01234567"}}}}"#);
        let broken = r#"{"type":"notify","data":{"event":"phone-code","code":12345}}"#;
        for (queue, job) in [
            (Queue::Notifications, phone),
            (Queue::Notifications, &recovery),
            // Sent to a wrong queue.
            (Queue::Rounds, &recovery),
            (Queue::Notifications, broken),
        ] {
            for body in [job.to_owned(), record(job, "")] {
                let letter = Letter::read(queue, message(&body));
                assert_eq!(letter.original_job, job, "a redrive sends it as it was");
                let shown = letter.shown_job();
                assert!(!shown.contains("12345"), "{shown}");
                assert!(shown.contains("code"), "{shown}");
            }
        }
        let welcome =
            r#"{"type":"notify","data":{"userId":"42","event":"welcome-bonus","amount":"25","about":"42"}}"#;
        assert_eq!(Letter::read(Queue::Notifications, message(welcome)).shown_job(), welcome);
    }
}
