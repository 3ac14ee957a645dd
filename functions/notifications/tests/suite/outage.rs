//! A receiver that is away for a while. The queue is played in virtual time: a message comes back when the batch loop
//! lets it, and SQS moves it away after its number of receives.

use crate::common::{Hands, notifications_to, player};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use evens_contracts::{Job, NotifyEvent, NotifyJob, Queue};
use evens_doubles::FakeSqs;
use evens_notifications::Notifications;
use evens_queues::Message;
use evens_runtime::{Clock, Context, process_batch};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

const START: &str = "2026-03-01T12:00:00Z";

/// A receiver that takes events from a point in time on.
#[derive(Clone)]
struct Away {
    clock: Clock,
    until: Timestamp,
    /// The answer while it is away: a status, and the seconds that it asks to wait.
    answer: (u16, Option<&'static str>),
    received: Arc<Mutex<Vec<String>>>,
    early_calls: Arc<Mutex<usize>>,
}

impl Away {
    async fn start(&self) -> Notifications {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(receive).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        notifications_to(&url)
    }
}

async fn receive(State(away): State<Away>, headers: HeaderMap) -> Response {
    if away.clock.now() < away.until {
        *away.early_calls.lock().expect("the calls") += 1;
        let (status, wait) = away.answer;
        let status = StatusCode::from_u16(status).expect("a status");
        return match wait {
            Some(seconds) => (status, [("retry-after", seconds)]).into_response(),
            None => status.into_response(),
        };
    }
    let id = headers["webhook-id"].to_str().expect("a text").to_owned();
    away.received.lock().expect("the events").push(id);
    StatusCode::NO_CONTENT.into_response()
}

/// A message in the queue.
struct Waiting {
    due: Timestamp,
    message: Message,
}

/// The queue of one worker.
struct Line<'a> {
    clock: &'a Hands,
    context: Context,
    sqs: FakeSqs,
    waiting: Vec<Waiting>,
}

impl<'a> Line<'a> {
    fn new(clock: &'a Hands, jobs: impl IntoIterator<Item = NotifyJob>) -> Self {
        let sqs = FakeSqs::willing();
        let context = evens_doubles::context(sqs.queues(), &evens_doubles::signer());
        let context = Context { clock: clock.clock(), ..context };
        let sent_at = clock.clock().now();
        let message = |job: NotifyJob| Waiting {
            due: sent_at,
            message: Message {
                id: job.event_id(),
                group: job.user_id.to_string(),
                receipt: job.event_id(),
                body: serde_json::to_string(&Job::Notify(job)).expect("a body"),
                attempt: 0,
                sent_at: Some(sent_at),
                trace: None,
                traceparent: None,
            },
        };
        Self { clock, context, sqs, waiting: jobs.into_iter().map(message).collect() }
    }

    /// Works until no message is left, or `until`. Returns the ids of the dead letters.
    async fn work(&mut self, notifications: &Notifications, until: Timestamp) -> Vec<String> {
        let rules = Queue::Notifications.rules();
        while let Some(next) = self.waiting.iter().map(|one| one.due).min().filter(|due| *due < until) {
            let now = self.clock.clock().now();
            self.clock.pass(next.duration_since(now).unsigned_abs());
            let now = next.max(now);
            self.waiting.sort_by_key(|one| one.due);
            let mut batch = Vec::new();
            for one in self.waiting.iter_mut().take(10).filter(|one| one.due <= now) {
                one.message.attempt += 1;
                assert!(one.message.attempt <= rules.receives_max(), "SQS would move it: {:?}", one.message);
                batch.push(one.message.clone());
            }
            let hidden_before = self.hidden().len();
            let handled: BTreeSet<_> = batch.iter().map(|message| message.id.clone()).collect();
            let unfinished = process_batch(&self.context, batch, notifications).await;
            self.waiting
                .retain(|one| !handled.contains(&one.message.id) || unfinished.contains(&one.message.id));
            for (id, seconds) in self.hidden().split_off(hidden_before) {
                let one = self.waiting.iter_mut().find(|one| one.message.id == id).expect("a message");
                one.due = now + SignedDuration::from_secs(seconds);
            }
        }
        let dead = self.sqs.inputs("SendMessage");
        dead.iter().map(|input| input["MessageBody"].as_str().expect("a record").to_owned()).collect()
    }

