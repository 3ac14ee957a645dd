//! A scripted webhook, a manual clock, and captured logs.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use evens_breaker::CALL_TIMEOUT;
use evens_contracts::{NotifyEvent, NotifyJob};
use evens_ledger::UserId;
use evens_notifications::{Notifications, SenderSettings};
use evens_runtime::Clock;
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing::subscriber::DefaultGuard;

pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// The webhook's reaction to a call.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Status {
        status: u16,
        headers: Vec<(&'static str, &'static str)>,
        body: &'static str,
    },
    /// Does not answer until the call times out. The time passes at once.
    Hang,
    /// Answers 200 after this time, which passes at once.
    Late(Duration),
    /// Does not answer, and no time passes.
    Silence,
    /// Resets the connection.
    Reset,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self::Status { status, headers: Vec::new(), body: "" }
    }

    pub(crate) fn with(self, name: &'static str, value: &'static str) -> Self {
        match self {
            Self::Status { status, mut headers, body } => {
                headers.push((name, value));
                Self::Status { status, headers, body }
            }
            other => other,
        }
    }

    pub(crate) fn saying(self, body: &'static str) -> Self {
        match self {
            Self::Status { status, headers, .. } => Self::Status { status, headers, body },
            other => other,
        }
    }
}

/// A received call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: String,
    headers: HeaderMap,
}

impl Call {
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).expect(name).to_str().expect(name)
    }
}

#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A webhook on this machine.
pub(crate) struct Receiver {
    url: String,
    script: Script,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Starts a webhook with one reaction per call.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script =
            Script { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Script::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/evens?from=tests", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(script.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { url, script, server }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.script.calls.lock().expect("calls").clone()
    }

    pub(crate) async fn stop(&self) {
        self.server.abort();
        while !self.server.is_finished() {
            tokio::task::yield_now().await;
        }
    }
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8(body.to_vec()).expect("text");
    script.calls.lock().expect("calls").push(Call { method, path: uri.to_string(), body, headers });
    let answer = script.answers.lock().expect("answers").pop_front().expect("no more calls than answers");
    match answer {
        Answer::Status { status, headers, body } => {
            let response = Response::builder().status(status);
            let response =
                headers.into_iter().fold(response, |response, (name, value)| response.header(name, value));
            response.body(Body::from(body)).expect("a response")
        }
        Answer::Hang => {
            pass(CALL_TIMEOUT).await;
            std::future::pending().await
        }
        Answer::Late(after) => {
            pass(after).await;
            let response = Response::builder().status(StatusCode::OK);
            response.body(Body::empty()).expect("a response")
        }
        Answer::Silence => std::future::pending().await,
        Answer::Reset => panic!("the receiver is told to end the connection"),
    }
}

/// Advances the paused clock by `time`.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A job whose event has the id `welcome-bonus:41`.
pub(crate) fn job() -> NotifyJob {
    let event = NotifyEvent::WelcomeBonus { amount: "100.00000001".parse().expect("an amount") };
    NotifyJob { user_id: player(41), event, about: "41".to_owned() }
}

pub(crate) fn player(number: u64) -> UserId {
    UserId::new(number).expect("a player")
}

/// A worker that posts to the receiver.
pub(crate) fn notifications(receiver: &Receiver) -> Notifications {
    notifications_to(&receiver.url)
}

pub(crate) fn notifications_to(url: &str) -> Notifications {
    let settings = SenderSettings::from_lookup(|name| match name {
        "EVENS_WEBHOOK_URL" => Some(url.to_owned()),
        "EVENS_WEBHOOK_SECRET" => Some(SECRET.to_owned()),
        _ => None,
    });
    Notifications::from_settings(settings.expect("settings")).expect("a worker")
}

/// A clock that tests set by hand.
pub(crate) struct Hands(Arc<Mutex<Timestamp>>);

impl Hands {
    pub(crate) fn new() -> Self {
        Self::at("2026-03-01T12:00:00Z")
    }

    pub(crate) fn at(time: &str) -> Self {
        Self(Arc::new(Mutex::new(time.parse().expect("a time"))))
    }

    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::from_fn(move || *now.lock().expect("a time"))
    }

    pub(crate) fn pass(&self, time: Duration) {
        *self.0.lock().expect("a time") += SignedDuration::try_from(time).expect("a duration");
    }
}

/// Everything that this thread logs, at the most verbose level.
pub(crate) struct Logs {
    lines: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

impl Logs {
    pub(crate) fn start() -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&lines);
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || Lines(Arc::clone(&writer)))
            .finish();
        Self { lines, _guard: tracing::subscriber::set_default(subscriber) }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.lines.lock().expect("lines").clone()).expect("text")
    }
}

struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("lines").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
