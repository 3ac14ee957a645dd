//! A cashier sees who asks for a withdrawal and where it goes, before they decide.

use super::withdrawing::{await_withdrawal, decide, payee, withdraw};
use evens_players::{Account, Registration, UserName};
use evens_runtime::tokens::Role;
use evens_tests::Scenario;
use serde_json::{Value, json};

const HOLDS: &[(&str, &str)] = &[("EVENS_HOLDS", "from=50,four-eyes-above=100")];
/// A second cashier beside the scenario's own.
const OTHER_CASHIER: u64 = 900_020;
const NUMBER: &str = "IN12345678";

async fn named(scenario: &Scenario, number: u64, name: &str) {
    let name = Some(UserName::parse(name).expect("a name"));
    let account = Scenario::account(number, None);
    scenario.enrol_as(&Account { name, registration: Registration::Done, ..account }).await;
}

async fn read(scenario: &Scenario, order: &str) -> Value {
    let path = format!("/api/operator/withdrawals/{order}/facts");
    let facts = scenario.cashier().get(&path).await.expect(200)["data"].clone();
    let of_auditor = scenario.auditor().get(&path).await.expect(200)["data"].clone();
    assert_eq!(facts, of_auditor);
    assert!(!facts.to_string().contains(NUMBER), "the number of the account is in {facts}");
    facts
}

/// A new player, paid for the first time and to a new account; then the same player again, to the same account.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_shows_who_is_paid_and_where() {
    let scenario = Scenario::start_with(HOLDS).await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    named(&scenario, 41, "Ravi").await;
    let player = scenario.player(41);
    let deposit = player.deposit("300", "in").await;
    scenario.sandbox().press(&deposit.pay_url, "pay").await;
    scenario.await_deposit(&player, &deposit.order, "completed").await;
    let payee_id = payee(&player, NUMBER).await;
    let first = withdraw(&player, "60", &payee_id, "first").await;
    let facts = read(&scenario, &first).await;
    assert_eq!((&facts["player"]["userName"], &facts["player"]["userId"]), (&json!("Ravi"), &json!(41)));
    assert_eq!(facts["player"]["phoneNo"], json!("+918000000041"));
    assert_eq!(facts["payee"]["mask"], json!("5678"));
    assert_eq!(facts["payee"]["sharedWith"], Value::Null);
    let money = |facts: &Value| {
        let money = &facts["money"];
        ["deposited", "withdrawn", "beingWithdrawn", "balance", "aboveDeposits"]
            .map(|name| money[name].to_string())
    };
    assert_eq!(money(&facts), ["300", "0", "60", "240", "0"]);
    let orders = json!({
        "deposits": 1, "payouts": 0, "payoutsToPayee": 0, "lastPayout": null, "countedSince": null,
    });
    assert_eq!(facts["orders"], orders);
    let signs = ["new-player", "phone-unverified", "first-payout", "new-payee", "payee-never-paid"];
    assert_eq!(facts["signs"], json!(signs));

    decide(&scenario.cashier(), &first, "approve").await.expect(200);
    await_withdrawal(&scenario, &player, &first, "completed").await;
    let second = withdraw(&player, "120", &payee_id, "second").await;
    decide(&scenario.client(OTHER_CASHIER, Role::Cashier), &second, "approve").await.expect(200);
    let facts = read(&scenario, &second).await;
    assert_eq!(money(&facts), ["300", "60", "120", "120", "0"]);
    assert_eq!(facts["signs"], json!(["new-player", "phone-unverified", "new-payee"]));
    assert_eq!((&facts["orders"]["payouts"], &facts["orders"]["payoutsToPayee"]), (&json!(1), &json!(1)));
    let last = &facts["orders"]["lastPayout"];
    assert_eq!(
        (&last["orderId"], &last["amount"], &last["mask"]),
        (&json!(first), &json!(60), &json!("5678"))
    );
    let approvers = facts["approvers"].as_array().expect("a list");
    assert_eq!(approvers[0]["userId"], json!(OTHER_CASHIER));
    scenario.finish().await;
}

/// An account that another player had before is a sign, and so is a player without an account of their own.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_another_player_had_has_a_sign() {
    let scenario = Scenario::start_with(HOLDS).await;
    named(&scenario, 40, "Kiran").await;
    let before = scenario.player(40);
    let had = payee(&before, NUMBER).await;
    before.post(&format!("/api/payees/{had}/remove")).await.expect(200);
    let player = scenario.funded(41, "100").await;
    let has = payee(&player, NUMBER).await;
    let order = withdraw(&player, "60", &has, "key").await;
    let facts = read(&scenario, &order).await;
    assert_eq!(facts["payee"]["sharedWith"], json!({ "userId": 40, "userName": "Kiran" }));
    assert!(facts["signs"].as_array().expect("a list").contains(&json!("payee-shared")), "{facts}");
    assert_eq!(facts["money"]["aboveDeposits"].to_string(), "100", "the house gave it");

    // Removed and added again by the same player, it is still known.
    player.post(&format!("/api/withdrawals/{order}/cancel")).await.expect(200);
    player.post(&format!("/api/payees/{has}/remove")).await.expect(200);
    assert_eq!(payee(&player, NUMBER).await, has);
    let again = withdraw(&player, "60", &has, "again").await;
    assert_eq!(read(&scenario, &again).await["payee"]["sharedWith"]["userId"], json!(40));

    let unknown = "/api/operator/withdrawals/0000/facts";
    assert_eq!(scenario.cashier().get(unknown).await.problem(), "404 not-found orderId");
    let operator = scenario.operator();
    let facts = operator.get(&format!("/api/operator/withdrawals/{again}/facts")).await;
    assert_eq!(facts.problem(), "403 forbidden -");
    scenario.finish().await;
}
