//! Disputed deposits whose payer got the money back: the balance is taken, and the player owes the rest. A callback
//! only says which dispute to look up.

use super::depositing::{load, pay_again};
use super::withdrawing::{await_withdrawal, balance, decide, payee, withdraw};
use evens_tests::{Answer, Client, OpenedDeposit, Request, Scenario, await_until, payment_event};
use jiff::SignedDuration;
use serde_json::json;

/// A credited deposit of 100.
async fn credited(scenario: &Scenario, player: &Client, key: &str) -> OpenedDeposit {
    let opened = player.deposit("100", key).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(player, &opened.order, "completed").await;
    opened
}

/// The provider's id of an order's payment.
async fn payment_of(scenario: &Scenario, order: &str) -> String {
    let state = scenario.sandbox().state().await;
    let payments = state["payments"].as_array().expect("payments");
    let payment = payments.iter().find(|payment| payment["reference"] == order).expect("its payment");
    payment["id"].as_str().expect("an id").to_owned()
}

/// A player who withdrew part of a disputed deposit and lost the dispute.
pub(crate) struct Disputed {
    pub(crate) player: Client,
    opened: OpenedDeposit,
    pub(crate) taken: String,
}

pub(crate) async fn disputed(scenario: &Scenario, player: Client) -> Disputed {
    scenario.sandbox().fault("payment", "dispute", 1).await;
    let opened = credited(scenario, &player, "disputed").await;
    let payee = payee(&player, "IN12345678").await;
    let taken = withdraw(&player, "40", &payee, "before it is told").await;
    scenario.await_deposit(&player, &opened.order, "cancelled").await;
    Disputed { player, opened, taken }
}

async fn tell_of_dispute(scenario: &Scenario, message: &str, payment: &str, order: &str) {
    let event = payment_event("payment.disputed", payment, order, 10_000, "INR");
    let actual = scenario.sandbox().callback(message, &event);
    scenario.visitor().send_as_it_stands(actual).await.expect(200);
    scenario.await_idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_back_takes_what_is_there_and_the_rest_is_owed_and_held() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=1")]).await;
    let Disputed { player, opened, taken } = disputed(&scenario, scenario.player(41)).await;
    assert_eq!(balance(&player).await, "0");
    let owed = async || {
        let cashier = scenario.context().store.load_payments_record(player.user).await.expect("the table");
        (cashier.owed.to_string(), cashier.is_held)
    };
    assert_eq!(owed().await, ("40".to_owned(), true));
    // Repeated callbacks change nothing.
    let payment = payment_of(&scenario, &opened.order).await;
    for message in ["msg_again", "msg_once_more"] {
        tell_of_dispute(&scenario, message, &payment, &opened.order).await;
    }
    assert_eq!(owed().await, ("40".to_owned(), true));
    player.post(&format!("/api/withdrawals/{taken}/cancel")).await.expect(200);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// With the secret, but about a payment without a dispute: the provider is queried and denies it.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_dispute_takes_nothing() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = credited(&scenario, &player, "undisputed").await;
    let payment = payment_of(&scenario, &opened.order).await;
    for (message, id) in [("msg_1", payment.as_str()), ("msg_2", "pay_of_nobody")] {
        tell_of_dispute(&scenario, message, id, &opened.order).await;
    }
    assert_eq!(balance(&player).await, "100");
    scenario.finish().await;
}

/// A withdrawal that waits for the provider or a cashier is not sent before a cashier has reviewed the dispute.
#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_stops_what_its_player_takes_home() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=30")]).await;
    let Disputed { player, taken, .. } = disputed(&scenario, scenario.player(41)).await;
    let cashier = scenario.cashier();
    decide(&cashier, &taken, "approve").await.expect(200);
    let path = format!("/api/operator/withdrawals/{taken}");
    let held = await_until("a withdrawal that is stopped", Scenario::DEADLINE, async || {
        let seen = cashier.get(&path).await.expect(200)["data"].clone();
        let reasons = seen["holdReasons"].as_array().expect("reasons");
        reasons.contains(&json!("account-held")).then_some(seen)
    });
    let held = held.await;
    assert_eq!(held["state"], json!("HELD"));
    assert_eq!(held["approvals"], json!([]));
    decide(&cashier, &taken, "approve").await.expect(200);
    // The job's previous attempt is too recent, so a later sweep sends it again.
    scenario.sweep_after(SignedDuration::from_mins(2)).await;
    await_withdrawal(&scenario, &player, &taken, "completed").await;
    scenario.finish_despite(&["A person must look at"]).await;
}

