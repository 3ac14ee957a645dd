//! The batch loop with a poison message at each position, in mixed groups.

use evens_contracts::{FinishRoundJob, Job, MatchJob, NotificationsJob, NotifyEvent, NotifyJob, TraceParent};
use evens_doubles::{FakeSqs, Log, success};
use evens_exchange::{BookPosition, Side};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_queues::{Message, OutgoingJob};
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError, JobHandler, process_batch};
use evens_store::StoreError;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// The jobs in the order in which the handler got them.
#[derive(Clone, Default)]
struct Handler(Arc<Mutex<Vec<String>>>);

/// The end of the round's id selects the job's behaviour.
impl<'a> JobHandler<'a, FinishRoundJob> for Handler {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, _: &'a Context, job: FinishRoundJob, now: Timestamp) -> Self::Handling {
        assert_eq!(now, evens_doubles::now());
        let round = job.round_id.to_string();
        let (name, fault) = round.split_once('.').unwrap_or((&round, ""));
        self.0.lock().unwrap().push(name.to_owned());
        let fault = fault.to_owned();
        async move {
            tokio::task::yield_now().await;
            match fault.as_str() {
                "" => Ok(JobDone("finished")),
                "retryable" => Err(JobError::retryable("the table is overloaded")),
                "later" => Err(JobError::later("the breaker is open", Duration::from_secs(30))),
                "permanent" => Err(JobError::permanent("there is no such round")),
                "panic" => panic!("as the test wants it"),
                "endless" => std::future::pending().await,
                _ => unreachable!(),
            }
        }
        .boxed()
    }
}

/// `a1` is a successful job of group a. A suffix selects a failure.
fn message(text: &str, attempt: u32) -> Message {
    let name = text.trim_end_matches(['?', '!', 'x', 'w', 'o', 'p', 't', 'l']);
    let job = |round: String| {
        let round_id = round.parse().unwrap();
        let job = FinishRoundJob { round_id, after_match: None };
        serde_json::to_string(&Job::FinishRound(job)).unwrap()
    };
    let body = match &text[name.len()..] {
        "" => job(name.to_owned()),
        "?" => job(format!("{name}.retryable")),
        "!" => job(format!("{name}.permanent")),
        "l" => job(format!("{name}.later")),
        "p" => job(format!("{name}.panic")),
        "t" => job(format!("{name}.endless")),
        "x" => "{not json".to_owned(),
        "w" => r#"{"type":"dance","data":{}}"#.to_owned(),
        "o" => r#"{"type":"applyBonus","data":{"userId":"42"}}"#.to_owned(),
        _ => unreachable!(),
    };
    Message {
        id: name.to_owned(),
        group: name[..1].to_owned(),
        body,
        receipt: name.to_owned(),
        attempt,
        sent_at: None,
        trace: None,
        traceparent: None,
    }
}

/// The outcome of a batch; each list is space-separated.
#[derive(Debug, PartialEq)]
struct Fates {
    handled: String,
    unfinished: String,
    dead: String,
    hidden: String,
}

async fn run(batch: &str, attempt: u32, fake: &FakeSqs) -> Fates {
    let context = evens_doubles::context(fake.queues(), &evens_doubles::signer());
    let messages = batch.split_whitespace().map(|text| message(text, attempt));
    let fake_handler = Handler::default();
    let mut unfinished = process_batch(&context, messages.collect(), &fake_handler).await;
    unfinished.sort();
    let mut handled = fake_handler.0.lock().unwrap().clone();
    // Groups run concurrently. Only the order within a group is fixed, and this sort keeps it.
    handled.sort_by_key(|name| name[..1].to_owned());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut dead: Vec<String> = fake
        .inputs("SendMessage")
        .iter()
        .map(|input| {
            assert_eq!(input["QueueUrl"], "http://sqs/rounds-dead-letter");
            let record: Value = serde_json::from_str(input["MessageBody"].as_str().unwrap()).unwrap();
            let id = text(&record["messageId"]);
            // Each record has its own group, so that holding one hides no other. It contains the job's group.
            assert_eq!((&input["MessageGroupId"], &record["group"]), (&json!(id), &json!(id[..1])));
            id
        })
        .collect();
    dead.sort();
    let mut hidden: Vec<String> = fake
        .inputs("ChangeMessageVisibilityBatch")
        .iter()
        .flat_map(|input| input["Entries"].as_array().unwrap().clone())
        .map(|entry| format!("{}:{}", text(&entry["ReceiptHandle"]), entry["VisibilityTimeout"]))
        .collect();
    hidden.sort();
    Fates {
        handled: handled.join(" "),
        unfinished: unfinished.join(" "),
        dead: dead.join(" "),
        hidden: hidden.join(" "),
    }
}

