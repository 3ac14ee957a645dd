//! Deposits, withdrawals and jackpots, as they are pushed.

use crate::payments::withdrawing::{decide, payee, withdraw};
use evens_tests::{Client, LiveSocket, Request, Scenario};
use serde_json::{Value, json};

/// Hears of an order until it has this status.
async fn await_order(socket: &mut LiveSocket, kind: &str, order: &str, status: &str) -> Value {
    let id = format!("{kind}:{order}");
    socket.await_event(|event| event["id"] == id.as_str() && event["data"]["status"] == status).await
}

async fn read(player: &Client, kind: &str, order: &str) -> Value {
    player.get(&format!("/api/{kind}s/{order}")).await.expect(200)["data"].take()
}

fn revision(event: &Value) -> u64 {
    event["revision"].as_str().expect("a text").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_arrive_as_get_gives_them() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=5")]).await;
    let player = scenario.funded(41, "100").await;
    let (mut socket, _) = player.socket(&[]).await;

    let deposit = player.deposit("50", "deposit-1").await;
    let opened = await_order(&mut socket, "deposit", &deposit.order, "pending").await;
    assert_eq!(opened["rooms"], json!(["user:41"]));
    scenario.sandbox().press(&deposit.pay_url, "pay").await;
    let credited = await_order(&mut socket, "deposit", &deposit.order, "completed").await;
    assert!(revision(&credited) > revision(&opened), "{opened} {credited}");
    assert_eq!(credited["data"], read(&player, "deposit", &deposit.order).await);

    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "20", &payee, "withdrawal-1").await;
    let held = await_order(&mut socket, "withdrawal", &order, "pending").await;
    assert_eq!(held["data"]["isHeld"], true);
    decide(&scenario.cashier(), &order, "approve").await.expect(200);
    let paid = await_order(&mut socket, "withdrawal", &order, "completed").await;
    assert_eq!(paid["data"], read(&player, "withdrawal", &order).await);

    // A client that missed the last steps names the orders that it knows.
    let known = json!({ "orders": { &deposit.order: opened["revision"], &order: paid["revision"] } });
    let synced = socket.ask(json!({ "type": "sync", "known": known })).await;
    let kinds: Vec<_> =
        synced["events"].as_array().expect("events").iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["wallet", "deposit"]);
    // Another user learns nothing by the ids.
    let (mut other, _) = scenario.player(42).socket(&[]).await;
    let synced = other.ask(json!({ "type": "sync", "known": known })).await;
    assert_eq!(synced["events"].as_array().expect("events").len(), 1, "their own wallet: {synced}");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jackpots_arrive_when_they_grow() {
    let scenario = Scenario::start_with(&[("EVENS_LOCAL_JACKPOTS", "on")]).await;
    let (mut socket, _) = scenario.player(41).socket(&["jackpots"]).await;
    let amount_of = |event: &Value, group: &str| {
        let groups = event["data"].as_array().cloned().unwrap_or_default();
        groups.iter().find(|jackpot| jackpot["group"] == group).map(|jackpot| jackpot["amount"].clone())
    };
    socket.await_event(|event| event["data"].as_array().is_some_and(|groups| groups.len() == 3)).await;
    let body = json!({ "opId": "op-1", "minor": 4 }).to_string();
    scenario.operator().send(Request::new("POST", "/api/jackpots/contribute").json(body)).await.expect(200);
    let grown = socket.await_event(|event| amount_of(event, "minor") == Some(json!(1_003))).await;
    assert_eq!((&grown["type"], &grown["id"]), (&json!("jackpots"), &json!("jackpots")));
    let read = scenario.visitor().get("/api/jackpots").await.expect(200);
    assert_eq!(grown["data"], read["data"]);
    scenario.finish().await;
}
