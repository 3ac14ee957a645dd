//! What scenarios about withdrawals do and look at.

use evens_tests::{Answer, Client, Request, Scenario};
use serde_json::{Value, json};

pub(super) async fn balance(player: &Client) -> String {
    player.balance().await.to_string()
}

/// Adds an account; gives the payee's id.
pub(super) async fn payee(player: &Client, account: &str) -> String {
    let body = json!({ "account": account }).to_string();
    let answer = player.send(Request::new("POST", "/api/payees").json(body)).await;
    answer.expect(201)["data"]["payeeId"].as_str().expect("an id").to_owned()
}

pub(super) async fn try_withdraw(player: &Client, amount: &str, payee: &str, key: &str) -> Answer {
    let body = format!("{{\"amount\":{amount},\"payeeId\":\"{payee}\"}}");
    player.send(Request::new("POST", "/api/withdrawals").json(body).header("idempotency-key", key)).await
}

pub(super) async fn withdraw(player: &Client, amount: &str, payee: &str, key: &str) -> String {
    let answer = try_withdraw(player, amount, payee, key).await;
    answer.expect(202)["data"]["orderId"].as_str().expect("an id").to_owned()
}

pub(super) async fn await_withdrawal(
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

/// What the provider has paid for an order, in minor units, as its own record says.
pub(super) async fn paid_out(scenario: &Scenario, order: &str) -> Vec<(String, u64)> {
    let state = scenario.sandbox().state().await;
    let payouts = state["payouts"].as_array().expect("payouts").iter();
    let of_order = payouts.filter(|payout| payout["reference"] == order);
    let text = |payout: &Value| payout["status"].as_str().expect("a status").to_owned();
    of_order.map(|payout| (text(payout), payout["amount"].as_u64().expect("an amount"))).collect()
}
