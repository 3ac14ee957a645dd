//! Players' own limits on Lambda.

use crate::{Platform, body, request};
use evens_ledger::UserId;
use serde_json::{Value, json};

const USER: u64 = 7;

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_set_and_an_exclusion_begins_by_a_function() {
    let platform = Platform::start().await;
    let mut limiting = platform.function("limits").await;
    let token = platform.token_of_funded(USER).await;
    let headers = json!({ "authorization": format!("Bearer {token}"), "content-type": "application/json" });
    let limit = json!({ "kind": "stakes", "period": "day", "limit": 25.5 });
    let set = limiting.invoke(&request("POST /api/limits", &headers, &limit)).await;
    assert_eq!((&set["statusCode"], &body(&set)["data"]["left"]), (&200.into(), &json!(25.5)), "{set}");
    let listed = limiting.invoke(&request("GET /api/limits", &headers, &Value::Null)).await;
    assert_eq!(body(&listed)["data"]["limits"].as_array().map(Vec::len), Some(9), "{listed}");
    let months = json!({ "months": 6 });
    let excluded = limiting.invoke(&request("POST /api/exclusion", &headers, &months)).await;
    assert_eq!(body(&excluded)["data"]["isExcluded"], true, "{excluded}");

    let (cashier, play) = platform.store.load_limits(UserId::new(USER).unwrap()).await.unwrap();
    assert!(cashier.exclusion.is_some());
    assert_eq!(play.rules, cashier.play_rules(), "the wallet says the same");
}
