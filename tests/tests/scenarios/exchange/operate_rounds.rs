//! The life of a round (open, closed, resulted or cancelled) and its effect on the bets.

use crate::beside::Beside;
use crate::exchange::settle::await_settled;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_audit_log::Act;
use evens_draws::Seed;
use evens_exchange::{DrawRule, Side, SignedResult, draw_match, draw_round};
use evens_players::Role;
use evens_tests::{Answer, Client, Redaction, Request, Scenario};
use insta::assert_json_snapshot;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;

/// An oracle with its own key.
pub(crate) struct OracleKey(Ed25519KeyPair);

impl OracleKey {
    pub(crate) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(crate) fn public(&self) -> String {
        BASE64_STANDARD.encode(self.0.public_key().as_ref())
    }

    pub(crate) fn result(&self, round: &str, signed: Side, said: Side) -> Request {
        let message = SignedResult::message(&round.parse().unwrap(), signed);
        let signature = BASE64_STANDARD.encode(self.0.sign(message.as_bytes()));
        let body = json!({ "winner": said.as_str(), "signature": signature });
        Request::new("POST", format!("/api/rounds/{round}/result")).json(body.to_string())
    }
}

pub(crate) async fn open(scenario: &Scenario, body: serde_json::Value) -> Answer {
    scenario.operator().send(Request::new("POST", "/api/rounds").json(body.to_string())).await
}

pub(crate) async fn cancel(client: &Client, round: &str) -> Answer {
    let body = json!({ "reason": "no result came" }).to_string();
    client.send(Request::new("POST", format!("/api/rounds/{round}/cancel")).json(body)).await
}