/// Batch and attempt; then handled jobs, unfinished ones, dead letters, and hidden ones with their seconds.
type Row = (&'static str, u32, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("",                       1, "",                  "",         "",      ""),
    ("a1 b1 a2 b2 c1",         1, "a1 a2 b1 b2 c1",    "",         "",      ""),
    // A retryable failure stops its own group, at any position, and no other.
    ("a1? b1 a2 b2 a3",        1, "a1 b1 b2",          "a1 a2 a3", "",      "a1:2 a2:2 a3:2"),
    ("a1 b1 a2? b2 a3",        1, "a1 a2 b1 b2",       "a2 a3",    "",      "a2:2 a3:2"),
    ("a1 b1 a2 b2 a3?",        1, "a1 a2 a3 b1 b2",    "a3",       "",      "a3:2"),
    ("a1? b1? a2 b2 c1",       1, "a1 b1 c1",          "a1 a2 b1 b2", "",   "a1:2 a2:2 b1:2 b2:2"),
    // Each attempt doubles the delay.
    ("a1? a2",                 3, "a1",                "a1 a2",    "",      "a1:8 a2:8"),
    // A failure with its own delay is retried no earlier than that, and no earlier than the back-off.
    ("a1l a2",                 1, "a1",                "a1 a2",    "",      "a1:30 a2:30"),
    ("a1l a2",                 4, "a1",                "a1 a2",    "",      "a1:30 a2:30"),
    ("a1l a2",                 5, "a1 a2",             "",         "a1",    ""),
    // A permanent failure becomes a dead letter at once, and its group continues.
    ("a1! b1 a2 b2 a3",        1, "a1 a2 a3 b1 b2",    "",         "a1",    ""),
    ("a1 b1 a2! b2 a3",        1, "a1 a2 a3 b1 b2",    "",         "a2",    ""),
    ("a1 b1 a2 b2 a3!",        1, "a1 a2 a3 b1 b2",    "",         "a3",    ""),
    ("a1x a2w a3",             1, "a3",                "",         "a1 a2", ""),
    ("a1o a2",                 1, "a2",                "",         "a1",    ""),
    ("a1! a2? a3",             1, "a1 a2",             "a2 a3",    "a1",    "a2:2 a3:2"),
    // So does a job without attempts left.
    ("a1? a2",                 4, "a1",                "a1 a2",    "",      "a1:16 a2:16"),
    ("a1? b1 a2",              5, "a1 a2 b1",          "",         "a1",    ""),
    ("a1? a2",                 6, "a1 a2",             "",         "a1",    ""),
    // A panic fails only its own job, and is retryable.
    ("a1p b1 a2",              1, "a1 b1",             "a1 a2",    "",      "a1:2 a2:2"),
    ("a1p b1 a2",              5, "a1 a2 b1",          "",         "a1",    ""),
    // So is a timeout. Jobs without time left are returned at once.
    ("a1t b1 a2",              1, "a1 b1",             "a1 a2",    "",      "a1:2 a2:2"),
    ("a1t b1 a2",              5, "a1 b1",             "a2",       "a1",    "a2:0"),
];

#[tokio::test(start_paused = true)]
async fn order_is_kept_and_everything_else_is_finished() {
    for (batch, attempt, handled, unfinished, dead, hidden) in ROWS {
        let fates = run(batch, *attempt, &FakeSqs::willing()).await;
        let expected = Fates {
            handled: (*handled).to_owned(),
            unfinished: (*unfinished).to_owned(),
            dead: (*dead).to_owned(),
            hidden: (*hidden).to_owned(),
        };
        assert_eq!(fates, expected, "batch {batch:?} at attempt {attempt}");
    }
}

