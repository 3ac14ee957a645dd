//! Withdrawals that a cashier has already decided on, so that only the requests of the tests change them.

use crate::world::World;
use evens_payments::WithdrawalState;
use evens_tests::{Request, Scenario};
use serde_json::json;

/// Requests a withdrawal that is held for a cashier. Returns its order id.
pub(crate) async fn hold_withdrawal(scenario: &Scenario, payee: &str, key: &str) -> String {
    let body = json!({ "amount": 5, "payeeId": payee }).to_string();
    let request = Request::new("POST", "/api/withdrawals").json(body).header("idempotency-key", key);
    let held = scenario.player(World::PLAYER).send(request).await;
    held.expect(202)["data"]["orderId"].as_str().unwrap().to_owned()
}

/// One approved withdrawal and one rejected withdrawal.
pub(crate) async fn decide(scenario: &Scenario, payee: &str) -> [String; 2] {
    let decided = ["approve", "reject"].map(async |decision| {
        let order = hold_withdrawal(scenario, payee, decision).await;
        let path = format!("/api/operator/withdrawals/{order}/{decision}");
        let request = Request::new("POST", path).json(json!({ "reason": "seen" }).to_string());
        scenario.cashier().send(request).await.expect(200);
        order
    });
    let [approved, rejected] = decided;
    let decided = [approved.await, rejected.await];
    let id = decided[0].parse().unwrap();
    evens_tests::await_until("the payout of what was approved", Scenario::DEADLINE, async || {
        let order = scenario.context().store.load_withdrawal(id).await.unwrap();
        order.filter(|order| order.state == WithdrawalState::Completed)
    })
    .await;
    decided
}

/// Two payouts that the provider refuses: a cashier retries the first and returns the second to the wallet.
pub(crate) async fn resolve(scenario: &Scenario, payee: &str) -> [String; 2] {
    scenario.sandbox().fault("send-payout", "422", 1_000).await;
    let mut resolved = Vec::new();
    for kind in ["retry", "give-back"] {
        let order = hold_withdrawal(scenario, payee, kind).await;
        for decision in ["approve", kind] {
            let id = order.parse().unwrap();
            evens_tests::await_until("what can be decided about", Scenario::DEADLINE, async || {
                let found = scenario.context().store.load_withdrawal(id).await.unwrap();
                let is_sent = found.is_some_and(|found| found.state == WithdrawalState::Processing);
                (decision == "approve" || is_sent).then_some(())
            })
            .await;
            let path = format!("/api/operator/withdrawals/{order}/{decision}");
            let request = Request::new("POST", path).json(json!({ "reason": "seen" }).to_string());
            scenario.cashier().send(request).await.expect(200);
        }
        resolved.push(order);
    }
    resolved.try_into().expect("two")
}

/// Two deposits whose payments a cashier has sent back. The first was credited; the second had a wrong amount.
pub(crate) async fn send_back(scenario: &Scenario) -> [String; 2] {
    let player = scenario.player(World::PLAYER);
    let mut sent_back = Vec::new();
    for (step, status) in [("refund", "completed"), ("return", "processing")] {
        let opened = player.deposit("3", step).await;
        if step == "return" {
            scenario.sandbox().fault("payment", "wrong-amount", 1).await;
        }
        scenario.sandbox().press(&opened.pay_url, "pay").await;
        scenario.await_deposit(&player, &opened.order, status).await;
        let path = format!("/api/operator/deposits/{}/{step}", opened.order);
        let request = Request::new("POST", path).json(json!({ "reason": "seen" }).to_string());
        scenario.cashier().send(request).await.expect(200);
        evens_tests::await_until("a payment that went back", Scenario::DEADLINE, async || {
            let id = opened.order.parse().unwrap();
            let order = scenario.context().store.load_deposit(id).await.unwrap();
            order.filter(|order| order.pending_refund().is_none())
        })
        .await;
        sent_back.push(opened.order);
    }
    sent_back.try_into().expect("two")
}

/// A deposit with a payment of the wrong amount, and that payment, which a cashier has credited to the player.
pub(crate) async fn claim(scenario: &Scenario) -> [String; 2] {
    let player = scenario.player(World::PLAYER);
    let opened = player.deposit("3", "claim").await;
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "processing").await;
    let path = format!("/api/operator/deposits/{}", opened.order);
    let seen = scenario.cashier().get(&path).await.expect(200);
    let payment = seen["data"]["payment"]["providerId"].as_str().unwrap().to_owned();
    let path = format!("{path}/payments/{payment}/claim");
    let request = Request::new("POST", path).json(json!({ "reason": "seen" }).to_string());
    scenario.cashier().send(request).await.expect(200);
    [opened.order, payment]
}

/// A deposit that was paid twice, and the second payment, which a cashier has sent back.
pub(crate) async fn send_second_back(scenario: &Scenario) -> [String; 2] {
    let player = scenario.player(World::PLAYER);
    let opened = player.deposit("3", "second").await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    let page = scenario.sandbox().open_payment(&opened.order, 300).await;
    scenario.sandbox().press(&page, "pay").await;
    let id = opened.order.parse().unwrap();
    let payment = evens_tests::await_until("a second payment", Scenario::DEADLINE, async || {
        let order = scenario.context().store.load_deposit(id).await.unwrap()?;
        let own = order.payment?.id;
        let paid = order.history.lines().iter().filter_map(|line| line.cause.strip_prefix("paid sandbox "));
        paid.map(str::to_owned).find(|payment| *payment != own.as_str())
    });
    let payment = payment.await;
    let path = format!("/api/operator/deposits/{}/payments/{payment}/return", opened.order);
    let request = Request::new("POST", path).json(json!({ "reason": "seen" }).to_string());
    scenario.cashier().send(request).await.expect(200);
    evens_tests::await_until("a second payment that went back", Scenario::DEADLINE, async || {
        let order = scenario.context().store.load_deposit(id).await.unwrap();
        order.filter(|order| order.pending_refund().is_none())
    })
    .await;
    [opened.order, payment]
}

/// The reference that the player gets when an account belongs to another player. Cashiers find the account by it.
pub(crate) async fn reference(scenario: &Scenario) -> String {
    let body = json!({ "account": World::OTHERS_ACCOUNT }).to_string();
    let request = Request::new("POST", "/api/payees").json(body);
    let refused = scenario.player(World::PLAYER).send(request).await;
    assert_eq!(refused.problem(), "409 payee-taken account");
    refused.json()["reference"].as_str().unwrap().to_owned()
}
