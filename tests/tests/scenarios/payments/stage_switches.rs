//! Operators stop bets, deposits, withdrawals or all changes of players while the platform runs, and allow them again.
//! Accepted work continues, and each change is in the audit log.

use super::register::bet_on_the_house;
use super::withdrawing::{await_withdrawal, decide, paid_out, payee, try_withdraw, withdraw};
use crate::operations::user_commands::run;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_runtime::StageSwitches;
use evens_tests::{Answer, Client, PASSWORD, Request, Scenario, await_until, phone};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Sets a switch as this client.
pub(super) async fn set(client: &Client, switch: &str, state: &str) -> Answer {
    let body = json!({ "state": state, "reason": format!("{switch} {state}") }).to_string();
    client.send(Request::new("POST", format!("/api/operator/switches/{switch}")).json(body)).await
}

async fn platform(scenario: &Scenario) -> Value {
    scenario.visitor().get("/api/platform").await.expect(200)["data"].clone()
}

fn keyed(player: &Client, side: &str, key: &str) -> Request {
    player.bet_request("open", side, "10").header("idempotency-key", key)
}

/// Actor, subject, reason and states of the lines about switches.
async fn lines(scenario: &Scenario) -> Vec<[String; 5]> {
    let said = scenario.auditor().get(Scenario::AUDIT_LOG).await.expect(200);
    let lines = said["data"].as_array().expect("lines").iter();
    let text = |line: &Value, name: &str| line[name].as_str().map_or(line[name].to_string(), str::to_owned);
    let about_switches = lines.filter(|line| line["action"] == "set-switch");
    about_switches
        .map(|line| ["actor", "subject", "reason", "before", "after"].map(|name| text(line, name)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_stop_bets_and_allow_them_again() {
    let scenario = Scenario::start().await;
    let (player, other, operator) =
        (scenario.funded(41, "100").await, scenario.funded(42, "100").await, scenario.operator());
    let placed = player.send(keyed(&player, "A", "before")).await.expect(202);
    let bet = placed["data"]["betId"].as_str().expect("an id").to_owned();

    let stopped = set(&operator, "bets", "off").await.expect(200);
    let [all, bets] = [0, 1].map(|position| stopped["data"][position].clone());
    assert_eq!((&all["switch"], &all["state"], &all["since"]), (&json!("all"), &json!("on"), &Value::Null));
    assert_eq!((&bets["switch"], &bets["state"]), (&json!("bets"), &json!("off")));
    assert_eq!(bets["reason"], "bets off");

    let again = player.send(keyed(&player, "A", "before")).await;
    assert!(again.is_replay() && again.expect(202)["data"]["betId"] == *bet, "{again:?}");
    let refused = other.send(keyed(&other, "B", "meanwhile")).await;
    assert_eq!((refused.problem().as_str(), refused.header("retry-after")), ("409 paused -", Some("30")));
    assert!(refused.text().contains("you can withdraw"), "{}", refused.text());
    assert_eq!(bet_on_the_house(&player).await.problem(), "409 paused -");
    let shown = platform(&scenario).await;
    assert_eq!(
        [&shown["bets"], &shown["deposits"], &shown["paused"]],
        [&json!(false), &json!(true), &json!(["bets"])]
    );
    player.deposit("7", "meanwhile").await;

    let repeated = set(&operator, "bets", "off").await;
    assert!(repeated.is_replay(), "{repeated:?}");
    set(&operator, "bets", "on").await.expect(200);
    assert_eq!(platform(&scenario).await["paused"], json!([]));
    let second = other.send(keyed(&other, "B", "after")).await.expect(202);
    player.await_status(&bet, "SETTLED").await;
    other.await_status(second["data"]["betId"].as_str().expect("an id"), "SETTLED").await;

    let actor = operator.user.to_string();
    let expected = [["bets off", "on", "off"], ["bets on", "off", "on"]];
    let expected = expected.map(|[reason, before, after]| {
        [actor.clone(), "bets".to_owned(), reason.to_owned(), before.to_owned(), after.to_owned()]
    });
    assert_eq!(lines(&scenario).await, expected);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_stop_deposits_or_withdrawals_alone() {
    let scenario = Scenario::start().await;
    let (player, operator) = (scenario.funded(41, "100").await, scenario.operator());
    let payee = payee(&player, "IN12345678").await;
    let accepted = withdraw(&player, "30", &payee, "accepted").await;
    set(&operator, "deposits", "off").await.expect(200);
    assert_eq!(player.try_deposit("10", "deposit").await.problem(), "409 paused -");
    withdraw(&player, "20", &payee, "meanwhile").await;
    set(&operator, "withdrawals", "off").await.expect(200);
    assert_eq!(try_withdraw(&player, "10", &payee, "late").await.problem(), "409 paused -");
    let again = try_withdraw(&player, "30", &payee, "accepted").await;
    assert!(again.is_replay() && again.expect(202)["data"]["orderId"] == *accepted, "{again:?}");
    await_withdrawal(&scenario, &player, &accepted, "completed").await;
    set(&operator, "deposits", "on").await.expect(200);
    player.deposit("10", "deposit").await;
    assert_eq!(try_withdraw(&player, "10", &payee, "late").await.problem(), "409 paused -");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_stop_all_changes_of_players_and_all_payouts() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=1")]).await;
    let (player, operator) = (scenario.funded(41, "100").await, scenario.operator());
    let other = scenario.funded(42, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "30", &payee, "held").await;
    let (one, two) = (player.bet("open", "A", "10").await, other.bet("other", "B", "10").await);
    set(&operator, "all", "off").await.expect(200);

    let sign_up = json!({ "phoneNo": phone(77), "password": PASSWORD, "userName": "Asha" }).to_string();
    let refused = [
        player.send(keyed(&player, "A", "bet")).await,
        player.try_deposit("10", "deposit").await,
        try_withdraw(&player, "10", &payee, "withdrawal").await,
        player.post(&format!("/api/bets/{}/refund", one.bet_id)).await,
        player.post(&format!("/api/withdrawals/{order}/cancel")).await,
        player.send(Request::new("POST", "/api/limits").json("{}")).await,
        player.send(Request::new("PATCH", "/api/users/me").json("{}")).await,
        scenario.visitor().send(Request::new("POST", "/api/users/signup").json(sign_up)).await,
    ];
    for answer in refused {
        assert_eq!(answer.problem(), "409 paused -", "{answer:?}");
    }
    player.get("/api/wallet").await.expect(200);
    let shown = platform(&scenario).await;
    let on = [&shown["bets"], &shown["deposits"], &shown["withdrawals"]];
    assert_eq!((on, &shown["paused"]), ([&json!(false); 3], &json!(["all"])));

    // Cashiers still decide, and the payout waits.
    decide(&scenario.cashier(), &order, "approve").await.expect(200);
    scenario.await_idle().await;
    scenario.sweep_after(SignedDuration::from_mins(2)).await;
    scenario.await_idle().await;
    assert_eq!(paid_out(&scenario, &order).await, []);
    let id = order.parse().expect("an order");
    let found = scenario.context().store.load_withdrawal(id).await.expect("the table").expect("an order");
    assert_eq!(found.state.wire_status().as_ref(), "pending");

    set(&operator, "all", "on").await.expect(200);
    // Another minute, so that SQS does not drop the job as a repeat of the first sweep's.
    scenario.sweep_after(SignedDuration::from_mins(4)).await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 3_000)]);
    for (player, bet) in [(&player, one), (&other, two)] {
        player.post(&format!("/api/bets/{}/refund", bet.bet_id)).await.expect(200);
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_needs_an_operator_with_a_recent_login_and_a_reason() {
    let scenario = Scenario::start().await;
    let operator = scenario.operator();
    for other in [scenario.player(41), scenario.cashier(), scenario.auditor(), scenario.oracle()] {
        assert_eq!(set(&other, "bets", "off").await.problem(), "403 forbidden -");
    }
    let post = |path: &str, body: Value| {
        let request = Request::new("POST", format!("/api/operator/switches/{path}")).json(body.to_string());
        let operator = &operator;
        async move { operator.send(request).await.problem() }
    };
    assert_eq!(post("bets", json!({ "state": "off" })).await, "422 invalid reason");
    assert_eq!(post("bets", json!({ "reason": "why" })).await, "422 invalid state");
    assert_eq!(post("bets", json!({ "state": "OFF", "reason": "why" })).await, "422 invalid state");
    assert_eq!(post("odds", json!({ "state": "off", "reason": "why" })).await, "404 not-found switch");
    scenario.auditor().get("/api/operator/switches").await.expect(200);
    assert_eq!(scenario.cashier().get("/api/operator/switches").await.status(), 403);
    assert_eq!(lines(&scenario).await, [[""; 5]; 0]);
    scenario.finish().await;
}

/// The command writes to the table, and the process that serves follows by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_serving_process_follows_a_command_within_seconds() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    assert_eq!(platform(&scenario).await["paused"], json!([]));
    let said = run(&scenario, &["switches", "set", "bets", "off", "--reason", "an incident"]).await;
    assert_eq!(said.stdout, "Set the switch bets to off. All processes follow within seconds.\n", "{said:?}");
    let deadline = StageSwitches::AGE_MAX + Scenario::DEADLINE;
    await_until("the switch", deadline, async || {
        (platform(&scenario).await["paused"] == json!(["bets"])).then_some(())
    })
    .await;
    assert_eq!(player.send(keyed(&player, "A", "bet")).await.problem(), "409 paused -");
    let listed = run(&scenario, &["switches", "list", "--json"]).await;
    let listed: Value = serde_json::from_str(&listed.stdout).expect("JSON");
    assert_eq!(
        (&listed["data"][1]["state"], &listed["data"][1]["by"]),
        (&json!("off"), &json!("command-line"))
    );
    let again = run(&scenario, &["switches", "set", "bets", "off", "--reason", "again"]).await;
    assert_eq!(again.stdout, "The switch bets is already off. Nothing changed.\n");
    scenario.finish().await;
}

/// A writer to the table can set a switch, but not without a trace.
#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_was_written_past_the_rules_is_found() {
    let scenario = Scenario::start().await;
    set(&scenario.operator(), "withdrawals", "off").await.expect(200);
    let key = [("pk", "SWITCHES"), ("sk", "STAGE")];
    let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned()))).into();
    let table = &scenario.context().settings.table;
    let delete = scenario.dynamodb().delete_item().table_name(table).set_key(Some(key));
    delete.send().await.expect("a delete");
    let verified = run(&scenario, &["verify"]).await;
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert!(verified.stdout.contains("LOG"), "{verified:?}");
    assert!(verified.stdout.contains("The switch withdrawals is on (revision 0)"), "{verified:?}");
}
