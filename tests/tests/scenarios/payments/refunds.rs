//! Refunds to the payer, of a credited deposit or of a payment that could not be credited. Each happens once, whatever
//! the provider does.

use super::depositing::{load, pay_again, pay_beside, second_payment};
use super::withdrawing::{audit_lines, balance};
use evens_contracts::CheckPaymentJob;
use evens_players::Role;
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A second cashier beside the scenario's own.
const OTHER_CASHIER: u64 = 900_020;

async fn send_back(cashier: &Client, order: &str, step: &str) -> Answer {
    let path = format!("/api/operator/deposits/{order}/{step}");
    cashier.send(Request::new("POST", path).json(json!({ "reason": "they asked for it" }).to_string())).await
}

/// Makes a deposit of 100, pays it, and waits for this status.
async fn deposited(scenario: &Scenario, player: &Client, key: &str, status: &str) -> String {
    let opened = player.deposit("100", key).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(player, &opened.order, status).await;
    opened.order
}

/// The refunds of an order's payments, from the provider's own records.
async fn refunds(scenario: &Scenario, order: &str) -> Vec<Value> {
    let state = scenario.sandbox().state().await;
    let refunds = state["refunds"].as_array().expect("refunds").iter();
    refunds.filter(|refund| refund["reference"] == order).cloned().collect()
}

/// The completed or pending refunds of an order's payments at the provider, in minor units.
async fn given_back(scenario: &Scenario, order: &str) -> Vec<u64> {
    let all = refunds(scenario, order).await;
    let made = all.iter().filter(|refund| refund["status"] != "failed");
    made.map(|refund| refund["amount"].as_u64().expect("an amount")).collect()
}

/// Runs the job that queries an order's payments and refunds, this many minutes later.
pub(super) async fn ask_later(scenario: &Scenario, order: &str, minutes: i64) {
    let job = CheckPaymentJob { order_id: order.parse().expect("an order") };
    let later = Timestamp::now() + SignedDuration::from_mins(minutes);
    scenario.work_at(job.into(), later).await.expect("asked");
}