/// The audit log of a subject: actor, action, reason, and the state before and after.
pub(crate) async fn audit_lines(scenario: &Scenario, subject: &str) -> Vec<String> {
    let (store, today) = (&scenario.context().store, Timestamp::now().to_zoned(TimeZone::UTC).date());
    // The test may run across midnight.
    let mut lines = store.list_audit_lines(today.yesterday().unwrap(), 0, 100).await.unwrap();
    lines.extend(store.list_audit_lines(today, 0, 100).await.unwrap());
    let of_subject = lines.into_iter().map(|line| line.act).filter(|act| act.subject == subject);
    let sentence = |Act { actor, action, reason, before, after, .. }| {
        format!("{actor} {action} {reason:?} {before} -> {after}")
    };
    of_subject.map(sentence).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_of_a_round_is_in_the_audit_log_once() {
    let scenario = Scenario::start().await;
    let oracle_key = OracleKey::new(1);
    let oracle = json!({ "name": "the bureau", "publicKey": oracle_key.public() });
    for round in ["resulted", "cancelled"] {
        let body = json!({ "roundId": round, "draw": "oracle", "oracle": oracle });
        open(&scenario, body.clone()).await.expect(201);
        assert!(open(&scenario, body).await.is_replay());
        scenario.operator().close_round(round).await.expect(200);
        assert!(scenario.operator().close_round(round).await.is_replay());
        scenario.await_published(round).await;
    }
    let result = oracle_key.result("resulted", Side::B, Side::B);
    scenario.oracle().send(result.clone()).await.expect(200);
    assert!(scenario.oracle().send(result).await.is_replay());
    // Closing and cancelling need a reason. A round with a result cannot be cancelled, and the attempt is not logged.
    for act in ["close", "cancel"] {
        let silent = Request::new("POST", format!("/api/rounds/cancelled/{act}")).json("{}");
        assert_eq!(scenario.operator().send(silent).await.problem(), "422 invalid reason");
    }
    assert_eq!(cancel(&scenario.operator(), "resulted").await.problem(), "409 round-state -");
    cancel(&scenario.operator(), "cancelled").await.expect(200);
    assert!(cancel(&scenario.operator(), "cancelled").await.is_replay());
    let (operator, oracle) = (scenario.operator().user, scenario.oracle().user);
    let begun = [
        format!("{operator} open-round \"\"  -> OPEN"),
        format!("{operator} close-round \"betting is over\" OPEN -> CLOSED"),
    ];
    let resulted = format!("{oracle} result-round \"\" CLOSED -> RESULTED B");
    assert_eq!(audit_lines(&scenario, "resulted").await, [begun.as_slice(), &[resulted]].concat());
    let cancelled = format!("{operator} cancel-round \"no result came\" CLOSED -> CANCELLED");
    assert_eq!(audit_lines(&scenario, "cancelled").await, [begun.as_slice(), &[cancelled]].concat());
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_with_one_draw_pays_when_it_closes() {
    let scenario = Scenario::start().await;
    let opened = open(&scenario, json!({ "roundId": "r", "draw": "round" })).await;
    let body = opened.expect(201);
    let seed_hash = body["data"]["seedHash"].as_str().unwrap().to_owned();
    let body = Redaction::of(body, scenario.started)
        .time("/data/openedAt")
        .time("/data/totalsAt")
        .future("/data/closesBy")
        .future("/data/resultBy")
        .hex("/data/seedHash", 64);
    assert_json_snapshot!("opened_round", body.done());
    // A repeat gets the same answer, even after bets were placed. Only the time of its totals differs.
    let again = open(&scenario, json!({ "roundId": "r", "draw": "round" })).await;
    assert!(again.is_replay() && !opened.is_replay());
    let without_time = |answer: &Answer| {
        let mut body = answer.expect(201);
        assert!(body["data"]["totalsAt"].take().is_string());
        body
    };
    assert_eq!(without_time(&again), without_time(&opened));
    for other in [
        json!({ "roundId": "r" }),
        json!({ "roundId": "r", "draw": "round", "stakeMin": 7 }),
        json!({ "roundId": "r", "draw": "round", "closesBy": (Timestamp::now() + 2.hours()).to_string() }),
    ] {
        assert_eq!(open(&scenario, other.clone()).await.problem(), "409 round-exists roundId", "{other}");
    }

    let [alice, bob, carol] =
        [scenario.funded(41, "100").await, scenario.funded(42, "60").await, scenario.funded(43, "60").await];
    let large = alice.bet("r", "A", "100").await;
    let (b, c) = (bob.bet("r", "B", "60").await, carol.bet("r", "B", "60").await);
    scenario.await_idle().await;
    // Matched but not drawn before the round closes. Carol has 20 unmatched.
    assert_eq!(alice.read_bet(&large.bet_id).await["status"], "MATCHED");
    assert!(scenario.books().await.matches.iter().all(|found| found.state.outcome().is_none()));
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert_eq!(bob.read_bet(&b.bet_id).await["status"], "MATCHED");

    let closed = scenario.operator().close_round("r").await.expect(200);
    assert_eq!((&closed["data"]["state"], &closed["data"]["seed"]), (&"CLOSED".into(), &json!(null)));
    let body = scenario.await_published("r").await;
    let seed: Seed = body["data"]["seed"].as_str().unwrap().parse().unwrap();
    assert_eq!(seed.hash().to_string(), seed_hash);
    let winner = draw_round(&seed, &"r".parse().unwrap());
    assert_eq!(body["data"]["winnerSide"], winner.as_str());
    assert_eq!(body["data"]["state"], "RESULTED");
    let repeated = scenario.operator().close_round("r").await;
    assert!(repeated.is_replay());

    let books = scenario.await_ended().await;
    let expected = if winner == Side::A { ["200", "0", "20"] } else { ["0", "120", "100"] };
    let balances = [alice.balance().await, bob.balance().await, carol.balance().await];
    assert_eq!(balances.map(|balance| balance.to_string()), expected);
    let ended = carol.read_bet(&c.bet_id).await;
    assert_eq!((&ended["settled"], &ended["refunded"]), (&40.into(), &20.into()));
    assert_eq!(books.matches.len(), 2);
    assert_eq!(alice.try_bet("r", "A", "1").await.problem(), "409 round-state roundId");
    assert_eq!(cancel(&scenario.operator(), "r").await.problem(), "409 round-state -");
    let result = OracleKey::new(1).result("r", winner, winner);
    assert_eq!(scenario.oracle().send(result).await.problem(), "409 round-state -");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oracle_says_who_has_won() {
    let scenario = Scenario::start().await;
    let (oracle, stranger) = (OracleKey::new(1), OracleKey::new(2));
    let settings = json!({ "name": "the bureau", "publicKey": oracle.public() });
    open(&scenario, json!({ "roundId": "r", "draw": "oracle", "oracle": settings })).await.expect(201);
    let (alice, bob) = (scenario.funded(41, "10").await, scenario.funded(42, "10").await);
    let (a, b) = (alice.bet("r", "A", "10").await, bob.bet("r", "B", "10").await);
    scenario.await_idle().await;
    let says = scenario.oracle();
    assert_eq!(says.send(oracle.result("r", Side::B, Side::B)).await.problem(), "409 round-state -");
    let closed = scenario.operator().close_round("r").await.expect(200);
    assert_eq!((&closed["data"]["state"], &closed["data"]["winnerSide"]), (&"CLOSED".into(), &json!(null)));
    scenario.await_published("r").await;
    scenario.await_idle().await;
    assert_eq!(alice.read_bet(&a.bet_id).await["status"], "MATCHED");

    let refused = [
        ("signed by somebody else", stranger.result("r", Side::B, Side::B)),
        ("signed for the other side", oracle.result("r", Side::A, Side::B)),
        (
            "signed for another round",
            Request { path: "/api/rounds/r/result".to_owned(), ..oracle.result("q", Side::B, Side::B) },
        ),
    ];
    for (what, request) in refused {
        assert_eq!(says.send(request).await.problem(), "422 invalid signature", "{what}");
    }
    let good = oracle.result("r", Side::B, Side::B);
    for client in [&scenario.operator(), &alice] {
        assert_eq!(client.send(good.clone()).await.problem(), "403 forbidden -");
    }
    let said = says.send(good.clone()).await;
    let sent: serde_json::Value = serde_json::from_slice(&good.body).unwrap();
    let body = said.expect(200);
    assert_eq!(body["data"]["signature"], sent["signature"]);
    let body = Redaction::of(body, scenario.started)
        .time("/data/openedAt")
        .time("/data/totalsAt")
        .time("/data/closedAt")
        .future("/data/closesBy")
        .future("/data/resultBy")
        .hex("/data/seedHash", 64)
        .hex("/data/seed", 64);
    assert_json_snapshot!("resulted_round", body.done());
    assert!(says.send(good).await.is_replay());
    assert_eq!(says.send(oracle.result("r", Side::A, Side::A)).await.problem(), "409 round-state -");
    await_settled(&scenario, &[(&alice, &a), (&bob, &b)]).await;
    assert_eq!(bob.balance().await.to_string(), "20");
    assert_eq!(cancel(&scenario.operator(), "r").await.problem(), "409 round-state -");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_round_gives_everything_back_that_is_not_settled() {
    let scenario = Scenario::start().await;
    open(&scenario, json!({ "roundId": "r", "draw": "round" })).await.expect(201);
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "60").await);
    let (a, b) = (alice.bet("r", "A", "100").await, bob.bet("r", "B", "60").await);
    scenario.await_idle().await;
    assert_eq!(bob.read_bet(&b.bet_id).await["status"], "MATCHED");
    let cancelled = cancel(&scenario.operator(), "r").await;
    assert_eq!(cancelled.expect(200)["data"]["state"], "CANCELLED");
    let books = scenario.await_ended().await;
    assert_eq!([alice.balance().await.to_string(), bob.balance().await.to_string()], ["100", "60"]);
    for (client, placed) in [(&alice, &a), (&bob, &b)] {
        let bet = client.read_bet(&placed.bet_id).await;
        assert_eq!((&bet["status"], &bet["settled"]), (&"REFUNDED".into(), &0.into()));
    }
    assert!(cancel(&scenario.operator(), "r").await.is_replay());
    assert_eq!(scenario.operator().close_round("r").await.problem(), "409 round-state -");
    assert_eq!(alice.try_bet("r", "A", "1").await.problem(), "409 round-state roundId");
    scenario.await_idle().await;
    let entries = |books: &evens_tests::books::Books| books.entries.values().map(Vec::len).sum::<usize>();
    assert_eq!(entries(&books), entries(&scenario.finish().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_draws_each_match_gives_back_what_waits_when_it_closes() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "60").await);
    // The first bet opened the round.
    let (a, b) = (alice.bet("r", "A", "100").await, bob.bet("r", "B", "60").await);
    await_settled(&scenario, &[(&bob, &b)]).await;
    scenario.operator().close_round("r").await.expect(200);
    let closed = scenario.await_published("r").await;
    let books = scenario.await_ended().await;
    let bet = alice.read_bet(&a.bet_id).await;
    assert_eq!(
        (&bet["settled"], &bet["refunded"], &bet["status"]),
        (&60.into(), &40.into(), &"SETTLED".into())
    );
    // M7, by hand: the published seed gives the winner that was paid.
    let seed: Seed = closed["data"]["seed"].as_str().unwrap().parse().unwrap();
    assert_eq!(seed.hash().to_string(), closed["data"]["seedHash"].as_str().unwrap());
    let [found] = books.matches.as_slice() else { panic!("{:?}", books.matches) };
    let winner = draw_match(DrawRule::Nonces, &seed, found);
    assert_eq!(found.state.outcome().map(|outcome| outcome.winner), Some(winner));
    let balances = [alice.balance().await.to_string(), bob.balance().await.to_string()];
    assert_eq!(balances, if winner == Side::A { ["160", "0"] } else { ["40", "120"] });
    assert_eq!(bob.try_bet("r", "B", "1").await.problem(), "409 round-state roundId");
    // The seed of an open round is hidden from every role.
    alice.bet("s", "A", "1").await;
    for client in [&alice, &scenario.operator(), &scenario.visitor()] {
        assert_eq!(client.get("/api/rounds/s").await.expect(200)["data"]["seed"], json!(null));
    }
    let operator = scenario.operator();
    assert_eq!(operator.close_round("unknown").await.problem(), "404 not-found roundId");
    assert_eq!(cancel(&operator, "unknown").await.problem(), "404 not-found roundId");
    scenario.finish().await;
}

/// Bets placed while the round closes are accepted or refused, and every accepted bet ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_closes_under_load_leaves_nothing_behind() {
    let scenario = Scenario::start().await;
    let mut players = Vec::new();
    for number in 0..40 {
        players.push(scenario.funded(100 + number, "30").await);
    }
    let bets = players.iter().enumerate().map(|(number, player)| async move {
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let answer = player.try_bet("r", if number % 2 == 0 { "A" } else { "B" }, "10").await;
            if answer.status() != 202 {
                assert_eq!(answer.problem(), "409 round-state roundId");
            }
            statuses.push(answer.status());
        }
        statuses
    });
    let close = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        scenario.operator().close_round("r").await
    };
    let (statuses, closed) = tokio::join!(futures::future::join_all(bets), close);
    closed.expect(200);
    let taken = statuses.iter().flatten().filter(|status| **status == 202).count();
    let books = scenario.await_ended().await;
    assert_eq!(books.bets.len(), taken);
    scenario.finish().await;
}

