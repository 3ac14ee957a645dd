//! Players' own limits: on deposits, stakes and losses, exclusion, and the reality check.

use super::withdrawing::{await_withdrawal, balance, payee, withdraw};
use crate::exchange::settle::await_settled;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evens_ledger::UserId;
use evens_own_limits::EXCLUSION_MIN;
use evens_payments::{PaymentsRecord, SETTINGS_CHANGES_MAX};
use evens_tests::{Answer, Client, PASSWORD, Request, Scenario, Tokens, await_until, phone};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::fmt::Debug;
use std::time::Duration;

async fn post(player: &Client, path: &str, body: &Value) -> Answer {
    player.send(Request::new("POST", path).json(body.to_string())).await
}

async fn set(player: &Client, kind: &str, period: &str, limit: &Value) -> Value {
    let body = json!({ "kind": kind, "period": period, "limit": limit });
    post(player, "/api/limits", &body).await.expect(200)["data"].clone()
}

/// The limit with this id in the list.
async fn read(player: &Client, id: &str) -> Value {
    let listed = player.get("/api/limits").await.expect(200);
    let limits = listed["data"]["limits"].as_array().expect("limits").iter();
    limits.clone().find(|limit| limit["limitId"] == id).unwrap_or_else(|| panic!("no {id}")).clone()
}

/// The used and the remaining amount of a limit.
async fn used(player: &Client, id: &str) -> (Value, Value) {
    let limit = read(player, id).await;
    (limit["used"].clone(), limit["left"].clone())
}

/// Changes the player's settings as of that time.
async fn set_then<Refusal: Debug>(
    scenario: &Scenario,
    user: UserId,
    then: Timestamp,
    rule: impl Fn(&PaymentsRecord) -> Result<PaymentsRecord, Refusal>,
) {
    let changed = scenario.context().store.change_limits(user, then, rule).await;
    changed.expect("the table").expect("a change");
}

fn count(answers: &[Answer], problem: &str) -> usize {
    answers.iter().filter(|answer| answer.status() >= 300 && answer.problem() == problem).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_at_once_pass_no_limit() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    set(&player, "deposits", "month", &json!("250.00")).await;
    let limit = set(&player, "deposits", "day", &json!(100)).await;
    let expected = json!({
        "limitId": "deposits-day", "kind": "deposits", "period": "day", "limit": 100, "used": 0,
        "countedSince": null, "left": 100,
        "wanted": null,
    });
    assert_eq!(limit, expected);
    let keys: Vec<_> = (0..20).map(|number| format!("key-{number}")).collect();
    let answers = join_all(keys.iter().map(|key| player.try_deposit("10", key))).await;
    let opened = answers.iter().filter(|answer| answer.status() == 201).count();
    assert_eq!((opened, count(&answers, "409 over-limit amount")), (10, 10), "{answers:?}");
    assert_eq!(used(&player, "deposits-day").await, (json!(100), json!(0)));
    assert_eq!(used(&player, "deposits-month").await, (json!(100), json!(150)));
    assert_eq!(used(&player, "deposits-week").await, (json!(100), Value::Null));
    // A limit applies to one player only.
    scenario.player(42).deposit("200", "other").await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raise_takes_a_day_and_a_confirmation() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let confirm = "/api/limits/deposits-week/confirm";
    assert_eq!(player.post(confirm).await.problem(), "409 nothing-to-confirm limitId");
    set(&player, "deposits", "week", &json!(100)).await;
    let wished = set(&player, "deposits", "week", &json!("none")).await;
    assert_eq!((&wished["limit"], &wished["wanted"]["limit"]), (&json!(100), &Value::Null));
    let from: Timestamp = wished["wanted"]["from"].as_str().expect("a time").parse().expect("a time");
    let wait = from.duration_since(Timestamp::now());
    assert!(wait > SignedDuration::from_hours(23) && wait <= SignedDuration::from_hours(24), "{wait}");
    assert_eq!(player.post(confirm).await.problem(), "409 too-early limitId");
    assert_eq!(player.try_deposit("101", "before").await.problem(), "409 over-limit amount");
    // A lower limit applies at once and drops the requested increase.
    let lowered = set(&player, "deposits", "week", &json!(50)).await;
    assert_eq!((&lowered["limit"], &lowered["wanted"]), (&json!(50), &Value::Null));

    let id = "deposits-week".parse().expect("a limit");
    let a_day_ago = Timestamp::now() - SignedDuration::from_hours(24);
    let ask = |cashier: &PaymentsRecord| Ok::<_, ()>(cashier.ask_limit(id, "500".parse().ok(), a_day_ago));
    set_then(&scenario, player.user, a_day_ago, ask).await;
    assert_eq!(read(&player, "deposits-week").await["limit"], 50, "nobody has confirmed it");
    let raised = player.post(confirm).await.expect(200);
    assert_eq!((&raised["data"]["limit"], &raised["data"]["wanted"]), (&json!(500), &Value::Null));
    assert_eq!(player.post(confirm).await.problem(), "409 nothing-to-confirm limitId");
    player.deposit("500", "after").await;
    scenario.finish().await;
}