/// Fails each job because the system that it calls is away.
#[derive(Clone)]
struct Away;

impl<'a> JobHandler<'a, NotificationsJob> for Away {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, _: &'a Context, _: NotificationsJob, _: Timestamp) -> Self::Handling {
        async { Err(JobError::later("the breaker is open", Duration::from_secs(30))) }.boxed()
    }
}

/// The number of receives does not matter, only the age. The pause grows to two minutes.
#[tokio::test(start_paused = true)]
async fn a_job_waits_for_another_system_without_an_attempt() {
    let user_id = UserId::new(1).unwrap();
    let job =
        NotifyJob { user_id, event: NotifyEvent::PasswordChanged { recovery: None }, about: "1".to_owned() };
    let body = serde_json::to_string(&Job::Notify(job)).unwrap();
    #[rustfmt::skip]
    let table = [
        // receives  age in minutes  hidden for
        (1,          Some(0),        Some(30)),
        (5,          Some(1),        Some(32)),
        (6,          Some(5),        Some(64)),
        (700,        Some(24 * 60 - 1), Some(120)),
        (700,        Some(24 * 60),  None),
        // Without an age, the attempts count.
        (4,          None,           Some(30)),
        (5,          None,           None),
    ];
    for (attempt, minutes, expected) in table {
        let fake = FakeSqs::willing();
        let context = evens_doubles::context(fake.queues(), &evens_doubles::signer());
        let sent_at = minutes.map(|minutes| evens_doubles::now() - SignedDuration::from_mins(minutes));
        let message = Message { body: body.clone(), sent_at, ..message("a1", attempt) };
        let unfinished = process_batch(&context, vec![message], &Away).await;
        let hidden = fake.inputs("ChangeMessageVisibilityBatch");
        let hidden = hidden.first().map(|input| input["Entries"][0]["VisibilityTimeout"].as_u64().unwrap());
        assert_eq!(hidden, expected, "attempt {attempt} at {minutes:?}");
        assert_eq!(unfinished.len(), usize::from(expected.is_some()));
        assert_eq!(fake.inputs("SendMessage").len(), usize::from(expected.is_none()));
    }
}

/// The books that were read, in order.
#[derive(Clone, Default)]
struct Looks(Arc<Mutex<Vec<String>>>);

impl<'a> JobHandler<'a, MatchJob> for Looks {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, _: &'a Context, job: MatchJob, _: Timestamp) -> Self::Handling {
        let looks = self.0.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            looks.lock().unwrap().push(Job::from(job).shared_look().unwrap().to_owned());
            // A failure must not stop the next group's turn.
            Err(JobError::retryable("somebody else was faster"))
        }
        .boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_job_of_a_book_goes_ahead() {
    let fake = FakeSqs::willing();
    let context = evens_doubles::context(fake.queues(), &evens_doubles::signer());
    let jobs = [("a", "1"), ("b", "1"), ("c", "2"), ("d", "1"), ("e", "3"), ("f", "2")];
    let messages = jobs.map(|(user, round)| {
        let place =
            BookPosition { round: round.parse().unwrap(), side: Side::A, placed_at: evens_doubles::now() };
        let bet_id = BetId::derive(UserId::new(1).unwrap(), &user.parse().unwrap());
        let job = Job::Match(MatchJob { bet_id, user_id: None, place: Some(place.into()) });
        Message { body: serde_json::to_string(&job).unwrap(), ..message(&format!("{user}1"), 1) }
    });
    let (looks, started) = (Looks::default(), Instant::now());
    let unfinished = process_batch(&context, messages.to_vec(), &looks).await;
    assert_eq!(unfinished.len(), jobs.len());
    let looked = looks.0.lock().unwrap().clone();
    let (mut ahead, mut after) = (looked[..3].to_vec(), looked[3..].to_vec());
    ahead.sort();
    after.sort();
    assert_eq!((ahead.join(" "), after.join(" ")), ("1 2 3".to_owned(), "1 1 2".to_owned()));
    assert_eq!(started.elapsed(), Duration::from_millis(200), "the others side by side");
}