/// A cashier's decision on a deposit or on a payment for it.
async fn send(cashier: &Client, order: &str, step: &str) -> Answer {
    let path = format!("/api/operator/deposits/{order}/{step}");
    cashier.send(Request::new("POST", path).json(json!({ "reason": "they asked for it" }).to_string())).await
}

async fn await_held(scenario: &Scenario, player: &Client) {
    await_until("a player who is held", 2 * Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_payments_record(player.user).await.expect("the table");
        cashier.is_held.then_some(())
    })
    .await;
}

/// An order with a payment that may not be credited, and whose payer got the money back before a cashier decided.
pub(crate) async fn taken_from_suspense(scenario: &Scenario, player: &Client) -> String {
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    scenario.sandbox().fault("payment", "dispute", 1).await;
    let OpenedDeposit { order, pay_url, .. } = player.deposit("100", "suspended").await;
    scenario.sandbox().press(&pay_url, "pay").await;
    scenario.await_deposit(player, &order, "processing").await;
    scenario.await_deposit(player, &order, "cancelled").await;
    order
}

/// The provider has returned the money, so neither the player nor the payer gets it from the platform.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_dispute_leaves_suspense_for_no_player() {
    let scenario = Scenario::start().await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    let order = taken_from_suspense(&scenario, &player).await;
    let payment = payment_of(&scenario, &order).await;
    for step in
        [format!("payments/{payment}/claim"), format!("payments/{payment}/return"), "return".to_owned()]
    {
        assert_eq!(send(&cashier, &order, &step).await.problem(), "409 order-state orderId", "{step}");
    }
    await_held(&scenario, &player).await;
    assert_eq!(balance(&player).await, "0");
    // Repeated callbacks change nothing.
    tell_of_dispute(&scenario, "msg_again", &payment, &order).await;
    scenario.finish_despite(&["A person must look at"]).await;
}

/// The same for a second payment. If cashiers had credited it to the player, a cashier must review it, and the player's
/// withdrawals are held until then.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_payment_that_is_disputed_is_taken_back_or_holds_its_player() {
    let scenario = Scenario::start().await;
    let cashier = scenario.cashier();
    for (number, is_claimed) in [(41, false), (42, true)] {
        let player = scenario.player(number);
        let order = credited(&scenario, &player, "own").await.order;
        // The payer disputes it after a while.
        scenario.sandbox().fault("payment", "dispute", 1).await;
        let payment = pay_again(&scenario, &order).await;
        let claim = format!("payments/{payment}/claim");
        if is_claimed {
            send(&cashier, &order, &claim).await.expect(200);
        }
        await_held(&scenario, &player).await;
        let problem = "409 order-state orderId";
        if !is_claimed {
            assert_eq!(send(&cashier, &order, &claim).await.problem(), problem);
        }
        let back = format!("payments/{payment}/return");
        assert_eq!(send(&cashier, &order, &back).await.problem(), problem);
        assert_eq!(balance(&player).await, if is_claimed { "200" } else { "100" });
        assert_eq!(player.try_bet("r", "A", "1").await.problem(), "403 account-held -");
        let payee = payee(&player, &format!("IN1234567{number}")).await;
        let taken = withdraw(&player, "100", &payee, "held").await;
        let seen = cashier.get(&format!("/api/operator/withdrawals/{taken}")).await.expect(200);
        assert_eq!(seen["data"]["holdReasons"], json!(["account-held"]));
        player.post(&format!("/api/withdrawals/{taken}/cancel")).await.expect(200);
        assert!(load(&scenario, &order).await.pending_refund().is_none());
    }
    scenario.finish_despite(&["A person must look at"]).await;
}
