//! The queues against a real SQS server.

use aws_sdk_sqs::types::QueueAttributeName;
use evens_contracts::{FinishRoundJob, Job, JobInGroup, Queue};
use evens_doubles::embedded;
use evens_queues::{DeadLetter, OutgoingJob, QueueChange, QueueDepth, QueueError, Queues, create_queues};
use serde_json::json;
use std::time::Duration;

fn outgoing(round: &str, group: &str) -> OutgoingJob {
    let job = FinishRoundJob { round_id: round.parse().unwrap(), after_match: None };
    OutgoingJob::of(JobInGroup { job: Job::FinishRound(job), group: group.to_owned() })
}

#[tokio::test]
async fn queues_are_created_once_kept_and_corrected() {
    let client = embedded::client().await;
    let created = create_queues(&client, "local").await.unwrap();
    assert_eq!(created.len(), 2 * Queue::ALL.len(), "each queue with its dead-letter queue");
    assert!(created.iter().all(|report| report.change == QueueChange::Created));
    assert_eq!(created[0].name, "evens-local-match-dead-letter.fifo");
    assert_eq!(created[1].name, "evens-local-match.fifo");

    let kept = create_queues(&client, "local").await.unwrap();
    assert!(kept.iter().all(|report| report.change == QueueChange::Kept), "{kept:?}");

    let url = client.get_queue_url().queue_name("evens-local-match.fifo");
    let url = url.send().await.unwrap().queue_url.unwrap();
    let drift =
        client.set_queue_attributes().queue_url(&url).attributes(QueueAttributeName::VisibilityTimeout, "1");
    drift.send().await.unwrap();
    let corrected = create_queues(&client, "local").await.unwrap();
    let change = QueueChange::Corrected(vec!["VisibilityTimeout".to_owned()]);
    assert_eq!(corrected[1].change, change);
    let kept = corrected.iter().filter(|report| report.change == QueueChange::Kept);
    assert_eq!(kept.count(), created.len() - 1);
}

#[tokio::test]
async fn a_queue_has_the_attributes_of_its_rules() {
    let (client, _) = embedded::queues().await;
    for queue in Queue::ALL {
        let attributes = async |name: String| {
            let url = client.get_queue_url().queue_name(name).send().await.unwrap();
            let request = client.get_queue_attributes().queue_url(url.queue_url.unwrap());
            let request = request.attribute_names(QueueAttributeName::All);
            request.send().await.unwrap().attributes.unwrap()
        };
        let main = attributes(queue.full_name("local")).await;
        let dead_letter = attributes(queue.dead_letter_name("local")).await;
        let rules = queue.rules();
        let visibility = rules.visibility_timeout.as_secs().to_string();
        assert_eq!(main[&QueueAttributeName::VisibilityTimeout], visibility);
        let redrive: serde_json::Value =
            serde_json::from_str(&main[&QueueAttributeName::RedrivePolicy]).unwrap();
        assert_eq!(redrive["deadLetterTargetArn"], dead_letter[&QueueAttributeName::QueueArn]);
        assert_eq!(redrive["maxReceiveCount"], rules.receives_max());
        assert_eq!(dead_letter[&QueueAttributeName::MessageRetentionPeriod], "1209600");
        for attributes in [main, dead_letter] {
            assert_eq!(attributes[&QueueAttributeName::FifoQueue], "true");
            assert_eq!(attributes[&QueueAttributeName::DeduplicationScope], "messageGroup");
            assert_eq!(attributes[&QueueAttributeName::FifoThroughputLimit], "perMessageGroupId");
        }
    }
}

#[tokio::test]
async fn a_missing_queue_is_named_with_what_to_do() {
    let client = embedded::client().await;
    let error = Queues::resolve(client, "dev").await.unwrap_err();
    assert!(matches!(error, QueueError::Missing { .. }));
    let sentence = error.to_string();
    assert!(sentence.contains("evens-dev-") && sentence.contains("evens migrate"), "{sentence}");
}

