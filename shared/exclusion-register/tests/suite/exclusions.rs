//! Which players may bet and deposit according to a register over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing};
use evens_exclusion_register::{
    ExclusionRegister, Exclusions, HttpsRegister, KEPT_FOR, ListedPlayers, NoAnswer,
};
use evens_ledger::UserId;
use evens_own_limits::PlayBarrier;
use evens_runtime::Clock;
use futures::future::{BoxFuture, FutureExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::future::{pending, ready};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const KEY: &str = "0123456789abcdef";

/// The answer of a register to every request, and the requests it got.
#[derive(Debug, Clone, Default)]
struct Register(Arc<Mutex<RegisterState>>);

#[derive(Debug, Default)]
struct RegisterState {
    status: u16,
    body: Value,
    asked: Vec<(Option<String>, Value)>,
}

impl Register {
    fn says(&self, status: u16, body: Value) {
        let mut said = self.0.lock().expect("a register");
        (said.status, said.body) = (status, body);
    }

    fn asked(&self) -> Vec<(Option<String>, Value)> {
        std::mem::take(&mut self.0.lock().expect("a register").asked)
    }

    async fn start(&self, clock: &Clock) -> Exclusions {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/players", listener.local_addr().expect("an address"));
        let routes = Router::new().route("/players", routing::post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let register = HttpsRegister::new(address.parse().expect("an endpoint"), KEY.parse().expect("a key"));
        Exclusions::of(Box::new(register.expect("a client")), clock)
    }
}

async fn answer(
    State(register): State<Register>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let mut said = register.0.lock().expect("a register");
    let key = headers.get("authorization").map(|key| key.to_str().expect("a text").to_owned());
    said.asked.push((key, body));
    (StatusCode::from_u16(said.status).expect("a status"), Json(said.body.clone()))
}

fn user(id: u64) -> UserId {
    UserId::new(id).expect("a user")
}

/// A clock that tests set.
fn hands() -> (Arc<Mutex<Timestamp>>, Clock) {
    let now = Arc::new(Mutex::new(Timestamp::UNIX_EPOCH));
    let read = now.clone();
    (now, Clock::from_fn(move || *read.lock().expect("a time")))
}

#[tokio::test]
async fn only_a_clear_no_lets_a_player_in() {
    #[rustfmt::skip]
    let table = [
        (200, json!({ "isExcluded": false }),             None),
        (200, json!({ "isExcluded": false, "more": 1 }),  None),
        (200, json!({ "isExcluded": true }),              Some(PlayBarrier::Excluded)),
        (200, json!({ "isExcluded": "false" }),           Some(PlayBarrier::Unknown)),
        (200, json!({}),                                  Some(PlayBarrier::Unknown)),
        (200, json!({ "isExcluded": false, "more": "b".repeat(5_000) }), Some(PlayBarrier::Unknown)),
        (201, json!({ "isExcluded": false }),             Some(PlayBarrier::Unknown)),
        (302, json!({ "isExcluded": false }),             Some(PlayBarrier::Unknown)),
        (404, json!({ "isExcluded": false }),             Some(PlayBarrier::Unknown)),
        (500, json!({ "isExcluded": false }),             Some(PlayBarrier::Unknown)),
    ];
    for (status, body, expected) in table {
        let (_, clock) = hands();
        let register = Register::default();
        register.says(status, body);
        let exclusions = register.start(&clock).await;
        assert_eq!(exclusions.barred(user(42)).await, expected, "{status}");
        assert_eq!(register.asked(), [(Some(format!("Bearer {KEY}")), json!({ "userId": 42 }))]);
    }
}

#[tokio::test]
async fn an_answer_counts_for_ten_minutes_and_for_one_player() {
    let (hands, clock) = hands();
    let register = Register::default();
    let exclusions = register.start(&clock).await;
    register.says(200, json!({ "isExcluded": false }));
    assert_eq!(exclusions.barred(user(1)).await, None);
    register.says(500, json!({}));
    *hands.lock().expect("a time") += KEPT_FOR - SignedDuration::from_millis(1);
    assert_eq!(exclusions.clone().barred(user(1)).await, None);
    assert_eq!(exclusions.barred(user(2)).await, Some(PlayBarrier::Unknown));
    assert_eq!(register.asked().len(), 2);
    *hands.lock().expect("a time") += SignedDuration::from_millis(1);
    assert_eq!(exclusions.barred(user(1)).await, Some(PlayBarrier::Unknown));
    register.says(200, json!({ "isExcluded": true }));
    for _ in 0..3 {
        assert_eq!(exclusions.barred(user(1)).await, Some(PlayBarrier::Excluded));
    }
    assert_eq!(register.asked().len(), 2, "who is in it is not asked about at each try");
}

/// A register that can stop answering.
#[derive(Debug, Clone, Default)]
struct Moody {
    is_silent: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl ExclusionRegister for Moody {
    fn has(&self, _user: UserId) -> BoxFuture<'_, Result<bool, NoAnswer>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.is_silent.load(Ordering::Relaxed) { pending().boxed() } else { ready(Ok(false)).boxed() }
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_register_is_waited_for_and_then_left_alone() {
    let (hands, clock) = hands();
    let register = Moody::default();
    let exclusions = Exclusions::of(Box::new(register.clone()), &clock);
    register.is_silent.store(true, Ordering::Relaxed);
    for id in 1..=6 {
        assert_eq!(exclusions.barred(user(id)).await, Some(PlayBarrier::Unknown));
    }
    assert_eq!(register.asked.load(Ordering::Relaxed), 5, "the breaker is open");
    register.is_silent.store(false, Ordering::Relaxed);
    *hands.lock().expect("a time") += SignedDuration::from_mins(5);
    assert_eq!(exclusions.barred(user(6)).await, None);
}

#[tokio::test]
async fn without_a_register_all_may_play_and_a_list_bars_its_players() {
    let (_, clock) = hands();
    assert_eq!(Exclusions::default().barred(user(1)).await, None);
    let listed = Exclusions::of(Box::new(ListedPlayers::new([user(7)])), &clock);
    assert_eq!(listed.barred(user(7)).await, Some(PlayBarrier::Excluded));
    assert_eq!(listed.barred(user(8)).await, None);
}
