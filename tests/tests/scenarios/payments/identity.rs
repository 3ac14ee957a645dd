//! Players must be identified before they deposit more than a limit. Above another limit, cashiers review their
//! withdrawals. A cashier records the identity, with a line in the audit log.

use super::withdrawing::{audit_lines, await_withdrawal, balance, decide, payee, withdraw};
use evens_tests::{Answer, Client, Request, Scenario};
use serde_json::json;

const KYC: &[(&str, &str)] = &[("EVENS_KYC_ABOVE", "100"), ("EVENS_HOLDS", "kyc-above=50")];

fn path(player: &Client) -> String {
    format!("/api/operator/users/{}/identity", player.user)
}

pub(super) async fn note(cashier: &Client, player: &Client, status: &str) -> Answer {
    let body = json!({ "status": status, "reason": "seen their passport" }).to_string();
    cashier.send(Request::new("POST", path(player)).json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn above_a_sum_it_must_be_known_who_a_player_is() {
    let scenario = Scenario::start_with(KYC).await;
    let (player, cashier, auditor) = (scenario.player(41), scenario.cashier(), scenario.auditor());
    let opened = player.deposit("100", "up to the sum").await;
    assert_eq!(player.try_deposit("1", "one is open").await.problem(), "403 identity-missing -");
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    let refused = player.try_deposit("1", "above the sum").await;
    assert_eq!(refused.problem(), "403 identity-missing -");
    assert!(refused.text().contains("Ask support"), "{refused:?}");

    let payee = payee(&player, "IN12345678").await;
    let small = withdraw(&player, "50", &payee, "up to the sum").await;
    await_withdrawal(&scenario, &player, &small, "completed").await;
    let held = withdraw(&player, "1", &payee, "above the sum").await;
    let listed = cashier.get("/api/operator/withdrawals").await.expect(200);
    assert_eq!(listed["data"][0]["holdReasons"], json!(["identity"]), "{listed}");

    assert_eq!(note(&auditor, &player, "verified").await.problem(), "403 forbidden -");
    assert_eq!(note(&cashier, &cashier, "verified").await.problem(), "403 forbidden -", "their own");
    assert_eq!(note(&cashier, &player, "pending").await.expect(200)["data"]["status"], "pending");
    let waiting = player.try_deposit("1", "pending").await;
    assert!(waiting.problem() == "403 identity-missing -" && waiting.text().contains("is being verified"));
    let noted = note(&cashier, &player, "verified").await;
    let expected =
        json!({ "userId": 41, "status": "verified", "deposited": 100, "withdrawn": 50, "waiting": [] });
    assert_eq!(noted.expect(200)["data"], expected);
    assert!(note(&cashier, &player, "verified").await.is_replay(), "the same again");
    assert_eq!(auditor.get(&path(&player)).await.expect(200)["data"], expected);
    assert_eq!(player.get("/api/identity").await.expect(200)["data"], json!({ "status": "verified" }));

    // The held withdrawal still needs a cashier, but new ones do not.
    decide(&cashier, &held, "approve").await.expect(200);
    await_withdrawal(&scenario, &player, &held, "completed").await;
    let open = player.deposit("500", "known").await;
    let free = withdraw(&player, "40", &payee, "known").await;
    await_withdrawal(&scenario, &player, &free, "completed").await;

    // A player whose identity was refused cannot deposit, not even through an open deposit, but can withdraw.
    note(&cashier, &player, "refused").await.expect(200);
    assert_eq!(player.try_deposit("1", "refused").await.problem(), "403 identity-missing -");
    scenario.sandbox().press(&open.pay_url, "pay").await;
    scenario.await_deposit(&player, &open.order, "processing").await;
    let seen = cashier.get(&format!("/api/operator/deposits/{}", open.order)).await.expect(200);
    assert_eq!(seen["data"]["payment"]["unclaimed"], "identity-missing");
    let last = withdraw(&player, "9", &payee, "refused").await;
    decide(&cashier, &last, "approve").await.expect(200);
    await_withdrawal(&scenario, &player, &last, "completed").await;
    assert_eq!(balance(&player).await, "0");
    let acts: Vec<_> =
        audit_lines(&scenario).await.into_iter().map(|(_, act, subject)| (act, subject)).collect();
    let noted = ("note-identity".to_owned(), "41".to_owned());
    let approved = |order: String| ("approve-withdrawal".to_owned(), order);
    assert_eq!(acts, [noted.clone(), noted.clone(), approved(held), noted, approved(last)]);
    scenario.finish_despite(&["A person must look at"]).await;
}
