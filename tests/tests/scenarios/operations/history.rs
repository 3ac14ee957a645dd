//! `evens verify history` beside a running system: all ledgers, part by part.

use super::recent::verify_part;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_tests::Scenario;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_record_of_an_old_entry_shows_in_the_history() {
    let scenario = Scenario::start().await;
    let [one, other] = [scenario.funded(41, "100").await, scenario.funded(42, "100").await];
    one.bet("old", "A", "10").await;
    other.bet("old", "B", "10").await;
    scenario.await_ended().await;
    let (code, said) = verify_part(&scenario, "history", &[]).await;
    assert!(code == Some(0) && said.contains("The ledgers are in order."), "{said}");
    assert!(said.contains(" wallets with 5 entries."), "{said}");

    let table = &scenario.context().settings.table;
    let fundings = scenario.dynamodb().scan().table_name(table).send().await.unwrap();
    let kind = AttributeValue::S("funding".to_owned());
    let funding =
        fundings.items().iter().find(|item| item.get("kind") == Some(&kind)).expect("a funding").clone();
    let mut changed = funding.clone();
    changed.insert("amount".to_owned(), AttributeValue::N("1000".to_owned()));
    let put = async |item| {
        scenario.dynamodb().put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    };
    put(changed).await;
    let (code, said) = verify_part(&scenario, "history", &[]).await;
    assert!(code == Some(1) && said.contains("moves 100, not 1000."), "{said}");
    assert!(said.contains("The ledgers are NOT in order: 1 violation."), "{said}");
    let (code, said) = verify_part(&scenario, "history", &["--json"]).await;
    let found: Value = serde_json::from_str(&said).expect("one JSON object");
    assert_eq!((code, &found["verdict"]), (Some(1), &Value::from("offenders")));
    assert_eq!(found["counts"]["entries"], 5);
    assert_eq!(found["violations"][0]["name"], "M3");
    put(funding).await;
    scenario.finish().await;
}
