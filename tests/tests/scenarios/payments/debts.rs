//! What a player owes: they were paid after their money had been given back. A cashier gives it up, and ends that all
//! of their withdrawals wait; and that those of a player wait who was paid twice, and owes that.

use super::withdrawing::{await_withdrawal, paid_out, payee, told, withdraw};
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use serde_json::{Value, json};

async fn settle(cashier: &Client, player: &Client, step: &str) -> Answer {
    let path = format!("/api/operator/users/{}/{step}", player.user);
    cashier.send(Request::new("POST", path).json(json!({ "reason": "settled by letter" }).to_string())).await
}

fn owed(answer: &Answer) -> (Value, Value) {
    let data = answer.expect(200)["data"].clone();
    (data["owed"].clone(), data["isHeld"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debt_is_given_up_and_its_player_is_held_no_more() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "fail-1234").await;
    scenario.sandbox().fault("payout", "success-after-failure", 1).await;
    let order = withdraw(&player, "30", &payee, "paid after all").await;
    await_withdrawal(&scenario, &player, &order, "failed").await;
    await_until("a payout after its money was given back", Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_cashier(player.user).await.expect("the table");
        (!cashier.owed.is_zero()).then_some(())
    })
    .await;
    let next = withdraw(&player, "10", &payee, "held").await;
    let own = player.get(&format!("/api/withdrawals/{next}")).await.expect(200);
    assert_eq!(own["data"]["isHeld"], true);

    let (cashier, auditor) = (scenario.cashier(), scenario.auditor());
    assert_eq!(settle(&auditor, &player, "write-off").await.problem(), "403 forbidden -");
    let given_up = settle(&cashier, &player, "write-off").await;
    assert_eq!((owed(&given_up), given_up.is_replay()), ((json!(0), json!(true)), false));
    let again = settle(&cashier, &player, "write-off").await;
    assert_eq!((owed(&again), again.is_replay()), ((json!(0), json!(true)), true), "nothing is owed");
    let released = settle(&cashier, &player, "release").await;
    assert_eq!(owed(&released), (json!(0), json!(false)));
    assert!(settle(&cashier, &player, "release").await.is_replay());
    let later = withdraw(&player, "10", &payee, "held no more").await;
    await_withdrawal(&scenario, &player, &later, "failed").await;
    player.post(&format!("/api/withdrawals/{next}/cancel")).await.expect(200);
    let told: Vec<_> =
        told(&scenario).await.into_iter().map(|(_, action, subject)| (action, subject)).collect();
    let line = |action: &str| (action.to_owned(), player.user.to_string());
    assert_eq!(told, [line("write-off-debt"), line("release-account")]);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// The provider has forgotten our key, or somebody else has told it to pay.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_paid_twice_owes_that_and_is_held_until_a_cashier_has_looked() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "30", &payee, "paid twice").await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    scenario.sandbox().pay_out(&order, 3_000, "IN12345678").await;
    await_until("a player who is held, and owes what was paid twice", Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_cashier(player.user).await.expect("the table");
        (cashier.is_held && cashier.owed.to_string() == "30").then_some(())
    })
    .await;
    assert_eq!(paid_out(&scenario, &order).await.len(), 2);
    let next = withdraw(&player, "10", &payee, "held").await;
    let own = player.get(&format!("/api/withdrawals/{next}")).await.expect(200);
    assert_eq!(own["data"]["isHeld"], true);
    let cashier = scenario.cashier();
    assert_eq!(owed(&settle(&cashier, &player, "write-off").await), (json!(0), json!(true)));
    assert_eq!(owed(&settle(&cashier, &player, "release").await), (json!(0), json!(false)));
    let later = withdraw(&player, "10", &payee, "held no more").await;
    await_withdrawal(&scenario, &player, &later, "completed").await;
    player.post(&format!("/api/withdrawals/{next}/cancel")).await.expect(200);
    scenario.finish_despite(&["A person must look at"]).await;
}
