//! Debts of players who were paid after their money had been returned. A cashier writes the debt off and releases the
//! player's withdrawals. The same holds for a player who was paid twice.

use super::withdrawing::{audit_lines, await_withdrawal, decide, paid_out, payee, withdraw};
use evens_players::Role;
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use serde_json::{Value, json};

/// A second cashier beside the scenario's own.
const OTHER_CASHIER: u64 = 900_020;

pub(crate) async fn settle(cashier: &Client, player: &Client, step: &str) -> Answer {
    let path = format!("/api/operator/users/{}/{step}", player.user);
    cashier.send(Request::new("POST", path).json(json!({ "reason": "settled by letter" }).to_string())).await
}

/// Creates a payout of 30 that arrived after it had failed and its money was returned, so that the player owes it.
/// Returns the payee.
pub(crate) async fn paid_after_all(scenario: &Scenario, player: &Client) -> String {
    let payee = payee(player, "fail-1234").await;
    scenario.sandbox().fault("payout", "success-after-failure", 1).await;
    let order = withdraw(player, "30", &payee, "paid after all").await;
    await_withdrawal(scenario, player, &order, "failed").await;
    await_until("a payout after its money was given back", Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_payments_record(player.user).await.expect("the table");
        (!cashier.owed.is_zero()).then_some(())
    })
    .await;
    payee
}

fn owed(answer: &Answer) -> (Value, Value) {
    let data = answer.expect(200)["data"].clone();
    (data["owed"].clone(), data["isHeld"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debt_is_given_up_and_its_player_is_held_no_more() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = paid_after_all(&scenario, &player).await;
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
    let actual: Vec<_> =
        audit_lines(&scenario).await.into_iter().map(|(_, action, subject)| (action, subject)).collect();
    let line = |action: &str| (action.to_owned(), player.user.to_string());
    assert_eq!(actual, [line("write-off-debt"), line("release-account")]);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// The provider forgot the idempotency key, or another system ordered the second payout.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_paid_twice_owes_the_payout_and_is_held_until_a_release() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "30", &payee, "paid twice").await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    scenario.sandbox().pay_out(&order, 3_000, "IN12345678").await;
    await_until("a player who is held, and owes what was paid twice", Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_payments_record(player.user).await.expect("the table");
        (cashier.is_held && cashier.owed.to_string() == "30").then_some(())
    })
    .await;
    assert_eq!(paid_out(&scenario, &order).await.len(), 2);
    let next = withdraw(&player, "10", &payee, "held").await;
    let own = player.get(&format!("/api/withdrawals/{next}")).await.expect(200);
    assert_eq!(own["data"]["isHeld"], true);
    // A held player cannot bet either, but their deposits are accepted.
    let cashier = scenario.cashier();
    assert_eq!(player.try_bet("r", "A", "1").await.problem(), "403 account-held -");
    player.try_deposit("1", "brought").await.expect(201);
    assert_eq!(owed(&settle(&cashier, &player, "write-off").await), (json!(0), json!(true)));
    assert_eq!(player.try_bet("r", "A", "1").await.problem(), "403 account-held -");
    assert_eq!(owed(&settle(&cashier, &player, "release").await), (json!(0), json!(false)));
    player.bet("r", "A", "1").await;
    let later = withdraw(&player, "10", &payee, "held no more").await;
    await_withdrawal(&scenario, &player, &later, "completed").await;
    player.post(&format!("/api/withdrawals/{next}/cancel")).await.expect(200);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// Two cashiers write off a debt above one cashier's limit, free an account, or confirm an identity. Adjusting a wallet
/// needs two for any amount.
#[tokio::test(flavor = "multi_thread")]
async fn acts_that_one_cashier_could_hide_need_two() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "four-eyes-above=20")]).await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "30", &payee, "paid twice").await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let (one, other) = (scenario.cashier(), scenario.client(OTHER_CASHIER, Role::Cashier));
    for cashier in [&one, &other] {
        decide(cashier, &order, "approve").await.expect(200);
    }
    await_withdrawal(&scenario, &player, &order, "completed").await;
    scenario.sandbox().pay_out(&order, 3_000, "IN12345678").await;
    await_until("a player who owes what was paid twice", Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_payments_record(player.user).await.expect("the table");
        (cashier.owed.to_string() == "30").then_some(())
    })
    .await;
    for (step, wanted, before, after) in [
        ("write-off", "write-off 30", (json!(30), json!(true)), (json!(0), json!(true))),
        ("release", "release", (json!(0), json!(true)), (json!(0), json!(false))),
    ] {
        let waits = settle(&one, &player, step).await;
        assert_eq!((owed(&waits), &waits.json()["data"]["waiting"][0]["wanted"]), (before, &json!(wanted)));
        assert!(settle(&one, &player, step).await.is_replay(), "another one must agree");
        let done = settle(&other, &player, step).await;
        assert_eq!((owed(&done), &done.json()["data"]["waiting"]), (after, &json!([])));
    }
    let post = async |cashier: &Client, step: &str, body: Value| {
        let path = format!("/api/operator/users/{}/{step}", player.user);
        cashier.send(Request::new("POST", path).json(body.to_string())).await
    };
    let verified = json!({ "status": "verified", "reason": "seen their passport" });
    for (cashier, status) in [(&one, "not-asked"), (&other, "verified")] {
        let noted = post(cashier, "identity", verified.clone()).await.expect(200);
        assert_eq!(noted["data"]["status"], status);
    }
    let more = json!({ "opId": "more", "kind": "debit", "amount": 71, "reason": "than there is" });
    assert_eq!(post(&one, "adjust", more).await.problem(), "400 insufficient-balance amount");
    let none = json!({ "opId": "none", "kind": "credit", "amount": 0, "reason": "nothing" });
    assert_eq!(post(&one, "adjust", none).await.problem(), "422 invalid amount");
    let desk = json!({ "opId": "desk-7", "kind": "credit", "amount": 0.5, "reason": "paid at the desk" });
    for (cashier, balance, is_replay) in [
        (&one, json!(70), false),
        (&one, json!(70), true),
        (&other, json!(70.5), false),
        (&other, json!(70.5), true),
        (&one, json!(70.5), true),
        (&other, json!(70.5), true),
    ] {
        let adjusted = post(cashier, "adjust", desk.clone()).await;
        assert_eq!((&adjusted.expect(200)["data"]["balance"], adjusted.is_replay()), (&balance, is_replay));
    }
    for (field, value) in [("kind", json!("debit")), ("amount", json!(1)), ("reason", json!("by phone"))] {
        let mut differs = desk.clone();
        differs[field] = value;
        let refused = post(&other, "adjust", differs).await;
        assert_eq!(refused.problem(), "409 idempotency-key-reused opId", "{field}");
    }
    let actual: Vec<_> = audit_lines(&scenario).await.into_iter().map(|(_, action, _)| action).collect();
    let pairs = ["approve-withdrawal", "write-off-debt", "release-account", "note-identity", "adjust-wallet"];
    let twice: Vec<_> = pairs.iter().flat_map(|action| [*action, *action]).collect();
    assert_eq!(actual, twice);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// A cashier's requests never displace those of another.