/// The gauge `evens_overdue_matched` after a sweep in three days.
async fn overdue_in_three_days(scenario: &Scenario) -> String {
    scenario.sweep_after(SignedDuration::from_hours(72)).await;
    let actual = scenario.context().metrics.prometheus();
    let line = actual.lines().find_map(|line| line.strip_prefix("evens_overdue_matched "));
    line.expect("the sweeper says it").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_round_is_reported_until_an_operator_voids_it() {
    let scenario = Scenario::start().await;
    let oracle = json!({ "name": "the bureau", "publicKey": OracleKey::new(1).public() });
    open(&scenario, json!({ "roundId": "r", "draw": "oracle", "oracle": oracle })).await.expect(201);
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "60").await);
    let (a, b) = (alice.bet("r", "A", "100").await, bob.bet("r", "B", "60").await);
    bob.await_status(&b.bet_id, "MATCHED").await;
    scenario.operator().close_round("r").await.expect(200);
    scenario.await_published("r").await;
    assert_eq!(overdue_in_three_days(&scenario).await, "60");
    cancel(&scenario.operator(), "r").await.expect(200);
    scenario.await_ended().await;
    assert_eq!(overdue_in_three_days(&scenario).await, "0");
    for (player, bet) in [(&alice, a), (&bob, b)] {
        assert_eq!(player.read_bet(&bet.bet_id).await["status"], "REFUNDED");
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_place_no_bets_in_rounds_that_operators_run() {
    let scenario = Scenario::start().await;
    open(&scenario, json!({ "roundId": "r" })).await.expect(201);
    let other = scenario.enrol(77, Role::Operator).await;
    let player = scenario.funded(78, "10").await;
    scenario.fund(77, "10").await;
    assert_eq!(other.try_bet("r", "A", "1").await.problem(), "403 forbidden roundId");
    // A round that was opened by a bet has no owner.
    other.bet("q", "A", "1").await;
    let placed = player.bet("r", "A", "1").await;
    player.post(&format!("/api/bets/{}/refund", placed.bet_id)).await.expect(200);
    scenario.finish().await;
}

/// A secret is drawn only when a round is opened, for no other request.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_is_there_is_told_without_another_secret() {
    let scenario = Scenario::start().await;
    let dry = Beside::rounds_without_secrets(&scenario).await;
    let operator = dry.client(&scenario.operator());
    let request = |body: &str| Request::new("POST", "/api/rounds").json(body);
    assert_eq!(operator.send(request("{\"roundId\":\"r\"}")).await.problem(), "500 internal -");
    let first = open(&scenario, json!({ "roundId": "r" })).await.expect(201);
    let again = operator.send(request("{\"roundId\":\"r\"}")).await;
    assert!(again.is_replay());
    assert_eq!(again.expect(201)["data"]["seedHash"], first["data"]["seedHash"]);
    let other = operator.send(request("{\"roundId\":\"r\",\"draw\":\"round\"}")).await;
    assert_eq!(other.problem(), "409 round-exists roundId");
    scenario.finish().await;
}
