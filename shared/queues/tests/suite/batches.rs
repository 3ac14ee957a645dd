//! Entries refused inside a successful response are retried a limited number of times, and counted.

use evens_contracts::{FinishRoundJob, Job, JobInGroup, Queue};
use evens_doubles::{Answer, FakeSqs, success};
use evens_queues::{OutgoingJob, QueueError, Queues};
use serde_json::Value;
use std::time::Duration;

fn jobs(count: usize) -> Vec<OutgoingJob> {
    let job = |number: usize| {
        Job::FinishRound(FinishRoundJob {
            round_id: format!("round-{number}").parse().unwrap(),
            after_match: None,
        })
    };
    let grouped = |number: usize| JobInGroup { job: job(number), group: (number % 2).to_string() };
    (0..count).map(|number| OutgoingJob::of(grouped(number))).collect()
}

/// The ids of the entries of each call, which are their positions.
fn entry_ids(inputs: &[Value]) -> Vec<String> {
    let ids = |input: &Value| {
        let entries = input["Entries"].as_array().unwrap();
        let ids = entries.iter().map(|entry| entry["Id"].as_str().unwrap());
        ids.collect::<Vec<_>>().join(" ")
    };
    inputs.iter().map(ids).collect()
}

fn outcome(result: &Result<(), QueueError>) -> String {
    match result {
        Ok(()) => "done".to_owned(),
        Err(QueueError::Refused { refused, total, .. }) => format!("{refused} of {total} refused"),
        Err(error) => error.to_string(),
    }
}

/// The refused entries with their sender fault flag, or an error code that refuses the whole call.
type Refusals = Result<&'static [(&'static str, bool)], &'static str>;

struct Case {
    name: &'static str,
    jobs: usize,
    /// By the number of the call.
    answer: fn(usize) -> Refusals,
    calls: &'static [&'static str],
    outcome: &'static str,
}

const CASES: &[Case] = &[
    Case { name: "nothing to send is no call", jobs: 0, answer: |_| Ok(&[]), calls: &[], outcome: "done" },
    Case { name: "all are taken at once", jobs: 3, answer: |_| Ok(&[]), calls: &["0 1 2"], outcome: "done" },
    Case {
        name: "more than ten are several batches, in order",
        jobs: 23,
        answer: |_| Ok(&[]),
        calls: &["0 1 2 3 4 5 6 7 8 9", "0 1 2 3 4 5 6 7 8 9", "0 1 2"],
        outcome: "done",
    },
    Case {
        name: "only what was refused is sent again",
        jobs: 3,
        answer: |call| {
            Ok(match call {
                0 => &[("0", false), ("2", false)],
                1 => &[("1", false)],
                _ => &[],
            })
        },
        calls: &["0 1 2", "0 1", "0"],
        outcome: "done",
    },
    Case {
        name: "an end comes after four rounds",
        jobs: 3,
        answer: |call| Ok(if call == 0 { &[("1", false)] } else { &[("0", false)] }),
        calls: &["0 1 2", "0", "0", "0"],
        outcome: "1 of 3 refused",
    },
    Case {
        name: "an entry that is wrong is not sent again",
        jobs: 3,
        answer: |_| Ok(&[("1", true)]),
        calls: &["0 1 2"],
        outcome: "1 of 3 refused",
    },
    Case {
        name: "a wrong entry is counted beside those that are sent again",
        jobs: 3,
        answer: |call| {
            Ok(match call {
                0 => &[("0", true), ("1", false)],
                _ => &[],
            })
        },
        calls: &["0 1 2", "0"],
        outcome: "1 of 3 refused",
    },
    Case {
        name: "a refused call counts for all of its batch, and the next batch is sent",
        jobs: 12,
        answer: |call| if call == 0 { Err("AccessDenied") } else { Ok(&[]) },
        calls: &["0 1 2 3 4 5 6 7 8 9", "0 1"],
        outcome: "10 of 12 refused",
    },
];

#[tokio::test(start_paused = true)]
async fn refused_entries_are_sent_again_and_counted() {
    for case in CASES {
        let fake = FakeSqs::new(|operation, input, call| -> Answer {
            let refused = (case.answer)(call)?;
            Ok(success(operation, input, refused))
        });
        let sent = fake.queues().send(jobs(case.jobs)).await;
        assert_eq!(outcome(&sent), case.outcome, "{}", case.name);
        assert_eq!(entry_ids(&fake.inputs("SendMessageBatch")), case.calls, "{}", case.name);
    }
}

