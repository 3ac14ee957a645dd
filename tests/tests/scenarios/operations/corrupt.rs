//! M6 with one unreadable item, or a failing part of the table or the queues: everything else still ends.

use crate::operations::dead_letters::{act, await_letters};
use crate::operations::sweep::{TELLS_OF_SWEEPS, await_own_sweep, place_silently_at};
use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use evens_contracts::{FinishRoundJob, MatchJob, Queue};
use evens_exchange::{Draw, Match, MatchState, OpposedBets, RoundId, Side, join};
use evens_idempotency::BetId;
use evens_queues::{QueueUrl, QueueUrls, Queues};
use evens_runtime::{Context, Endpoints, JobDone, JobError};
use evens_store::JoinOutcome;
use evens_tests::{Addresses, Request, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Display;
use tokio::net::TcpListener;

type Item = HashMap<String, AttributeValue>;

/// The log line about a skipped item.
const LEFT_OUT: &str = "Skipped an item that cannot be read";

fn text(value: impl Display) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn part<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

/// The one item of this kind with this value.
async fn item(scenario: &Scenario, kind: &str, name: &str, value: AttributeValue) -> Item {
    let scan =
        scenario.dynamodb().scan().table_name(&scenario.context().settings.table).consistent_read(true);
    let scan = scan.filter_expression("#kind = :kind AND #name = :value");
    let scan = scan.expression_attribute_names("#kind", "kind").expression_attribute_names("#name", name);
    let scan = scan.expression_attribute_values(":kind", text(kind));
    let mut found = scan.expression_attribute_values(":value", value).into_paginator().items().send();
    found.next().await.expect("an item").unwrap()
}

async fn put(scenario: &Scenario, item: Item) {
    let put = scenario.dynamodb().put_item().table_name(&scenario.context().settings.table);
    put.set_item(Some(item)).send().await.unwrap();
}

/// Removes an attribute from an item. Returns the original item, which repairs the table when stored again.
async fn broken(scenario: &Scenario, item: Item, attribute: &str) -> Item {
    let mut broken = item.clone();
    broken.remove(attribute).expect("the attribute");
    put(scenario, broken).await;
    item
}

async fn broken_place(scenario: &Scenario, bet: BetId) -> Item {
    broken(scenario, item(scenario, "waiting", "bet", text(bet)).await, "amount_open").await
}

async fn await_not_waiting(scenario: &Scenario, bet: BetId) {
    let store = &scenario.context().store;
    let of = store.load_bet(bet).await.unwrap().expect("a bet");
    await_until("a bet that does not wait", Scenario::DEADLINE, async || {
        store.load_waiting(&of).await.unwrap().is_none().then_some(())
    })
    .await;
}

async fn await_final(scenario: &Scenario, joined: &Match) {
    await_until("a match that has ended", Scenario::DEADLINE, async || {
        let found = scenario.context().store.load_match(&joined.round, joined.id).await.unwrap();
        found.filter(|found| found.state.is_final())
    })
    .await;
}

/// The state after lost messages: overdue bets in so many rounds that every shard likely has some, and a match that is
/// not settled.
struct LeftBehind {
    expired: Vec<BetId>,
    unsettled: Match,
}

impl LeftBehind {
    const ROUNDS: u64 = 24;

    async fn of(scenario: &Scenario) -> Self {
        await_own_sweep(scenario).await;
        let (now, store) = (Timestamp::now(), &scenario.context().store);
        let long_ago = now - SignedDuration::from_mins(10);
        let mut expired = Vec::new();
        for number in 0..Self::ROUNDS {
            let round = format!("expired-{number}");
            expired.push(place_silently_at(scenario, &round, 100 + number, "A", long_ago).await);
        }
        let a = place_silently_at(scenario, "joined", 91, "A", now).await;
        let b = place_silently_at(scenario, "joined", 92, "B", now).await;
        let books = scenario.books().await;
        let plan = join(
            &OpposedBets::of(&books.waiting[&a], &books.waiting[&b], evens_ledger::Amount::ZERO).unwrap(),
            now,
        );
        let joined = store.join_bets(&plan, Side::A, &Draw::Match).await;
        assert!(matches!(joined, Ok(JoinOutcome::Joined)), "{joined:?}");
        Self { expired, unsettled: plan.bet_match }
    }

    /// Waits until everything has ended except these bets.
    async fn await_ended_but(&self, scenario: &Scenario, but: impl Fn(&BetId) -> bool) {
        for bet in self.expired.iter().filter(|bet| !but(bet)) {
            await_not_waiting(scenario, *bet).await;
        }
        await_final(scenario, &self.unsettled).await;
    }
}

async fn sweep(context: &Context) -> Result<JobDone, JobError> {
    evens_sweep::handle(context, Timestamp::now() + SignedDuration::from_mins(2)).await
}

/// The unreadable book entry is the first on its side, and a bet on the other side looks at it.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_read_keeps_no_sweep_from_the_rest() {
    let scenario = Scenario::start_with(TELLS_OF_SWEEPS).await;
    let now = Timestamp::now();
    let first = place_silently_at(&scenario, "r", 51, "A", now - SignedDuration::from_secs(2)).await;
    let waits = place_silently_at(&scenario, "r", 52, "A", now).await;
    let against = place_silently_at(&scenario, "r", 53, "B", now).await;
    let left_behind = LeftBehind::of(&scenario).await;
    let place = broken_place(&scenario, first).await;

    sweep(scenario.context()).await.unwrap();
    left_behind.await_ended_but(&scenario, |_| false).await;
    await_not_waiting(&scenario, waits).await;
    await_not_waiting(&scenario, against).await;
    put(&scenario, place).await;
    scenario.finish_despite(&[LEFT_OUT]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_refuses_keeps_no_sweep_from_the_others() {
    let scenario = Scenario::start_with(TELLS_OF_SWEEPS).await;
    let now = Timestamp::now();
    let a = place_silently_at(&scenario, "r", 51, "A", now).await;
    let b = place_silently_at(&scenario, "r", 52, "B", now).await;
    let left_behind = LeftBehind::of(&scenario).await;

    let mut urls = HashMap::new();
    for queue in Queue::ALL {
        urls.insert(queue, scenario.queue_url(queue).await);
    }
    urls.get_mut(&Queue::Refund).unwrap().push_str("-that-is-not-there");
    let url = |queue| QueueUrl { main: urls[&queue].clone(), dead_letter: String::new() };
    let urls = QueueUrls::from_each(|queue| Ok::<_, Infallible>(url(queue))).unwrap();
    let queues = Queues::new(scenario.sqs().clone(), urls);
    let swept = sweep(&Context { queues, ..scenario.context().clone() }).await;
    assert!(swept.as_ref().is_err_and(JobError::is_retryable), "{swept:?}");
    left_behind.await_ended_but(&scenario, |_| true).await;
    await_not_waiting(&scenario, a).await;
    await_not_waiting(&scenario, b).await;

    scenario.sweep_later().await;
    scenario.await_ended().await;
    scenario.finish().await;
}

/// A context whose table throttles every request that contains this text.
async fn throttled(scenario: &Scenario, said: &'static str) -> Context {
    let engines = std::fs::read(scenario.folder().join("data/engines.json")).unwrap();
    let engines: Addresses = serde_json::from_slice(&engines).unwrap();
    let (engine, http) = (engines.dynamodb.clone(), reqwest::Client::builder().no_proxy().build().unwrap());
    let pass = async move |mut headers: HeaderMap, body: Bytes| -> Response {
        if String::from_utf8_lossy(&body).contains(said) {
            let code = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
            let body = serde_json::json!({ "__type": code }).to_string();
            return (StatusCode::BAD_REQUEST, body).into_response();
        }
        headers.remove("host");
        let answer = http.post(&engine).headers(headers).body(body).send().await.unwrap();
        (answer.status(), answer.bytes().await.unwrap()).into_response()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dynamodb = Some(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass)).await });
    let identity = engines.identity();
    let endpoints = Endpoints { dynamodb, sqs: Some(engines.sqs), ..Endpoints::default() };
    let settings = (*scenario.context().settings).clone();
    let context = Context::from_settings_as(&identity, settings, &endpoints).await.unwrap();
    Context { queues: scenario.context().queues.clone(), ..context }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_book_that_is_throttled_keeps_no_sweep_from_the_others() {
    let scenario = Scenario::start_with(TELLS_OF_SWEEPS).await;
    let left_behind = LeftBehind::of(&scenario).await;
    let shard = part(&item(&scenario, "waiting", "bet", text(left_behind.expired[0])).await, "pk").to_owned();
    let mut of_shard = Vec::new();
    for bet in &left_behind.expired {
        if part(&item(&scenario, "waiting", "bet", text(bet)).await, "pk") == shard {
            of_shard.push(*bet);
        }
    }
    let swept = sweep(&throttled(&scenario, String::leak(shard)).await).await;
    assert!(swept.as_ref().is_err_and(JobError::is_retryable), "{swept:?}");
    left_behind.await_ended_but(&scenario, |bet| of_shard.contains(bet)).await;
    let books = scenario.books().await;
    assert!(of_shard.iter().all(|bet| books.waiting.contains_key(bet)), "nobody could see them");

    scenario.sweep_later().await;
    scenario.await_ended().await;
    scenario.finish().await;
}

/// If the sweep cannot check for opponents, it sends the job anyway.
#[tokio::test(flavor = "multi_thread")]
async fn bets_are_matched_where_a_sweep_cannot_look_for_opponents() {
    let scenario = Scenario::start().await;
    let now = Timestamp::now();
    let a = place_silently_at(&scenario, "r", 51, "A", now).await;
    let b = place_silently_at(&scenario, "r", 52, "B", now).await;
    // Only the query for one side of a round contains `begins_with`.
    sweep(&throttled(&scenario, "begins_with").await).await.unwrap();
    await_not_waiting(&scenario, a).await;
    await_not_waiting(&scenario, b).await;
    scenario.finish().await;
}

/// Opens a round with one outcome for all bets and this number of matches, sorted by id.
async fn round_of_matches(scenario: &Scenario, count: u64) -> Vec<Match> {
    let body = serde_json::json!({ "roundId": "r", "draw": "round" }).to_string();
    scenario.operator().send(Request::new("POST", "/api/rounds").json(body)).await.expect(201);
    for number in 0..count {
        for (player, side) in [(100 + 2 * number, "A"), (101 + 2 * number, "B")] {
            scenario.funded(player, "10").await.bet("r", side, "10").await;
        }
        scenario.await_idle().await;
    }
    let mut matches = scenario.books().await.matches;
    assert_eq!(matches.len(), usize::try_from(count).unwrap());
    matches.sort_by_key(|found| found.id);
    matches
}

/// Finishes the round at a time this much later.
async fn finish_after(scenario: &Scenario, later: SignedDuration) -> Result<JobDone, JobError> {
    let job = FinishRoundJob { round_id: round(), after_match: None };
    evens_finish_round::handle(scenario.context(), job, Timestamp::now() + later).await
}

fn round() -> RoundId {
    "r".parse().unwrap()
}

async fn is_unfinished(scenario: &Scenario) -> bool {
    for shard in scenario.context().store.layout().shards() {
        let found = scenario.context().store.sweep_rounds(shard, Timestamp::now()).await.unwrap();
        if found.iter().any(|found| found.id == round()) {
            return true;
        }
    }
    false
}

/// Repairs the item and finishes the round. Items that are overdue at that time do not block it.
async fn repair_and_finish(scenario: Scenario, item: Item) {
    let late = SignedDuration::from_mins(11);
    assert_eq!(finish_after(&scenario, late).await.unwrap(), JobDone("sent the remaining jobs"));
    assert!(is_unfinished(&scenario).await);
    put(&scenario, item).await;
    finish_after(&scenario, late + SignedDuration::from_mins(1)).await.unwrap();
    scenario.await_ended().await;
    assert_eq!(finish_after(&scenario, late).await.unwrap(), JobDone("finished"));
    assert!(!is_unfinished(&scenario).await);
    scenario.finish_despite(&[LEFT_OUT]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_that_cannot_be_read_keeps_no_other_of_its_round_from_its_payout() {
    let scenario = Scenario::start().await;
    let matches = round_of_matches(&scenario, 3).await;
    let first = item(&scenario, "match", "match", text(matches[0].id)).await;
    let first = broken(&scenario, first, "amount").await;
    let closed = scenario.operator().close_round("r").await.expect(200);
    assert_eq!(closed["data"]["totalsComplete"], false, "{closed}");
    for found in &matches[1..] {
        await_final(&scenario, found).await;
    }
    scenario.await_idle().await;
    repair_and_finish(scenario, first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_read_keeps_nothing_else_of_its_round_from_its_end() {
    let scenario = Scenario::start().await;
    let matches = round_of_matches(&scenario, 2).await;
    let mut waiting = Vec::new();
    for player in [51, 52, 53] {
        waiting.push(scenario.funded(player, "10").await.bet("r", "A", "10").await.id());
        scenario.await_idle().await;
    }
    let first = broken_place(&scenario, waiting[0]).await;
    let cancel = Request::new("POST", "/api/rounds/r/cancel").json(r#"{"reason":"unreadable"}"#.to_owned());
    scenario.operator().send(cancel).await.expect(200);
    for found in &matches {
        await_final(&scenario, found).await;
    }
    await_not_waiting(&scenario, waiting[1]).await;
    await_not_waiting(&scenario, waiting[2]).await;
    scenario.await_idle().await;
    repair_and_finish(scenario, first).await;
}

/// Winners are paid even if the order book cannot be read at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_is_throttled_keeps_no_match_of_its_round_from_its_payout() {
    let scenario = Scenario::start().await;
    let matches = round_of_matches(&scenario, 2).await;
    let store = &scenario.context().store;
    let open = store.load_round(&round()).await.unwrap().expect("a round");
    let evens_exchange::RoundStep::Made(closed) = open.close(Timestamp::now()) else { panic!("{open:?}") };
    store.move_round(&open, *closed).await.unwrap();

    let job = FinishRoundJob { round_id: round(), after_match: None };
    let late = Timestamp::now() + SignedDuration::from_mins(11);
    let finished = evens_finish_round::handle(&throttled(&scenario, "BOOK#").await, job, late).await;
    assert!(finished.as_ref().is_err_and(JobError::is_retryable), "{finished:?}");
    for found in &matches {
        await_final(&scenario, found).await;
    }
    assert!(is_unfinished(&scenario).await);
    scenario.finish().await;
}

/// Runs the match job of a new bet.
async fn look(scenario: &Scenario, bet: BetId) -> Result<JobDone, JobError> {
    let bet = scenario.context().store.load_bet(bet).await.unwrap().expect("a bet");
    scenario.work(MatchJob::of_bet(&bet).job).await
}

/// Either winner's payment would fail, so the bets leave the book as a match that waits for settlement.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_wallet_does_not_block_later_bets() {
    let scenario = Scenario::start().await;
    let now = Timestamp::now();
    let first = place_silently_at(&scenario, "r", 51, "A", now - SignedDuration::from_secs(2)).await;
    let second = place_silently_at(&scenario, "r", 52, "A", now).await;
    let wallet = item(&scenario, "wallet", "user", AttributeValue::N("51".to_owned())).await;
    let wallet = broken(&scenario, wallet, "locked").await;

    for (player, opponent, is_paid) in [(53, first, false), (54, second, true)] {
        let bet = place_silently_at(&scenario, "r", player, "B", now).await;
        assert_eq!(look(&scenario, bet).await.unwrap(), JobDone("matched"));
        let id = evens_exchange::MatchId::derive(opponent, bet);
        let joined = scenario.context().store.load_match(&round(), id).await.unwrap().expect("a match");
        assert_eq!(matches!(joined.state, MatchState::Settled(_)), is_paid, "{joined:?}");
        assert_eq!(matches!(joined.state, MatchState::Drawn(_)), !is_paid, "{joined:?}");
    }
    // The job became a dead letter at once. It is sent again by an operator who repaired the wallet, or by the sweeper
    // a minute later.
    let letter = await_letters(&scenario, "?queue=settle&error=corrupt", 1).await.remove(0);
    let error = letter["error"].as_str().unwrap();
    assert!(error.starts_with("Non-retryable error: Settlement failed for match "), "{error}");
    assert_eq!(letter["attempts"], 1);
    put(&scenario, wallet).await;
    act(&scenario, &letter, "redrive").await.expect(200);
    scenario.await_ended().await;
    scenario.finish_despite(&["is corrupt", "cannot be paid", "Gave up job settle"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_bet_does_not_block_later_ones() {
    let scenario = Scenario::start().await;
    let now = Timestamp::now();
    let mut waiting = Vec::new();
    for number in 0..12 {
        let at = now - SignedDuration::from_secs(20 - i64::try_from(number).unwrap());
        waiting.push(place_silently_at(&scenario, "r", 60 + number, "A", at).await);
    }
    // A full page of candidates and one more.
    let mut places = Vec::new();
    for bet in &waiting[..11] {
        places.push(broken_place(&scenario, *bet).await);
    }
    let bet = place_silently_at(&scenario, "r", 53, "B", now).await;
    assert_eq!(look(&scenario, bet).await.unwrap(), JobDone("matched"));
    await_not_waiting(&scenario, waiting[11]).await;
    for place in places {
        put(&scenario, place).await;
    }
    scenario.finish_despite(&[LEFT_OUT]).await;
}
