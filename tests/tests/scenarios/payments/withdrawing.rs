//! Helpers of the scenarios about withdrawals.

use evens_audit_log::{Act, Action, AuditHead};
use evens_tests::{Answer, Client, Request, Scenario};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

pub(super) async fn balance(player: &Client) -> String {
    player.balance().await.to_string()
}

/// Adds an account and returns the payee's id.
pub(crate) async fn payee(player: &Client, account: &str) -> String {
    let body = json!({ "account": account }).to_string();
    let answer = player.send(Request::new("POST", "/api/payees").json(body)).await;
    answer.expect(201)["data"]["payeeId"].as_str().expect("an id").to_owned()
}

pub(super) async fn try_withdraw(player: &Client, amount: &str, payee: &str, key: &str) -> Answer {
    let body = format!("{{\"amount\":{amount},\"payeeId\":\"{payee}\"}}");
    player.send(Request::new("POST", "/api/withdrawals").json(body).header("idempotency-key", key)).await
}

pub(crate) async fn withdraw(player: &Client, amount: &str, payee: &str, key: &str) -> String {
    let answer = try_withdraw(player, amount, payee, key).await;
    answer.expect(202)["data"]["orderId"].as_str().expect("an id").to_owned()
}

pub(crate) async fn await_withdrawal(
    scenario: &Scenario,
    player: &Client,
    order: &str,
    status: &str,
) -> Value {
    let id = order.parse().expect("an order");
    evens_tests::await_until(&format!("a withdrawal that is {status}"), 2 * Scenario::DEADLINE, async || {
        let found = scenario.context().store.load_withdrawal(id).await.expect("the table");
        found.filter(|found| found.state.wire_status().as_ref() == status)
    })
    .await;
    player.get(&format!("/api/withdrawals/{order}")).await.expect(200)["data"].clone()
}

/// The payouts of an order in minor units, from the provider's own records.
pub(super) async fn paid_out(scenario: &Scenario, order: &str) -> Vec<(String, u64)> {
    let state = scenario.sandbox().state().await;
    let payouts = state["payouts"].as_array().expect("payouts").iter();
    let of_order = payouts.filter(|payout| payout["reference"] == order);
    let text = |payout: &Value| payout["status"].as_str().expect("a status").to_owned();
    of_order.map(|payout| (text(payout), payout["amount"].as_u64().expect("an amount"))).collect()
}

/// A cashier's decision on a withdrawal, with a reason.
pub(crate) async fn decide(cashier: &Client, order: &str, decision: &str) -> Answer {
    let path = format!("/api/operator/withdrawals/{order}/{decision}");
    cashier
        .send(Request::new("POST", path).json(json!({ "reason": "seen their passport" }).to_string()))
        .await
}

/// Actor, action and subject of these acts. Panics unless the lines form one chain up to
/// its head.
pub(super) async fn audit_lines(scenario: &Scenario) -> Vec<(String, String, String)> {
    let actual = acts(scenario).await.into_iter();
    actual.map(|act| (act.actor.to_string(), act.action.to_string(), act.subject)).collect()
}

/// The acts of today and yesterday, without changes of roles and blocks.
pub(super) async fn acts(scenario: &Scenario) -> Vec<Act> {
    let (store, today) = (&scenario.context().store, Timestamp::now().to_zoned(TimeZone::UTC).date());
    let mut lines = store.list_audit_lines(today.yesterday().expect("a day"), 0, 100).await.expect("lines");
    lines.extend(store.list_audit_lines(today, 0, 100).await.expect("lines"));
    let head = lines.iter().fold(AuditHead::default(), |head, line| head.follow(line).expect("a chain"));
    assert_eq!(store.load_audit_head().await.expect("a head"), head);
    let acts = lines.into_iter().map(|line| line.act);
    acts.filter(|act| !matches!(act.action, Action::SetRole | Action::BlockUser)).collect()
}
