//! Jackpots over the running system: concurrent contributions and wins, changes of terms in play, a restart during a
//! win, and refusals for operators (F15).

mod books;
mod persons;

use evens_audit_log::{Act, Action, Actor};
use evens_jackpots::{Award, AwardAct, AwardStep, JackpotGroup, WinCause};
use evens_ledger::{Amount, UserId};
use evens_runtime::tokens::Role;
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

/// A second operator beside the scenario's own.
const OTHER_OPERATOR: u64 = 900_031;
const PLAYER: u64 = 41;

async fn ask(client: &Client, method: &'static str, path: &str, body: Value) -> Answer {
    client.send(Request::new(method, format!("/api/jackpots/{path}")).json(body.to_string())).await
}

fn terms(expected_version: u64, start: u64) -> Value {
    json!({
        "expectedVersion": expected_version, "startAmount": start, "rate": 0.003, "reserveRate": 0.001,
        "odds": 1_000_000, "reason": "a good start",
    })
}

/// Allows one contribution as large as a whole day's.
const VARIABLES: &[(&str, &str)] = &[("JACKPOT_CONTRIBUTION_MAX", "10000")];

/// A scenario with a player and an open minor jackpot.
async fn started() -> Scenario {
    started_with(VARIABLES).await
}

async fn started_with(variables: &'static [(&'static str, &'static str)]) -> Scenario {
    let scenario = Scenario::start_with(variables).await;
    scenario.enrol(PLAYER, Role::Player).await;
    scenario.enrol(OTHER_OPERATOR, Role::Operator).await;
    for group in ["minor", "major"] {
        agree(&scenario, group, terms(0, 1_000)).await;
    }
    scenario
}

/// Two operators propose the same terms.
async fn agree(scenario: &Scenario, group: &str, terms: Value) {
    let operators = [scenario.operator(), scenario.client(OTHER_OPERATOR, Role::Operator)];
    for (operator, status) in operators.iter().zip(["PROPOSED", "CHANGED"]) {
        let said = ask(operator, "PATCH", &format!("{group}/config"), terms.clone()).await.expect(200);
        assert_eq!(said["status"], json!(status));
    }
}

async fn contribute(scenario: &Scenario, id: &str, body: Value) -> Answer {
    let mut body = body;
    body["opId"] = json!(id);
    ask(&scenario.operator(), "POST", "contribute", body).await
}

fn win_body(id: &str, amount: Option<&str>) -> Value {
    let mut body = json!({ "opId": id, "userId": PLAYER, "reason": "a prize" });
    if let Some(amount) = amount {
        body["amount"] = json!(amount);
    }
    body
}