#[tokio::test(start_paused = true)]
async fn messages_that_arrive_during_a_call_share_the_queues_next_call() {
    let fake = FakeSqs::willing().slow(Duration::from_millis(20));
    let queues = fake.queues();
    let (first, second, third) = (queues.traced("1"), queues.traced("2"), queues.traced("3"));
    let bonus = Job::read(r#"{"type": "applyBonus", "data": {"userId": "1"}}"#).unwrap();
    let bonus = vec![OutgoingJob::of(JobInGroup { job: bonus, group: "1".to_owned() })];
    let sent =
        futures::join!(first.send(jobs(1)), second.send(jobs(2)), third.send(jobs(1)), queues.send(bonus));
    assert_eq!(<[_; 4]>::from(sent).map(|sent| outcome(&sent)), ["done"; 4]);
    let calls = |queue: &str| {
        let inputs = fake.inputs("SendMessageBatch").into_iter();
        entry_ids(
            &inputs.filter(|input| input["QueueUrl"] == format!("http://sqs/{queue}")).collect::<Vec<_>>(),
        )
    };
    assert_eq!(calls("rounds"), ["0", "0 1 2"]);
    assert_eq!(calls("registration"), ["0"]);
}

#[tokio::test(start_paused = true)]
async fn deleting_and_hiding_read_their_entries_too() {
    let receipts = || vec!["a".to_owned(), "b".to_owned()];
    let refuses_last = || {
        FakeSqs::new(|operation, input, _| {
            let last = input["Entries"].as_array().and_then(|entries| entries.last()?["Id"].as_str());
            Ok(success(operation, input, &[(last.unwrap_or_default(), false)]))
        })
    };
    let fake = refuses_last();
    let deleted = fake.queues().delete(Queue::Match, receipts()).await;
    assert_eq!(outcome(&deleted), "1 of 2 refused");
    assert_eq!(entry_ids(&fake.inputs("DeleteMessageBatch")), ["0 1", "0", "0", "0"]);

    let fake = refuses_last();
    let delay = Duration::from_millis(4_001);
    let hidden = fake.queues().hide(Queue::Match, receipts(), delay).await;
    assert_eq!(outcome(&hidden), "1 of 2 refused");
    let inputs = fake.inputs("ChangeMessageVisibilityBatch");
    assert_eq!(entry_ids(&inputs), ["0 1", "0", "0", "0"]);
    assert_eq!(inputs[0]["Entries"][0]["VisibilityTimeout"], 5, "whole seconds, rounded up");
}

#[tokio::test]
async fn an_error_says_whether_another_try_may_help() {
    let cases = [
        ("RequestThrottled", true),
        ("InternalError", true),
        ("AccessDenied", false),
        ("QueueDoesNotExist", false),
    ];
    for (code, is_retryable) in cases {
        let fake = FakeSqs::new(move |_, _, _| Err(code));
        let error = fake.queues().probe().await.unwrap_err();
        assert_eq!(error.is_retryable(), is_retryable, "{code}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_poll_outlasts_the_time_outs_of_other_calls() {
    let fake = FakeSqs::willing().slow(Duration::from_secs(20));
    let queues = fake.queues();
    let received = queues.receive(Queue::Match, Duration::from_secs(20)).await;
    assert_eq!(received.unwrap(), []);
    assert_eq!(fake.inputs("ReceiveMessage")[0]["WaitTimeSeconds"], 20);
    let asked = tokio::time::Instant::now();
    assert!(queues.probe().await.unwrap_err().is_retryable());
    assert!(asked.elapsed() < Duration::from_millis(2_100));
}

#[tokio::test]
async fn a_message_has_its_type_request_and_deduplication_id() {
    let fake = FakeSqs::willing();
    let outgoing = OutgoingJob { trace: Some("request-1".to_owned()), ..jobs(1).remove(0).nudged(7) };
    fake.queues().send(vec![outgoing]).await.unwrap();
    let inputs = fake.inputs("SendMessageBatch");
    let expected = serde_json::json!({
        "QueueUrl": "http://sqs/rounds",
        "Entries": [{
            "Id": "0",
            "MessageBody": r#"{"type":"finish-round","data":{"roundId":"round-0"}}"#,
            "MessageGroupId": "0",
            "MessageDeduplicationId": "finish:round-0:7",
            "MessageAttributes": { "requestId": { "DataType": "String", "StringValue": "request-1" } },
        }],
    });
    assert_eq!(inputs, [expected]);
}

/// The pollers of the `evens` binary are tasks, so their futures must be `Send`.
#[test]
fn futures_can_move_between_threads() {
    fn check<T: Send>(_: T) {}
    fn all(queues: &Queues) {
        check(queues.send(Vec::new()));
        check(queues.receive(Queue::Match, Duration::ZERO));
        check(queues.delete(Queue::Match, Vec::new()));
        check(queues.hide(Queue::Match, Vec::new(), Duration::ZERO));
        check(queues.probe());
        check(Queues::resolve(FakeSqs::willing().client(), "local"));
    }
    all(&FakeSqs::willing().queues());
}