#[tokio::test(start_paused = true)]
async fn a_job_without_a_record_goes_back() {
    let fake = FakeSqs::new(|operation, input, _| match operation {
        "SendMessage" => Err("AccessDenied"),
        _ => Ok(success(operation, input, &[])),
    });
    let fates = run("a1! b1 a2", 1, &fake).await;
    assert_eq!(fates.unfinished, "a1 a2");
    assert_eq!(fates.hidden, "a1:2 a2:2");
}

#[tokio::test(start_paused = true)]
async fn messages_that_cannot_be_hidden_are_unfinished_all_the_same() {
    let fake = FakeSqs::new(|operation, input, _| match operation {
        "ChangeMessageVisibilityBatch" => Err("AccessDenied"),
        _ => Ok(success(operation, input, &[])),
    });
    assert_eq!(run("a1? b1 a2", 1, &fake).await.unfinished, "a1 a2");
}

#[tokio::test(start_paused = true)]
async fn the_record_says_what_went_wrong() {
    let fake = FakeSqs::willing();
    run("a1w a2o a3! a4t", 5, &fake).await;
    let records: Vec<Value> = fake
        .inputs("SendMessage")
        .iter()
        .map(|input| serde_json::from_str(input["MessageBody"].as_str().unwrap()).unwrap())
        .collect();
    let errors: Vec<&str> = records.iter().map(|record| record["error"].as_str().unwrap()).collect();
    assert_eq!(
        errors,
        [
            "Non-retryable error: Unknown job type: dance",
            "Non-retryable error: a bonus-42 job arrived in the queue rounds, to which it does not belong",
            "Non-retryable error: there is no such round",
            "Job timeout"
        ]
    );
    assert_eq!(records[2]["attempts"], 5);
    assert_eq!(records[2]["failedAt"], "2030-01-01T12:00:00Z");
    assert_eq!(records[2]["originalJob"]["type"], "finish-round");
}

