//! The pollers of one box against a real SQS server, and against one that is down.

use evens_contracts::{FinishRoundJob, Job, JobInGroup, Queue};
use evens_doubles::FakeSqs;
use evens_doubles::embedded;
use evens_queues::OutgoingJob;
use evens_runtime::{Clients, Context, Endpoints, JobDone, JobError, Settings, poll, repeat};
use jiff::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

fn job(round: &str) -> Job {
    Job::FinishRound(FinishRoundJob { round_id: round.parse().unwrap(), after_match: None })
}

async fn handle(_: &Context, job: FinishRoundJob, _: Timestamp) -> Result<JobDone, JobError> {
    match job.round_id.to_string().as_str() {
        "wrong" => Err(JobError::permanent("there is no such round")),
        _ => Ok(JobDone("finished")),
    }
}

/// Waits until no message of the queue is visible or in flight.
async fn until_empty(client: &aws_sdk_sqs::Client, queue: Queue) {
    use aws_sdk_sqs::types::QueueAttributeName::{
        ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible,
    };
    let url = client.get_queue_url().queue_name(queue.full_name("local"));
    let url = url.send().await.unwrap().queue_url.unwrap();
    loop {
        let request = client.get_queue_attributes().queue_url(&url);
        let request = request.attribute_names(ApproximateNumberOfMessages);
        let request = request.attribute_names(ApproximateNumberOfMessagesNotVisible);
        let attributes = request.send().await.unwrap().attributes.unwrap();
        if attributes.values().all(|count| count == "0") {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn finished_messages_are_deleted_and_shutdown_ends_the_wait() {
    let (client, queues) = embedded::queues().await;
    let context = evens_doubles::context(queues.clone(), &evens_doubles::signer());
    let jobs = [("good", "1"), ("wrong", "2"), ("better", "2")];
    let jobs =
        jobs.map(|(round, group)| OutgoingJob::of(JobInGroup { job: job(round), group: group.to_owned() }));
    queues.send(jobs.to_vec()).await.unwrap();

    let (stop, mut stopped) = watch::channel(false);
    let polling = tokio::spawn(async move {
        let shutdown = async move {
            stopped.wait_for(|is_stopping| *is_stopping).await.unwrap();
        };
        poll(&context, &handle, shutdown).await;
    });
    until_empty(&client, Queue::Rounds).await;
    let dead = embedded::bodies(&client, "evens-local-rounds-dead-letter.fifo").await;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0]["originalJob"]["data"]["roundId"], "wrong");

    // The poller has a long poll of 20 s, which the shutdown interrupts.
    let asked = Instant::now();
    stop.send_replace(true);
    polling.await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn while_the_queue_is_down_the_poller_asks_less_and_less_often() {
    let fake = FakeSqs::new(|_, _, _| Err("ServiceUnavailable"));
    let context = evens_doubles::context(fake.queues(), &evens_doubles::signer());
    let shutdown = tokio::time::sleep(Duration::from_mins(10));
    poll(&context, &handle, shutdown).await;
    let calls = fake.calls().len();
    // A few quick attempts, then about one in ten seconds, half of the longest pause.
    assert!((30..150).contains(&calls), "{calls} calls in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_has_begun_is_finished_after_shutdown() {
    async fn slow(_: &Context, _: FinishRoundJob, _: Timestamp) -> Result<JobDone, JobError> {
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(JobDone("finished"))
    }
    let message = serde_json::json!({
        "MessageId": "m-1", "ReceiptHandle": "r-1", "Body": serde_json::to_string(&job("slow")).unwrap(),
        "Attributes": { "ApproximateReceiveCount": "1", "MessageGroupId": "42" },
    });
    let fake = FakeSqs::new(move |operation, input, _| match operation {
        "ReceiveMessage" => Ok(serde_json::json!({ "Messages": [message] })),
        _ => Ok(evens_doubles::success(operation, input, &[])),
    });
    let context = evens_doubles::context(fake.queues(), &evens_doubles::signer());
    poll(&context, &slow, tokio::time::sleep(Duration::from_secs(1))).await;
    assert_eq!(fake.inputs("ReceiveMessage").len(), 1);
    let deleted = fake.inputs("DeleteMessageBatch");
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0]["Entries"][0]["ReceiptHandle"], "r-1");
}

#[tokio::test(start_paused = true)]
async fn scheduled_runs_never_overlap_and_survive_failures() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    async fn sweep(_: &Context, _: Timestamp) -> Result<JobDone, JobError> {
        assert_eq!(RUNNING.fetch_add(1, Ordering::SeqCst), 0);
        tokio::time::sleep(Duration::from_secs(90)).await;
        RUNNING.fetch_sub(1, Ordering::SeqCst);
        match RUNS.fetch_add(1, Ordering::SeqCst) {
            0 => Err(JobError::retryable("the table is overloaded")),
            1 => panic!("as the test wants it"),
            _ => Ok(JobDone("swept")),
        }
    }
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let shutdown = tokio::time::sleep(Duration::from_secs(60 * 10 - 1));
    repeat(&context, Duration::from_mins(1), &sweep, shutdown).await;
    // Started every 90 s from 0 to 540; the last run was finished.
    assert_eq!(RUNS.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn the_clients_of_a_local_start_need_no_environment() {
    let server = embedded_sqs::Server::open(embedded_sqs::Options::default()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(server.serve(listener, std::future::pending()));
    let endpoints = Endpoints { dynamodb: endpoint.clone(), sqs: endpoint, ..Endpoints::default() };
    let missing = Context::from_settings(Settings::local(), &endpoints).await.unwrap_err();
    assert!(missing.hint().contains("evens migrate"), "{missing:?}");
    let clients = Clients::connect(&endpoints).unwrap();
    evens_queues::create_queues(&clients.sqs, "local").await.unwrap();
    let context = Context::from_settings(Settings::local(), &endpoints).await.unwrap();
    context
        .queues
        .send(vec![OutgoingJob::of(JobInGroup { job: job("round-1"), group: "42".to_owned() })])
        .await
        .unwrap();
    let received = context.queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
    assert_eq!(received.len(), 1);
}