#[tokio::test]
async fn a_job_is_sent_received_hidden_received_again_and_deleted() {
    for queues in embedded::queues_each_way().await {
        queues.probe().await.unwrap();
        let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().ok();
        let trace = Some("request-1".to_owned());
        let sent = OutgoingJob { trace, traceparent, ..outgoing("round-1", "42") };
        queues.send(vec![sent.clone()]).await.unwrap();

        let first = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
        let [message] = first.as_slice() else { panic!("one message: {first:?}") };
        assert_eq!(Job::parse(Queue::Rounds, &message.body).unwrap(), sent.job);
        assert_eq!((message.group.as_str(), message.attempt), ("42", 1));
        assert_eq!((message.trace.as_deref(), message.traceparent), (Some("request-1"), traceparent));
        assert!(message.sent_at.is_some());
        let while_hidden = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
        assert_eq!(while_hidden, []);

        let receipts = vec![message.receipt.clone()];
        queues.hide(Queue::Rounds, receipts, Duration::ZERO).await.unwrap();
        let second = queues.receive(Queue::Rounds, Duration::from_secs(1)).await.unwrap();
        assert_eq!(second[0].attempt, 2);
        let receipts = vec![second[0].receipt.clone()];
        queues.delete(Queue::Rounds, receipts).await.unwrap();
        let after = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
        assert_eq!(after, []);
    }
}

#[tokio::test]
async fn a_queue_says_what_waits_what_is_worked_on_and_what_was_given_up() {
    for queues in embedded::queues_each_way().await {
        assert_eq!(queues.depth(Queue::Rounds).await.unwrap(), QueueDepth::default());

        queues.send(vec![outgoing("round-1", "42"), outgoing("round-2", "43")]).await.unwrap();
        let sent = QueueDepth { waiting: 2, ..QueueDepth::default() };
        assert_eq!(queues.depth(Queue::Rounds).await.unwrap(), sent);

        let received = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
        queues.send(vec![outgoing("round-3", "44")]).await.unwrap();
        let record = DeadLetter::new(&received[0], "it broke".to_owned(), jiff::Timestamp::UNIX_EPOCH);
        queues.dead_letter(Queue::Rounds, record).await.unwrap();
        queues.delete(Queue::Rounds, vec![received[0].receipt.clone()]).await.unwrap();
        let worked_on = QueueDepth { waiting: 1, in_flight: 1, delayed: 0, dead_letters: 1 };
        assert_eq!(queues.depth(Queue::Rounds).await.unwrap(), worked_on);
        assert_eq!(queues.depth(Queue::Match).await.unwrap(), QueueDepth::default(), "of that queue only");
    }
}

#[tokio::test]
async fn a_repeated_job_is_swallowed_and_a_nudged_one_is_not() {
    for queues in embedded::queues_each_way().await {
        let job = outgoing("round-1", "42");
        queues.send(vec![job.clone(), job.clone()]).await.unwrap();
        queues.send(vec![job.clone(), job.clone().nudged(1), job.nudged(2)]).await.unwrap();
        let received = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
        assert_eq!(received.len(), 3);
    }
}

#[tokio::test]
async fn a_dead_letter_says_its_group_and_is_written_once() {
    let (client, queues) = embedded::queues().await;
    queues.send(vec![outgoing("round-1", "42")]).await.unwrap();
    let received = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
    let record = |body: &str, id: &str| {
        let mut record = DeadLetter::new(&received[0], "it broke".to_owned(), jiff::Timestamp::UNIX_EPOCH);
        body.clone_into(&mut record.original_job);
        id.clone_into(&mut record.message_id);
        record
    };
    let body = &received[0].body;
    for record in [record(body, "m-1"), record(body, "m-1"), record("not {json", "m-2")] {
        queues.dead_letter(Queue::Rounds, record).await.unwrap();
    }
    let records = embedded::bodies(&client, "evens-local-rounds-dead-letter.fifo").await;
    let expected = |original_job, message_id| {
        json!({
            "originalJob": original_job,
            "error": "it broke",
            "attempts": 1,
            "failedAt": "1970-01-01T00:00:00Z",
            "queue": "rounds",
            "messageId": message_id,
            "group": "42",
        })
    };
    let job = json!({ "type": "finish-round", "data": { "roundId": "round-1" } });
    assert_eq!(records, [expected(job, "m-1"), expected(json!("not {json"), "m-2")]);
}