#[tokio::test(flavor = "multi_thread")]
async fn ten_things_wait_for_another_cashier_at_most() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let (one, other) = (scenario.cashier(), scenario.client(OTHER_CASHIER, Role::Cashier));
    let adjust = async |cashier: &Client, nth: u32| {
        let path = format!("/api/operator/users/{}/adjust", player.user);
        let id = format!("desk-{nth}");
        let body = json!({ "opId": id, "kind": "credit", "amount": nth, "reason": "paid at the desk" });
        cashier.send(Request::new("POST", path).json(body.to_string())).await
    };
    for (cashier, five) in [(&one, 1..=5), (&other, 6..=10)] {
        for nth in five {
            adjust(cashier, nth).await.expect(200);
        }
        // Each cashier has a share of their own.
        assert_eq!(adjust(cashier, 11).await.problem(), "409 too-many-agreements -");
    }
    for cashier in [&one, &other] {
        assert_eq!(adjust(cashier, 11).await.problem(), "409 too-many-agreements -");
    }
    let made = adjust(&other, 1).await.expect(200);
    assert_eq!(made["data"]["balance"], 101);
    assert_eq!(made["data"]["waiting"][0]["wanted"], "adjust desk-2: credit 2, paid at the desk");
    adjust(&one, 11).await.expect(200);
    scenario.finish().await;
}

/// A release alone does not send the withdrawal of a player with a debt, whatever the settings.
#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_is_held_after_a_release() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = paid_after_all(&scenario, &player).await;
    let cashier = scenario.cashier();
    assert_eq!(owed(&settle(&cashier, &player, "release").await), (json!(30), json!(false)));
    let next = withdraw(&player, "10", &payee, "owes").await;
    let seen = cashier.get(&format!("/api/operator/withdrawals/{next}")).await.expect(200);
    assert_eq!((&seen["data"]["state"], &seen["data"]["holdReasons"]), (&json!("HELD"), &json!(["owes"])));
    player.post(&format!("/api/withdrawals/{next}/cancel")).await.expect(200);
    scenario.finish_despite(&["A person must look at"]).await;
}