/// C13, C22: each job has one log line with its queue, id, message, outcome and duration.
#[tokio::test(start_paused = true)]
async fn a_job_is_one_line_of_the_log() {
    let log = Log::start();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(log.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    run("a1 b1? c1!", 1, &FakeSqs::willing()).await;
    drop(guard);
    let lines = log.take();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut lines: Vec<_> = lines.filter(|line| line["span"]["name"] == "job").collect();
    lines.sort_by_key(|line| line["span"]["message.id"].to_string());
    let found = lines.iter().map(|line| {
        let span =
            ["queue", "job.id", "message.id", "group", "attempt"].map(|name| line["span"][name].clone());
        let event = ["level", "message", "outcome", "error", "duration_ms"].map(|name| line[name].clone());
        json!([span, event])
    });
    let (retried, given_up) = ("finish:b1.retryable", "finish:c1.permanent");
    let expected = [
        json!([
            ["rounds", "finish:a1", "a1", "a", 1],
            ["INFO", "Finished job finish:a1: finished", "finished", null, 0]
        ]),
        json!([
            ["rounds", retried, "b1", "b", 1],
            [
                "WARN",
                format!("Job {retried} failed, retrying in 2000 ms"),
                "retry",
                "the table is overloaded",
                0
            ]
        ]),
        json!([
            ["rounds", given_up, "c1", "c", 1],
            [
                "ERROR",
                format!("Gave up job {given_up} after 1 attempts; it is in the dead-letter queue"),
                "dead letter",
                "Non-retryable error: there is no such round",
                0
            ]
        ]),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// Matches each bet at once.
struct Matcher;

impl<'a> JobHandler<'a, MatchJob> for Matcher {
    type Handling = BoxFuture<'a, Result<JobDone, JobError>>;

    fn handle(&self, _: &'a Context, _: MatchJob, _: Timestamp) -> Self::Handling {
        async { Ok(JobDone("matched")) }.boxed()
    }
}

/// Each bet has one line for its request. The job of a bet has one only in a sample of requests, or after a failure.
#[tokio::test]
async fn ordinary_jobs_of_bets_are_logged_in_a_sample_of_requests() {
    let bet_id = BetId::derive(UserId::new(1).unwrap(), &"a".parse().unwrap());
    let job = Job::Match(MatchJob { bet_id, user_id: None, place: None });
    let body = serde_json::to_string(&job).unwrap();
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let table = [
        (1, Some("request-0"), true),
        (1, Some("request-1"), false),
        (2, Some("request-1"), true),
        (1, None, true),
    ];
    for (attempt, trace, is_logged) in table {
        let trace = trace.map(str::to_owned);
        let message = Message { body: body.clone(), trace: trace.clone(), ..message("a1", attempt) };
        let log = Log::start();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
        let guard = tracing::subscriber::set_default(subscriber);
        assert_eq!(process_batch(&context, vec![message], &Matcher).await, Vec::<String>::new());
        drop(guard);
        assert_eq!(log.take().contains("Finished job"), is_logged, "attempt {attempt} of {trace:?}");
    }
}

/// C12: corrupt data becomes a dead letter at once; repairable failures are retried.
#[test]
fn only_what_no_attempt_mends_of_the_table_is_permanent() {
    let rejected = |code: &str| StoreError::Rejected { code: code.to_owned(), source: "no".into() };
    let corrupt = StoreError::Corrupt { key: "USER#7 / WALLET".to_owned(), attribute: "locked" };
    #[rustfmt::skip]
    let table = [
        (corrupt,                                    false),
        (rejected("ValidationException"),            false),
        (rejected("ValidationError"),                true),
        (rejected("AccessDeniedException"),          true),
        (rejected("ResourceNotFoundException"),      true),
        (StoreError::Contended,                      true),
        (StoreError::Throttled,                      true),
        (StoreError::Unavailable("gone".into()),     true),
    ];
    for (error, is_retryable) in table {
        let said = error.to_string();
        let failure = JobError::from(error);
        assert_eq!(failure.is_retryable(), is_retryable, "{said}");
        let expected = if is_retryable { said } else { format!("Non-retryable error: {said}") };
        assert!(chain(&failure).starts_with(&expected), "{}", chain(&failure));
    }
}

/// All functions have this form, and the loop can be spawned as a task.
#[tokio::test]
async fn a_plain_function_is_a_handler() {
    async fn handle(context: &Context, _: FinishRoundJob, _: Timestamp) -> Result<JobDone, JobError> {
        tokio::time::sleep(Duration::ZERO).await;
        let _ = &context.settings;
        Ok(JobDone("finished"))
    }
    let context = evens_doubles::context(FakeSqs::willing().queues(), &evens_doubles::signer());
    let batch = async move {
        let messages = vec![message("a1", 1)];
        process_batch(&context, messages, &handle).await
    };
    assert_eq!(tokio::spawn(batch).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn jobs_sent_by_a_job_keep_its_request() {
    async fn handle(context: &Context, job: FinishRoundJob, _: Timestamp) -> Result<JobDone, JobError> {
        context.queues.send(vec![OutgoingJob::of(job)]).await?;
        Ok(JobDone("finished"))
    }
    let fake = FakeSqs::willing();
    let context = evens_doubles::context(fake.queues(), &evens_doubles::signer());
    let traceparent: TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().unwrap();
    let traced =
        Message { trace: Some("request-1".to_owned()), traceparent: Some(traceparent), ..message("a1", 1) };
    process_batch(&context, vec![traced, message("b1", 1)], &handle).await;
    let sent = |name: &str| -> Vec<Value> {
        let attribute = |input: Value| input["Entries"][0]["MessageAttributes"][name]["StringValue"].clone();
        fake.inputs("SendMessageBatch").into_iter().map(attribute).collect()
    };
    assert_eq!(sent("requestId"), [json!("request-1"), Value::Null]);
    let followed: Vec<TraceParent> =
        sent("traceparent").iter().map(|text| text.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(followed[0].trace_id(), traceparent.trace_id(), "the trace goes on");
    assert_ne!(followed[0], traceparent, "with a step of its own");
    assert_ne!(followed[1].trace_id(), traceparent.trace_id(), "and another begins where there was none");
}
