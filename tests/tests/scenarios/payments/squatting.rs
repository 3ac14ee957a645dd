//! A bank account that another player registered first: cashiers free it for the player who proves ownership.

use super::withdrawing::{audit_lines, await_withdrawal, decide, payee, withdraw};
use evens_runtime::tokens::Role;
use evens_tests::{Answer, Client, Request, Scenario};
use serde_json::json;

const HOLDS: &[(&str, &str)] = &[("EVENS_HOLDS", "from=50,four-eyes-above=100")];
const ACCOUNT: &str = "IN12345678";
const SQUATTER: u64 = 41;
const OWNER: u64 = 42;
/// A second cashier beside the scenario's own.
const OTHER_CASHIER: u64 = 900_020;

async fn add(player: &Client) -> Answer {
    let body = json!({ "account": ACCOUNT }).to_string();
    player.send(Request::new("POST", "/api/payees").json(body)).await
}

pub(super) async fn free(cashier: &Client, reference: &str, claimant: u64) -> Answer {
    let body = json!({ "userId": claimant, "reason": "seen a letter of their bank" }).to_string();
    cashier.send(Request::new("POST", format!("/api/operator/payees/{reference}/free")).json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_taken_by_another_player_is_freed_for_its_owner() {
    let scenario = Scenario::start_with(HOLDS).await;
    let (cashier, auditor) = (scenario.cashier(), scenario.auditor());
    let other_cashier = scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let squatter = scenario.funded(SQUATTER, "100").await;
    let owner = scenario.enrol(OWNER, Role::Player).await;
    scenario.fund(OWNER, "100").await;
    let taken = payee(&squatter, ACCOUNT).await;

    let refused = add(&owner).await;
    assert_eq!(refused.problem(), "409 payee-taken account");
    let reference = refused.json()["reference"].as_str().unwrap().to_owned();
    let path = format!("/api/operator/payees/{reference}");
    let found = auditor.get(&path).await.expect(200);
    let expected = json!({
        "reference": reference, "userId": SQUATTER, "payeeId": taken, "mask": "5678", "freedAt": null,
        "keptFor": null, "waiting": [],
    });
    assert_eq!(found["data"], expected);
    assert_eq!(owner.get(&path).await.problem(), "403 forbidden -");
    assert_eq!(cashier.get("/api/operator/payees/x").await.problem(), "404 not-found reference");
    let unknown = format!("{reference:.60}0000");
    assert_eq!(free(&cashier, &unknown, OWNER).await.problem(), "404 not-found reference");
    assert_eq!(free(&auditor, &reference, OWNER).await.problem(), "403 forbidden -");
    assert_eq!(free(&cashier, &reference, 77).await.problem(), "404 not-found userId");

    let held = withdraw(&squatter, "60", &taken, "held").await;
    assert_eq!(free(&cashier, &reference, OWNER).await.problem(), "409 order-state reference");
    decide(&cashier, &held, "reject").await.expect(200);

    let first = free(&cashier, &reference, OWNER).await.expect(200);
    let waiting = &first["data"]["waiting"][0];
    assert_eq!(waiting["wanted"], json!(format!("free {taken} for {OWNER}")));
    assert_eq!(first["data"]["freedAt"], json!(null));
    assert!(free(&cashier, &reference, OWNER).await.is_replay(), "the same again");
    assert_eq!(add(&owner).await.problem(), "409 payee-taken account", "another cashier must agree");
    let second = free(&other_cashier, &reference, OWNER).await.expect(200);
    assert_eq!((&second["data"]["keptFor"], &second["data"]["waiting"]), (&json!(OWNER), &json!([])));
    assert!(second["data"]["freedAt"].is_string(), "{second}");
    assert!(free(&cashier, &reference, OWNER).await.is_replay(), "it is free");

    // The freed account is reserved, so other players cannot register it.
    assert_eq!(squatter.get("/api/payees").await.expect(200)["data"], json!([]));
    for other in [&squatter, &scenario.player(43)] {
        assert_eq!(add(other).await.problem(), "409 payee-taken account");
    }
    let own = add(&owner).await.expect(201)["data"]["payeeId"].as_str().unwrap().to_owned();
    let order = withdraw(&owner, "40", &own, "home").await;
    await_withdrawal(&scenario, &owner, &order, "completed").await;
    let found = cashier.get(&path).await.expect(200);
    assert_eq!((&found["data"]["userId"], &found["data"]["keptFor"]), (&json!(OWNER), &json!(null)));
    assert_eq!(
        free(&cashier, &reference, OWNER).await.problem(),
        "409 order-state reference",
        "it is theirs"
    );

    let line = |by: u64, action: &str, subject: &str| (by.to_string(), action.to_owned(), subject.to_owned());
    let (by, subject) = (Scenario::CASHIER, SQUATTER.to_string());
    let expected = [
        line(by, "reject-withdrawal", &held),
        line(by, "free-account", &subject),
        line(OTHER_CASHIER, "free-account", &subject),
    ];
    assert_eq!(audit_lines(&scenario).await, expected);
    let log = auditor.get(Scenario::AUDIT_LOG).await.expect(200);
    // The first line gives the second cashier their role.
    assert_eq!(log["data"][2]["before"], json!(format!("payee {taken}: in use")));
    assert_eq!(log["data"][3]["after"], json!(format!("payee {taken}: kept for {OWNER}")));
    scenario.finish().await;
}

/// A cashier cannot free an account that they hold or claim.
#[tokio::test(flavor = "multi_thread")]
async fn no_cashier_frees_an_account_of_their_own() {
    let scenario = Scenario::start().await;
    let (cashier, holder) = (scenario.cashier(), scenario.player(Scenario::CASHIER));
    let claimant = scenario.enrol(OWNER, Role::Player).await;
    payee(&holder, ACCOUNT).await;
    let reference = add(&claimant).await.json()["reference"].as_str().unwrap().to_owned();
    assert_eq!(free(&cashier, &reference, OWNER).await.problem(), "403 forbidden -");
    let other = scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    assert_eq!(free(&other, &reference, OTHER_CASHIER).await.problem(), "403 forbidden -");
    // One cashier is enough unless a rule requires two.
    let freed = free(&other, &reference, OWNER).await.expect(200);
    assert_eq!(freed["data"]["keptFor"], json!(OWNER));
    add(&claimant).await.expect(201);
    scenario.finish().await;
}