/// All nine sums are counted for a player who has set no limit.
#[tokio::test(flavor = "multi_thread")]
async fn play_without_limits_is_counted() {
    let scenario = Scenario::start().await;
    let (player, other) = (scenario.funded(41, "1000").await, scenario.funded(42, "1000").await);
    player.deposit("25", "one").await;
    let mut bets = Vec::new();
    for _ in 0..8 {
        bets.push(player.bet("r", "A", "50").await);
    }
    let against = other.bet("r", "B", "350").await;
    await_settled(&scenario, &[(&other, &against)]).await;
    player.post(&format!("/api/bets/{}/refund", bets[7].bet_id)).await.expect(200);
    let lost = (1_000 * 100_000_000 - player.balance().await.units()).max(0);
    let lost = json!(lost / 100_000_000);
    for period in ["day", "week", "month"] {
        for (kind, expected) in [("deposits", &json!(25)), ("stakes", &json!(350)), ("losses", &lost)] {
            let limit = read(&player, &format!("{kind}-{period}")).await;
            assert_eq!((&limit["used"], &limit["countedSince"]), (expected, &Value::Null), "{kind} {period}");
        }
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bets_at_once_pass_no_limit_and_what_comes_back_is_taken_off() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "1000").await;
    set(&player, "stakes", "day", &json!(100)).await;
    set(&player, "losses", "month", &json!(80.50)).await;
    let answers = join_all((0..12).map(|_| player.try_bet("r", "A", "10"))).await;
    let placed: Vec<_> = answers.iter().filter(|answer| answer.status() == 202).collect();
    assert_eq!((placed.len(), count(&answers, "409 over-limit amount")), (8, 4), "{answers:?}");
    assert_eq!(used(&player, "losses-month").await, (json!(80), json!(0.5)));
    assert_eq!(used(&player, "stakes-day").await, (json!(80), json!(20)));
    assert_eq!(used(&player, "stakes-week").await, (json!(80), Value::Null));
    assert_eq!(balance(&player).await, "920");

    let bet = placed[0].expect(202)["data"]["betId"].as_str().expect("an id").to_owned();
    player.post(&format!("/api/bets/{bet}/refund")).await.expect(200);
    assert_eq!(used(&player, "stakes-day").await, (json!(70), json!(30)));
    // Winnings can be lost too, and losses stay counted.
    let other = scenario.funded(42, "1000").await;
    let against = other.bet("r", "B", "70").await;
    await_settled(&scenario, &[(&other, &against)]).await;
    let won = player.balance().await.units() - 930 * 100_000_000;
    assert_eq!(used(&player, "stakes-day").await, (json!(70), json!(30)));
    let (lost, left) = used(&player, "losses-month").await;
    let [expected_lost, expected_left] = [(70 * 100_000_000 - won).max(0), 1_050_000_000 + won];
    let amount =
        |value: &Value| value.to_string().parse::<evens_ledger::Amount>().expect("an amount").units();
    assert_eq!((amount(&lost), amount(&left)), (expected_lost, expected_left));
    // A player without limits sees what they staked, and no rest.
    assert_eq!(used(&other, "stakes-day").await, (json!(70), Value::Null));
    scenario.finish().await;
}

