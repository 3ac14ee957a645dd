//! `evens verify recent` beside a running system: the movements of the last hours alone.

use aws_sdk_dynamodb::types::AttributeValue;
use evens_tests::{Process, Scenario};
use serde_json::Value;

/// Runs `evens verify` for a part of the books. Returns its exit code and its output.
pub(super) async fn verify_part(scenario: &Scenario, part: &str, options: &[&str]) -> (Option<i32>, String) {
    let arguments: Vec<_> = ["verify", part].iter().chain(options).copied().collect();
    let exit = Process::run(scenario.folder(), &arguments, &[]).await;
    (exit.code, format!("{}{}", exit.stdout, exit.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_was_changed_shows_among_the_movements_of_the_last_hours() {
    let scenario = Scenario::start().await;
    let [one, other] = [scenario.funded(41, "100").await, scenario.funded(42, "100").await];
    one.bet("recent", "A", "10").await;
    other.bet("recent", "B", "10").await;
    let (code, said) = verify_part(&scenario, "recent", &[]).await;
    assert!(code == Some(0) && said.contains("The recent movements are in order."), "{said}");
    assert!(said.contains("2 wallets have moved since"), "{said}");

    let wallet = scenario.dynamodb().get_item().table_name(&scenario.context().settings.table);
    let wallet = wallet.key("pk", AttributeValue::S("USER#41".to_owned()));
    let wallet = wallet.key("sk", AttributeValue::S("WALLET".to_owned())).send().await.unwrap().item.unwrap();
    let mut changed = wallet.clone();
    changed.insert("bonus".to_owned(), AttributeValue::N("1000".to_owned()));
    changed.insert("balance".to_owned(), AttributeValue::N("1000".to_owned()));
    let put = async |item| {
        let put = scenario.dynamodb().put_item().table_name(&scenario.context().settings.table);
        put.set_item(Some(item)).send().await.unwrap();
    };
    put(changed).await;
    let (code, said) = verify_part(&scenario, "recent", &["--hours", "6"]).await;
    assert!(code == Some(1) && said.contains("M4  The wallet of user 41 holds 1000"), "{said}");
    assert!(said.contains("The recent movements are NOT in order: 1 violation."), "{said}");
    let (code, said) = verify_part(&scenario, "recent", &["--json"]).await;
    let found: Value = serde_json::from_str(&said).expect("one JSON object");
    assert_eq!((code, &found["verdict"]), (Some(1), &Value::from("offenders")));
    assert_eq!(found["violations"][0]["subject"], "user 41");
    put(wallet).await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_are_from_1_to_936() {
    let scenario = Scenario::start().await;
    for hours in ["0", "937", "two"] {
        let (code, said) = verify_part(&scenario, "recent", &["--hours", hours]).await;
        assert!(code == Some(2) && said.contains("--hours"), "{hours}: {said}");
    }
    scenario.finish().await;
}
