//! The monitor over real queues: its reports and its warnings.

use evens_contracts::{FinishRoundJob, Job, JobInGroup, Queue};
use evens_doubles::Log;
use evens_engines::Engines;
use evens_metrics::JobStatus;
use evens_monitor::Monitor;
use evens_queues::{DeadLetter, OutgoingJob, create_queues};
use evens_runtime::{Clients, Context, Endpoints, Identity, JobDone, ScheduleHandler, Settings};
use jiff::Timestamp;
use std::time::Duration;

async fn context(engines: &Engines) -> Context {
    let endpoints = Endpoints {
        dynamodb: Some(engines.dynamodb_url()),
        sqs: Some(engines.sqs_url()),
        ..Endpoints::default()
    };
    let identity = Identity::of_engines(engines.access_key());
    let clients = Clients::connect_as(&identity, &endpoints).unwrap();
    create_queues(&clients.sqs, "local").await.unwrap();
    Context::from_settings_as(&identity, Settings::local(), &endpoints).await.unwrap()
}

async fn send(context: &Context, rounds: std::ops::Range<u32>) {
    let job = |number: u32| {
        let round_id = format!("round-{number}").parse().unwrap();
        let job = Job::FinishRound(FinishRoundJob { round_id, after_match: None });
        OutgoingJob::of(JobInGroup { job, group: number.to_string() })
    };
    context.queues.send(rounds.map(job).collect()).await.unwrap();
}

#[tokio::test]
async fn tells_what_queues_hold_and_warns_of_too_much() {
    let engines = Engines::start(None).await.unwrap();
    let context = context(&engines).await;
    let log = Log::start();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let monitor = Monitor::default();
    let look = async || {
        let looked = monitor.run(&context, Timestamp::now()).await.unwrap();
        assert_eq!(looked, JobDone("checked the queues"));
        (context.metrics.prometheus(), log.take())
    };

    let (text, warnings) = look().await;
    for queue in Queue::ALL {
        for metric in ["evens_queue_waiting", "evens_queue_in_flight", "evens_dead_letters"] {
            let zero = format!("\n{metric}{{queue=\"{}\"}} 0\n", queue.name());
            assert!(text.contains(&zero), "{zero} is not in {text}");
        }
    }
    assert_eq!(warnings, "");

    send(&context, 0..51).await;
    let (_, warnings) = look().await;
    assert!(
        warnings.contains("WARN") && warnings.contains("HIGH BACKLOG: 51 jobs are waiting in rounds"),
        "{warnings}"
    );
    assert_eq!(warnings.lines().count(), 1, "{warnings}");
    send(&context, 51..101).await;
    let (_, warnings) = look().await;
    assert!(
        warnings.contains("HIGH BACKLOG: 101 jobs are waiting in rounds, a critical level"),
        "{warnings}"
    );

    let received = context.queues.receive(Queue::Rounds, Duration::ZERO).await.unwrap();
    let record = DeadLetter::new(&received[0], "it broke".to_owned(), Timestamp::UNIX_EPOCH);
    context.queues.dead_letter(Queue::Rounds, record).await.unwrap();
    let (text, _) = look().await;
    let in_flight = received.len();
    assert!(text.contains(&format!("evens_queue_in_flight{{queue=\"rounds\"}} {in_flight}\n")), "{text}");
    assert!(text.contains("evens_dead_letters{queue=\"rounds\"} 1\n"), "{text}");
    engines.stop().await;
}

/// A failure is reported once.
#[tokio::test]
async fn warns_of_failures_since_the_last_look() {
    let engines = Engines::start(None).await.unwrap();
    let context = context(&engines).await;
    let log = Log::start();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let monitor = Monitor::default();
    let ended = |completed: u32, failed: u32| {
        for (status, count) in [(JobStatus::Completed, completed), (JobStatus::Failed, failed)] {
            (0..count).for_each(|_| context.metrics.job_ended(Queue::Settle, status));
        }
    };
    #[rustfmt::skip]
    let looks = [
        ((10, 1), None),
        ((0,  0), None),
        ((9,  1), Some("HIGH FAILURE RATE: settle gave up 1 jobs and completed 9 since the last check")),
        ((0,  0), None),
        ((0,  2), Some("HIGH FAILURE RATE: settle gave up 2 jobs and completed 0 since the last check")),
    ];
    for ((completed, failed), expected) in looks {
        ended(completed, failed);
        monitor.run(&context, Timestamp::now()).await.unwrap();
        let warnings = log.take();
        match expected {
            None => assert_eq!(warnings, "", "{completed} {failed}"),
            Some(expected) => assert!(warnings.contains(expected), "{warnings}"),
        }
    }
    engines.stop().await;
}