    /// The messages hidden so far, with the seconds.
    fn hidden(&self) -> Vec<(String, i64)> {
        let calls = self.sqs.inputs("ChangeMessageVisibilityBatch");
        let entries = calls.iter().flat_map(|input| input["Entries"].as_array().expect("entries").clone());
        let of = |entry: serde_json::Value| {
            let seconds = entry["VisibilityTimeout"].as_i64().expect("seconds");
            (entry["ReceiptHandle"].as_str().expect("a receipt").to_owned(), seconds)
        };
        entries.map(of).collect()
    }
}

/// A bonus of the player, or a code of theirs that expires.
fn job(number: u64, expires_after: Option<Duration>) -> NotifyJob {
    let event = match expires_after {
        None => NotifyEvent::WelcomeBonus { amount: "25".parse().expect("an amount") },
        Some(after) => NotifyEvent::PhoneCode {
            code: "012345".parse().expect("a code"),
            expires_at: START.parse::<Timestamp>().expect("a time") + after,
        },
    };
    NotifyJob { user_id: player(number), event, about: number.to_string() }
}

async fn away(minutes: i64, answer: (u16, Option<&'static str>)) -> (Hands, Away, Notifications) {
    let clock = Hands::at(START);
    let away = Away {
        clock: clock.clock(),
        until: clock.clock().now() + SignedDuration::from_mins(minutes),
        answer,
        received: Arc::default(),
        early_calls: Arc::default(),
    };
    let notifications = away.start().await;
    (clock, away, notifications)
}

/// 100 events, of which 10 are codes that expire meanwhile and 10 are codes that do not. All others arrive once, and
/// within minutes after the receiver is back.
#[tokio::test]
async fn events_wait_for_a_receiver_that_is_away_for_ten_minutes() {
    for answer in [(503, None), (503, Some("20")), (429, Some("300")), (500, None)] {
        let (clock, away, notifications) = away(10, answer).await;
        let expires_after = |number| match number {
            1..=10 => Some(Duration::from_mins(5)),
            11..=20 => Some(Duration::from_mins(20)),
            _ => None,
        };
        let mut line = Line::new(&clock, (1..=100).map(|number| job(number, expires_after(number))));
        let dead = line.work(&notifications, Timestamp::MAX).await;
        assert_eq!(dead, Vec::<String>::new(), "{answer:?}");
        let mut received = away.received.lock().expect("the events").clone();
        received.sort();
        let mut expected: Vec<_> =
            (11..=100).map(|number| job(number, expires_after(number)).event_id()).collect();
        expected.sort();
        assert_eq!(received, expected, "{answer:?}");
        let took = clock.clock().now().duration_since(START.parse().expect("a time"));
        assert!(took < SignedDuration::from_mins(16), "{answer:?}: {took:?}");
        // The breaker spares the receiver: the first calls, then one each minute.
        let calls = *away.early_calls.lock().expect("the calls");
        assert!(calls <= 30, "{answer:?}: {calls} calls");
    }
}

/// A receiver that does not come back: each event waits for a day, and is then a dead letter.
#[tokio::test]
async fn an_event_waits_for_a_day() {
    let (clock, away, notifications) = away(7 * 24 * 60, (503, None)).await;
    let mut line = Line::new(&clock, (1..=3).map(|number| job(number, None)));
    let end = clock.clock().now() + SignedDuration::from_hours(24);
    assert_eq!(line.work(&notifications, end).await, Vec::<String>::new());
    assert_eq!(line.waiting.len(), 3);
    let dead = line.work(&notifications, Timestamp::MAX).await;
    assert_eq!(dead.len(), 3, "{dead:?}");
    assert_eq!(*away.received.lock().expect("the events"), Vec::<String>::new());
}