/// As many changes as a day permits are kept. Then a player can still become stricter with themselves.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_limits_have_an_end_for_a_day() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    set(&player, "losses", "day", &json!(10)).await;
    let id = "losses-day".parse().expect("a limit");
    let now = Timestamp::now();
    for limit in 1..SETTINGS_CHANGES_MAX {
        let wish = |record: &PaymentsRecord| {
            Ok::<_, ()>(record.ask_limit(id, (10 + limit).to_string().parse().ok(), now))
        };
        set_then(&scenario, player.user, now, wish).await;
    }
    let body = |limit: &Value| json!({ "kind": "losses", "period": "day", "limit": limit });
    for limit in [json!(9_999), json!("none")] {
        let refused = post(&player, "/api/limits", &body(&limit)).await;
        assert_eq!(refused.problem(), "409 too-many-changes -");
        assert!(refused.json()["detail"].as_str().expect("a text").contains("500 times"), "{refused:?}");
    }
    assert_eq!(set(&player, "losses", "day", &json!(9)).await["limit"], 9);
    assert_eq!(set(&player, "stakes", "week", &json!(50)).await["limit"], 50);
    let every = |minutes: Value| json!({ "everyMinutes": minutes });
    post(&player, "/api/limits/reality-check", &every(json!(60))).await.expect(200);
    let refused = post(&player, "/api/limits/reality-check", &every(json!("none"))).await;
    assert_eq!(refused.problem(), "409 too-many-changes -");
    post(&player, "/api/exclusion", &json!({ "months": 6 })).await.expect(200);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusion_begins_at_once_and_unmatched_bets_come_back() {
    let scenario = Scenario::start().await;
    let (player, other) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    player.bet("r", "A", "10").await;
    player.bet("s", "A", "10").await;
    let payee = payee(&player, "IN12345678").await;
    let opened = player.deposit("10", "before").await;
    let none = json!({ "isExcluded": false, "since": null, "until": null, "endsAt": null });
    assert_eq!(player.get("/api/exclusion").await.expect(200)["data"], none);
    assert_eq!(player.post("/api/exclusion/end").await.expect(200)["data"], none);

    let excluded = post(&player, "/api/exclusion", &json!({ "months": 6 })).await.expect(200)["data"].clone();
    assert_eq!((&excluded["isExcluded"], &excluded["endsAt"]), (&json!(true), &Value::Null));
    let until: Timestamp = excluded["until"].as_str().expect("a time").parse().expect("a time");
    assert!(until >= scenario.started + EXCLUSION_MIN, "{until}");
    assert_eq!(player.get("/api/exclusion").await.expect(200)["data"], excluded);
    assert_eq!(player.try_bet("r", "A", "1").await.problem(), "403 excluded -");
    assert_eq!(player.try_deposit("1", "after").await.problem(), "403 excluded -");
    assert_eq!(player.post("/api/exclusion/end").await.problem(), "409 too-early -");
    // An exclusion never gets shorter.
    let again = post(&player, "/api/exclusion", &json!({ "months": 6 })).await.expect(200)["data"].clone();
    assert_eq!(again["since"], excluded["since"]);

    // Unmatched bets come back and are not matched. Withdrawals work, and deposits do not.
    await_until("the refunds", Scenario::DEADLINE, async || (balance(&player).await == "100").then_some(()))
        .await;
    let against = other.bet("r", "B", "10").await;
    scenario.await_idle().await;
    other.post(&format!("/api/bets/{}/refund", against.bet_id)).await.expect(200);
    let order = withdraw(&player, "20", &payee, "home").await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    let before = balance(&player).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "processing").await;
    assert_eq!(balance(&player).await, before);
    scenario.finish_despite(&["A person must look at"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusion_ends_a_day_after_its_player_asks() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
    let begun = now - EXCLUSION_MIN - day - day;
    set_then(&scenario, player.user, begun, |cashier| cashier.exclude(begun + EXCLUSION_MIN, begun)).await;
    assert_eq!(player.try_bet("r", "A", "1").await.problem(), "403 excluded -", "it does not end by itself");
    let ending = player.post("/api/exclusion/end").await.expect(200)["data"].clone();
    assert!(ending["isExcluded"] == true && ending["endsAt"].is_string(), "{ending}");
    let again = player.post("/api/exclusion/end").await;
    assert!(again.is_replay() && again.expect(200)["data"] == ending, "{again:?}");
    assert_eq!(player.try_bet("r", "A", "1").await.problem(), "403 excluded -");

    let other = scenario.funded(42, "100").await;
    set_then(&scenario, other.user, begun, |cashier| cashier.exclude(begun + EXCLUSION_MIN, begun)).await;
    let ended = now - day - SignedDuration::from_secs(1);
    let end =
        |cashier: &PaymentsRecord| cashier.end_exclusion(ended).map(|ended| ended.expect("an exclusion"));
    set_then(&scenario, other.user, ended, end).await;
    assert_eq!(other.get("/api/exclusion").await.expect(200)["data"]["isExcluded"], false);
    other.bet("r", "A", "1").await;
    scenario.finish().await;
}

/// A player's client in a session that began this many minutes ago.
fn session_of(scenario: &Scenario, user: UserId, minutes: i64) -> Client {
    let began = Timestamp::now() - SignedDuration::from_mins(minutes);
    let role = evens_players::Role::Player;
    let token = scenario.signer().sign(user, role, began, Duration::from_hours(9)).expect("a token");
    let mut client = scenario.bearer(token);
    client.user = user;
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reality_check_stops_play_until_it_is_seen() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let none = json!({ "everyMinutes": null, "playingSince": null, "dueAt": null });
    assert_eq!(player.post("/api/limits/reality-check/acknowledge").await.expect(200)["data"], none);
    let every = json!({ "everyMinutes": 30 });
    let set = post(&player, "/api/limits/reality-check", &every).await.expect(200)["data"].clone();
    assert_eq!(set["everyMinutes"], 30);
    player.bet("r", "A", "1").await;

    let an_hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
    let every = "31".parse().ok();
    for every in [None, every] {
        let ask = |cashier: &PaymentsRecord| cashier.set_reality_check(every, an_hour_ago, an_hour_ago);
        set_then(&scenario, player.user, an_hour_ago, ask).await;
    }
    let (old, new) = (session_of(&scenario, player.user, 32), session_of(&scenario, player.user, 30));
    assert_eq!(old.try_bet("r", "A", "1").await.problem(), "409 reality-check-due -");
    new.bet("r", "A", "1").await;
    // Neither a new login, nor another interval, nor turning the check off replaces the acknowledgement.
    let later = session_of(&scenario, player.user, 1);
    for client in [&old, &later] {
        assert_eq!(client.try_bet("r", "A", "1").await.problem(), "409 reality-check-due -");
        for every in [json!(1440), json!("none")] {
            let refused = post(client, "/api/limits/reality-check", &json!({ "everyMinutes": every })).await;
            assert_eq!(refused.problem(), "409 reality-check-due -");
        }
    }
    let due: Timestamp = old.get("/api/limits").await.expect(200)["data"]["realityCheck"]["dueAt"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    assert!(due <= Timestamp::now(), "{due}");
    let seen = old.post("/api/limits/reality-check/acknowledge").await.expect(200)["data"].clone();
    let since: Timestamp = seen["playingSince"].as_str().expect("a time").parse().expect("a time");
    assert!(since >= scenario.started, "{seen}");
    old.bet("r", "A", "1").await;

    let off = json!({ "everyMinutes": "none" });
    assert_eq!(post(&old, "/api/limits/reality-check", &off).await.expect(200)["data"], none);
    scenario.finish().await;
}

/// The start of the session, from the token's claim.
fn started(tokens: &Tokens) -> i64 {
    let payload = tokens.access.split('.').nth(1).expect("a payload");
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64");
    let claims: Value = serde_json::from_slice(&payload).expect("claims");
    claims["sst"].as_i64().expect("a second")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_starts_once_however_often_it_is_carried_on() {
    let scenario = Scenario::start().await;
    let first = Tokens::of(&scenario.sign_up(&json!({ "phoneNo": phone(1), "password": PASSWORD })).await);
    // The claim has whole seconds, so the next token must fall into another second.
    evens_tests::await_until("the next second", Scenario::DEADLINE, async || {
        (Timestamp::now().as_second() > started(&first)).then_some(())
    })
    .await;
    let second = Tokens::of(&scenario.refresh(&first.refresh).await);
    let third = Tokens::of(&scenario.refresh(&second.refresh).await);
    assert_eq!([started(&second), started(&third)], [started(&first); 2]);
    let login = Tokens::of(&scenario.log_in(&phone(1), PASSWORD).await);
    assert!(started(&login) > started(&first), "another session");
    scenario.finish().await;
}