async fn amount_of(scenario: &Scenario, place: usize) -> Amount {
    let totals = scenario.context().store.load_jackpots_snapshot().await.unwrap();
    let group = JackpotGroup::ALL[place];
    totals.get(group).as_ref().unwrap().totals.amount
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_contributions_are_all_there_and_each_once() {
    let scenario = started().await;
    let ids: Vec<String> = (0..100).map(|number| format!("op-{number}")).collect();
    let body = json!({ "minor": 4, "major": "0.00000004" });
    let all = ids.iter().chain(&ids).map(|id| contribute(&scenario, id, body.clone()));
    let answers = join_all(all).await;
    assert!(answers.iter().all(|answer| answer.status() == 200), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.is_replay()).count(), 100);
    assert_eq!(answers[0].json()["totalContribution"], json!(4.000_000_04));
    assert_eq!(
        (amount_of(&scenario, 0).await, amount_of(&scenario, 1).await),
        (amount("1300"), amount("1000.000003"))
    );
    let other = contribute(&scenario, "op-0", json!({ "minor": 5 })).await;
    assert_eq!(other.problem(), "409 idempotency-key-reused opId");
    let not_open = contribute(&scenario, "op-x", json!({ "mega": 5 })).await;
    assert_eq!(not_open.problem(), "404 not-found mega");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_wins_each_take_what_is_there() {
    let scenario = started().await;
    contribute(&scenario, "op-1", json!({ "minor": 400 })).await.expect(200);
    let operator = scenario.operator();
    let wins = join_all((0..4).map(|number| {
        let id = format!("win-{number}");
        let operator = &operator;
        async move { ask(operator, "POST", "minor/win", win_body(&id, None)).await }
    }))
    .await;
    let mut won: Vec<_> = wins.iter().map(|win| win.expect(200)["winAmount"].to_string()).collect();
    won.sort_unstable();
    assert_eq!(won, ["1000", "1000", "1000", "1300"]);
    let again = ask(&operator, "POST", "minor/win", win_body("win-0", None)).await;
    assert!(again.is_replay());
    assert_eq!(again.expect(200)["winAmount"], wins[0].expect(200)["winAmount"]);
    let listed = scenario.visitor().get("/api/jackpots/minor/wins").await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 4);
    assert_eq!((&listed["data"][0]["number"], &listed["data"][0]["cause"]), (&json!(3), &json!("manual")));
    assert_eq!(scenario.player(PLAYER).balance().await, amount("4300"));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_changed_in_play_are_compared_and_hold_from_then_on() {
    let scenario = started().await;
    let operator = scenario.operator();
    ask(&operator, "PATCH", "minor/config", terms(1, 2_000)).await.expect(200);
    let other = scenario.client(OTHER_OPERATOR, Role::Operator);
    let updates = join_all((0..4).map(|_| ask(&other, "PATCH", "minor/config", terms(1, 2_000)))).await;
    assert_eq!(updates.iter().filter(|update| update.status() == 200).count(), 1);
    let refused = updates.iter().find(|update| update.status() != 200).unwrap();
    let said = refused.json();
    assert_eq!(
        (&said["code"], &said["operation"]),
        (&json!("concurrency-violation"), &json!("updateConfig"))
    );
    assert_eq!((&said["group"], &said["conflictDetails"]["foundVersion"]), (&json!("minor"), &json!(2)));
    let win = ask(&operator, "POST", "minor/win", win_body("win", None)).await.expect(200);
    assert_eq!(win["winAmount"], json!(1_000));
    assert_eq!(amount_of(&scenario, 0).await, amount("2000"));
    let shown = scenario.visitor().get("/api/jackpots").await.expect(200);
    assert_eq!(shown["data"][0]["terms"]["version"], json!(2));
    scenario.finish().await;
}

/// The process is killed when the win owns the pool and some meters are collected. The next process pays it.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_a_win_pays_it_once() {
    let mut scenario = started().await;
    contribute(&scenario, "op-1", json!({ "minor": 400 })).await.expect(200);
    let now = Timestamp::now();
    let wanted = Award {
        operation: "win".parse().unwrap(),
        group: JackpotGroup::Minor,
        user: UserId::new(PLAYER).unwrap(),
        requested: None,
        cause: WinCause::Manual { by: UserId::new(Scenario::OPERATOR).unwrap(), agreed: None },
        reason: "a prize".to_owned(),
        at: now,
        must_hit_by: None,
        winning: None,
        cycle: None,
    };
    let act_of = |_: &AwardStep| {
        Some(Act {
            actor: Actor::User(UserId::new(Scenario::OPERATOR).unwrap()),
            action: Action::AwardJackpot,
            subject: "win".to_owned(),
            reason: "a prize".to_owned(),
            before: String::new(),
            after: String::new(),
        })
    };
    let store = &scenario.context().store;
    store.award_jackpot(&wanted, AwardAct::Draw, act_of, now).await.unwrap().unwrap();
    store.collect_jackpot_meters(JackpotGroup::Minor, 0..17, now).await.unwrap();
    scenario.kill_9().await;
    scenario.restart().await;
    // Contributions continue during a win, and a repeated request for the win returns it.
    contribute(&scenario, "op-2", json!({ "minor": 4 })).await.expect(200);
    let win = ask(&scenario.operator(), "POST", "minor/win", win_body("win", None)).await.expect(200);
    assert!(["1300", "1303"].contains(&win["winAmount"].to_string().as_str()), "{win}");
    let balance = await_until("the win is paid", Scenario::DEADLINE, async || {
        let balance = scenario.player(PLAYER).balance().await;
        (!balance.is_zero()).then_some(balance)
    });
    assert_eq!(balance.await.to_string(), win["winAmount"].to_string());
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_make_large_awards_and_none_to_themselves() {
    let scenario = started().await;
    let operator = scenario.operator();
    let other = scenario.client(OTHER_OPERATOR, Role::Operator);
    for id in ["op-1", "op-2"] {
        contribute(&scenario, id, json!({ "minor": 10_000 })).await.expect(200);
    }
    let much = win_body("much", None);
    for is_replay in [false, true] {
        let proposed = ask(&operator, "POST", "minor/win", much.clone()).await;
        assert_eq!((&proposed.expect(200)["status"], proposed.is_replay()), (&json!("PROPOSED"), is_replay));
    }
    let agreed = ask(&other, "POST", "minor/win", much).await.expect(200);
    assert_eq!((&agreed["status"], &agreed["winAmount"]), (&json!("WON"), &json!(16_000)));
    let too_much = ask(&operator, "POST", "minor/win", win_body("more", Some("1000.00000001"))).await;
    assert_eq!(too_much.problem(), "409 jackpot-state amount");
    let mut own = win_body("own", Some("1"));
    own["userId"] = json!(OTHER_OPERATOR);
    assert_eq!(ask(&other, "POST", "minor/win", own).await.problem(), "403 forbidden userId");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_player_whose_account_is_open_wins() {
    let scenario = started().await;
    let operator = scenario.operator();
    let won = ask(&operator, "POST", "minor/win", win_body("before", Some("1"))).await.expect(200);
    scenario.set_blocked(UserId::new(PLAYER).unwrap(), true).await;
    let mut of_staff = win_body("staff", Some("1"));
    of_staff["userId"] = json!(OTHER_OPERATOR);
    for body in [win_body("blocked", Some("1")), of_staff] {
        assert_eq!(ask(&operator, "POST", "minor/win", body).await.problem(), "409 jackpot-state userId");
    }
    // An earlier win is returned unchanged.
    let again = ask(&operator, "POST", "minor/win", win_body("before", Some("1"))).await;
    assert!(again.is_replay());
    assert_eq!(again.expect(200), won);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_terms_needs_a_recent_login_and_a_reason_and_gives_nothing_away() {
    let scenario = started().await;
    let (user, hour) = (UserId::new(Scenario::OPERATOR).unwrap(), Duration::from_hours(1));
    let earlier = Timestamp::now() - SignedDuration::from_mins(16);
    let now = Timestamp::now();
    let signer = scenario.signer();
    let tokens = [
        signer.sign(user, Role::Operator, earlier, hour),
        signer.carry_on(user, Role::Operator, now, now, hour),
    ];
    for token in tokens {
        let old = scenario.bearer(token.unwrap());
        let refused = ask(&old, "PATCH", "minor/config", terms(1, 2_000)).await;
        assert_eq!(refused.problem(), "403 login-too-old -");
    }
    contribute(&scenario, "op-1", json!({ "minor": 400 })).await.expect(200);
    let mut limited = terms(1, 100);
    limited["mustHitBy"] = json!(1_300);
    let refused = ask(&scenario.operator(), "PATCH", "minor/config", limited.clone()).await;
    assert_eq!(refused.problem(), "409 jackpot-state mustHitBy");
    // With a limit just above the start, winners would get back more than the fee of the games.
    (limited["startAmount"], limited["mustHitBy"]) = (json!(1_000), json!(1_301));
    let refused = ask(&scenario.operator(), "PATCH", "minor/config", limited.clone()).await;
    assert_eq!(refused.problem(), "409 jackpot-state startAmount");
    limited["mustHitBy"] = json!(5_000);
    limited["reason"] = json!("a larger prize");
    agree(&scenario, "minor", limited).await;
    let log = scenario.auditor().get(Scenario::AUDIT_LOG).await.expect(200);
    let lines = log["data"].as_array().unwrap().iter();
    let of_terms = lines.filter(|line| line["action"] == "update-jackpot");
    let reasons: Vec<_> = of_terms.map(|line| &line["reason"]).collect();
    assert_eq!(
        reasons,
        ["a good start", "a good start", "a good start", "a good start", "a larger prize", "a larger prize"]
    );
    scenario.finish().await;
}

/// Nothing but the setting opens them, so a restart leaves them as they are.
#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_sees_open_jackpots() {
    let mut scenario = Scenario::start_with(&[("EVENS_LOCAL_JACKPOTS", "on")]).await;
    let open = async |scenario: &Scenario| {
        await_until("three jackpots", Scenario::DEADLINE, async || {
            let list = scenario.visitor().get("/api/jackpots").await.expect(200)["data"].take();
            (list.as_array()?.len() == 3).then_some(list)
        })
        .await
    };
    let list = open(&scenario).await;
    scenario.kill_9().await;
    scenario.restart().await;
    assert_eq!(open(&scenario).await, list);
    let versions = scenario.visitor().get("/api/jackpots/mega/terms").await.expect(200);
    assert_eq!(versions["data"].as_array().unwrap().len(), 1);
    scenario.finish().await;
}