async fn await_refund(scenario: &Scenario, order: &str) {
    await_until("a payment that went back", Scenario::DEADLINE, async || {
        let found = load(scenario, order).await;
        (found.refund.is_some() && found.pending_refund().is_none()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credited_deposit_goes_back_once_as_long_as_its_player_has_it() {
    let scenario = Scenario::start().await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    let order = deposited(&scenario, &player, "back", "completed").await;
    assert_eq!(send_back(&scenario.auditor(), &order, "refund").await.problem(), "403 forbidden -");
    let wrong = send_back(&cashier, &order, "return").await;
    assert!(wrong.problem() == "409 order-state orderId" && wrong.text().contains("COMPLETED"), "{wrong:?}");
    let refunded = send_back(&cashier, &order, "refund").await;
    assert_eq!(refunded.expect(200)["data"]["state"], "REFUNDED");
    assert!(send_back(&cashier, &order, "refund").await.is_replay(), "the same again");
    assert_eq!(balance(&player).await, "0");
    await_refund(&scenario, &order).await;
    assert_eq!(given_back(&scenario, &order).await, [10_000]);
    let seen = cashier.get(&format!("/api/operator/deposits/{order}")).await.expect(200);
    assert!(seen["data"]["refund"]["providerId"].is_string(), "{seen}");

    let spent = deposited(&scenario, &player, "spent", "completed").await;
    player.bet("open", "A", "1").await;
    assert_eq!(send_back(&cashier, &spent, "refund").await.problem(), "409 order-state orderId");
    assert_eq!(balance(&player).await, "99");
    let by = Scenario::CASHIER.to_string();
    assert_eq!(audit_lines(&scenario).await, [(by, "refund-deposit".to_owned(), order)]);
    scenario.finish().await;
}

/// If the answer is lost or the provider fails or is overloaded, the request is repeated with the same key. One refund
/// is made.
#[tokio::test(flavor = "multi_thread")]
async fn an_uncredited_payment_is_returned_once_through_provider_faults() {
    let scenario = Scenario::start().await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    for fault in ["lose-answer", "500", "429", "garbage"] {
        scenario.sandbox().fault("payment", "wrong-amount", 1).await;
        let order = deposited(&scenario, &player, fault, "processing").await;
        let listed = cashier.get("/api/operator/deposits").await.expect(200);
        let of_order = |one: &&Value| one["orderId"] == order.as_str();
        let found = listed["data"].as_array().expect("a list").iter().find(of_order).expect("it waits");
        assert_eq!(
            (&found["state"], &found["payment"]["unclaimed"]),
            (&json!("UNCLAIMED"), &json!("other-amount"))
        );
        scenario.sandbox().fault("make-refund", fault, 1).await;
        let returned = send_back(&cashier, &order, "return").await;
        assert_eq!(returned.expect(200)["data"]["state"], "RETURNED", "{fault}");
        scenario.await_idle().await;
        ask_later(&scenario, &order, 3).await;
        await_refund(&scenario, &order).await;
        assert_eq!(given_back(&scenario, &order).await.len(), 1, "{fault}");
    }
    assert_eq!(balance(&player).await, "0");
    scenario.finish_despite(&["A person must look at"]).await;
}

/// Two cashiers may credit money in suspense to the player, once. It can no longer be refunded afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn money_in_suspense_is_given_to_its_player_by_two_cashiers() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "four-eyes-above=50")]).await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let other = scenario.client(OTHER_CASHIER, Role::Cashier);
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    let order = deposited(&scenario, &player, "claim", "processing").await;
    let path = format!("/api/operator/deposits/{order}");
    let seen = cashier.get(&path).await.expect(200);
    let payment = seen["data"]["payment"].clone();
    let step = format!("payments/{}/claim", payment["providerId"].as_str().expect("an id"));
    assert_eq!(send_back(&player, &order, &step).await.problem(), "403 forbidden -");
    let unknown = send_back(&cashier, &order, "payments/pay_none/claim").await;
    assert_eq!(unknown.problem(), "409 order-state orderId");
    assert_eq!(send_back(&cashier, &order, &step).await.expect(200)["data"]["state"], "UNCLAIMED");
    assert!(send_back(&cashier, &order, &step).await.is_replay(), "one cashier is one");
    assert_eq!(balance(&player).await, "0");
    let claimed = send_back(&other, &order, &step).await.expect(200);
    assert_eq!(
        (&claimed["data"]["state"], &claimed["data"]["claims"][0]["isGiven"]),
        (&json!("CLAIMED"), &json!(true))
    );
    assert!(send_back(&other, &order, &step).await.is_replay());
    assert_eq!(player.balance().await.to_string(), payment["amount"].to_string());
    assert_eq!(send_back(&cashier, &order, "return").await.problem(), "409 order-state orderId");
    assert_eq!(
        player.get(&format!("/api/deposits/{order}")).await.expect(200)["data"]["status"],
        "completed"
    );
    let acts: Vec<_> = audit_lines(&scenario).await.into_iter().map(|(by, act, _)| (by, act)).collect();
    let by = [Scenario::CASHIER, OTHER_CASHIER].map(|by| (by.to_string(), "claim-suspended".to_owned()));
    assert_eq!(acts, by);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// If the provider does not make a refund, the order may have another, unreported payment.
#[tokio::test(flavor = "multi_thread")]
async fn another_payment_is_found_while_a_refund_is_asked_for_in_vain() {
    let scenario = Scenario::start().await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    let order = deposited(&scenario, &player, "stuck", "processing").await;
    scenario.sandbox().fault("make-refund", "fail-before-effect", 10).await;
    send_back(&cashier, &order, "return").await.expect(200);
    scenario.await_idle().await;
    scenario.sandbox().fault("callback", "fail-before-effect", 1).await;
    pay_beside(&scenario, &order).await;
    ask_later(&scenario, &order, 3).await;
    assert!(second_payment(&scenario, &order).await.is_some(), "the provider has it");
    assert!(given_back(&scenario, &order).await.is_empty());
    scenario.finish_despite(&["A person must look at"]).await;
}

/// After a failed refund, the job still looks for other payments. The next run requests the refund again.
#[tokio::test(flavor = "multi_thread")]
async fn another_payment_is_found_where_a_refund_has_failed() {
    let scenario = Scenario::start().await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    let order = deposited(&scenario, &player, "failed", "processing").await;
    scenario.sandbox().fault("refund", "fail", 1).await;
    send_back(&cashier, &order, "return").await.expect(200);
    await_until("a refund that failed", Scenario::DEADLINE, async || {
        let made = refunds(&scenario, &order).await;
        made.first().is_some_and(|refund| refund["status"] == "failed").then_some(())
    })
    .await;
    scenario.await_idle().await;
    scenario.sandbox().fault("payment.succeeded", "fail-before-effect", 1).await;
    pay_beside(&scenario, &order).await;
    ask_later(&scenario, &order, 3).await;
    assert!(second_payment(&scenario, &order).await.is_some(), "the provider has it");
    assert_eq!(load(&scenario, &order).await.refund.expect("it goes back").attempt, 2);
    assert!(given_back(&scenario, &order).await.is_empty(), "it is asked for the next time");

    ask_later(&scenario, &order, 15).await;
    await_refund(&scenario, &order).await;
    assert_eq!(given_back(&scenario, &order).await, [10_001]);
    assert_eq!(refunds(&scenario, &order).await.len(), 2);
    assert_eq!(balance(&player).await, "0");
    scenario.finish_despite(&["A person must look at"]).await;
}

/// After a double payment, the second one is refunded and the deposit stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_beside_the_orders_own_goes_back_once() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "four-eyes-above=50")]).await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    let order = deposited(&scenario, &player, "twice", "completed").await;
    let second = format!("payments/{}/return", pay_again(&scenario, &order).await);
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let other = scenario.client(OTHER_CASHIER, Role::Cashier);
    let waits = send_back(&cashier, &order, &second).await.expect(200);
    assert_eq!(
        (&waits["data"]["returns"], waits["data"]["waiting"].as_array().map(Vec::len)),
        (&json!([]), Some(1))
    );
    assert!(send_back(&cashier, &order, &second).await.is_replay(), "another one must agree");
    let returned = send_back(&other, &order, &second).await.expect(200);
    assert_eq!((&returned["data"]["state"], &returned["data"]["waiting"]), (&json!("COMPLETED"), &json!([])));
    assert!(send_back(&other, &order, &second).await.is_replay(), "the same again");
    await_until("a payment that went back", Scenario::DEADLINE, async || {
        load(&scenario, &order).await.pending_refund().is_none().then_some(())
    })
    .await;
    assert_eq!(given_back(&scenario, &order).await, [10_000]);
    assert_eq!(balance(&player).await, "100");
    let claimed = send_back(&cashier, &order, &second.replace("/return", "/claim")).await;
    assert_eq!(claimed.problem(), "409 order-state orderId");
    let own = send_back(&cashier, &order, "payments/pay_none/return").await;
    assert_eq!(own.problem(), "409 order-state orderId");
    scenario.finish_despite(&["A person must look at"]).await;
}
