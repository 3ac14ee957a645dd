//! `GET /api/platform`: what a page shows and checks before anyone has signed up.

use evens_tests::Scenario;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn anyone_can_read_the_settings_of_the_platform() {
    let variables = [
        ("EVENS_BETS", "off"),
        ("EVENS_DEPOSITS", "off"),
        ("EVENS_DEPOSIT_MAX", "2000.5"),
        ("EVENS_WITHDRAWAL_MIN", "7"),
        ("EVENS_CURRENCY", "KWD"),
        ("EVENS_PHONE_COUNTRY", "KW"),
        ("EVENS_STAKE_MIN", "0.25"),
    ];
    let scenario = Scenario::start_with(Box::leak(Box::new(variables))).await;
    let answer = scenario.visitor().get("/api/platform").await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=5"));
    let expected = json!({
        "stage": "local", "currency": "KWD", "currencyDecimals": 3, "phoneCountry": "KW",
        "bets": false, "deposits": false, "withdrawals": true, "paused": [],
        "stakeMin": 0.25, "stakeMax": 1_000_000_000_000_u64, "refundAfterSeconds": 300,
        "depositMin": 1, "depositMax": 2000.5, "withdrawalMin": 7,
    });
    assert_eq!(answer.expect(200)["data"], expected);
    scenario.finish().await;
}