/// A job arrives in its own queue only.
#[tokio::test]
async fn every_queue_is_found_in_its_own_place() {
    for queues in embedded::queues_each_way().await {
        #[rustfmt::skip]
        let table = [
            (Queue::Registration,  json!({ "type": "applyBonus", "data": { "userId": "42" } })),
            (Queue::Attendance,    json!({ "type": "checkAttendance", "data": { "userId": "42", "date": "2026-11-20" } })),
            (Queue::Notifications, json!({ "type": "notify", "data": { "userId": "42", "event": "password-changed", "about": "1" } })),
        ];
        for (place, body) in table {
            let job = Job::parse(place, &body.to_string()).unwrap();
            queues
                .send(vec![OutgoingJob::of(JobInGroup { job: job.clone(), group: "42".to_owned() })])
                .await
                .unwrap();
            for queue in Queue::ALL {
                let received = queues.receive(queue, Duration::ZERO).await.unwrap();
                let found: Vec<_> = received.iter().map(|message| Job::parse(queue, &message.body)).collect();
                let expected = if queue == place { vec![Ok(job.clone())] } else { Vec::new() };
                assert_eq!(found, expected, "{job:?} in {queue:?}");
            }
        }
    }
}

/// Records have their own groups, so that holding some does not hide the others.
#[tokio::test]
async fn dead_letters_are_held_released_and_deleted() {
    for queues in embedded::queues_each_way().await {
        queues.send(vec![outgoing("round-1", "42").traced("request-1")]).await.unwrap();
        let received = queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
        let mut written = Vec::new();
        for number in 10..22 {
            let mut record =
                DeadLetter::new(&received[0], "it broke".to_owned(), jiff::Timestamp::UNIX_EPOCH);
            record.message_id = format!("m-{number}");
            queues.dead_letter(Queue::Rounds, record.clone()).await.unwrap();
            written.push(record);
        }
        let hold = Duration::from_mins(1);
        let hold_all = async || {
            let mut held = queues.hold_dead_letters(Queue::Rounds, hold, Duration::ZERO).await.unwrap();
            assert_eq!(held.len(), 10);
            held.extend(queues.hold_dead_letters(Queue::Rounds, hold, Duration::ZERO).await.unwrap());
            assert_eq!(queues.hold_dead_letters(Queue::Rounds, hold, Duration::ZERO).await.unwrap(), []);
            held.sort_by_key(|message| message.body.clone());
            held
        };
        let held = hold_all().await;
        let read: Vec<_> = held.iter().map(|message| DeadLetter::read(message).unwrap()).collect();
        assert_eq!(read, written);
        let receipts: Vec<_> = held.iter().map(|message| message.receipt.clone()).collect();
        queues.release_dead_letters(Queue::Rounds, &receipts).await.unwrap();
        // Repeated looks neither change the ids nor remove records.
        let again = hold_all().await;
        let ids = |messages: &[evens_queues::Message]| {
            messages.iter().map(|one| one.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&again), ids(&held));
        let receipts: Vec<_> = again.iter().map(|message| message.receipt.clone()).collect();
        queues.delete_dead_letters(Queue::Rounds, &receipts).await.unwrap();
        assert_eq!(queues.depth(Queue::Rounds).await.unwrap().dead_letters, 0);
    }
}
