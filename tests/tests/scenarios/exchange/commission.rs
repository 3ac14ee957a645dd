//! The commission on net winnings: told before and after a bet, taken once, and explained by the books.

use crate::exchange::settle::await_settled;
use evens_ledger::Amount;
use evens_tests::{Client, Placed, Request, Scenario};
use serde_json::{Value, json};

const RATE: &[(&str, &str)] = &[("EVENS_COMMISSION", "0.0250")];

async fn opened(scenario: &Scenario, body: Value) -> Value {
    let request = Request::new("POST", "/api/rounds").json(body.to_string());
    scenario.operator().send(request).await.expect(201)["data"].take()
}

/// The entries of a player's ledger as key purpose and amount, newest first.
async fn ledger(client: &Client) -> Vec<(String, Value)> {
    let page = client.get("/api/wallet/ledger").await.expect(200);
    let entries = page["data"].as_array().unwrap().iter();
    let purpose =
        |entry: &Value| entry["idempotentKey"].as_str().unwrap().split(':').next().unwrap().to_owned();
    entries.map(|entry| (purpose(entry), entry["amount"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_winner_pays_the_rate_of_the_round() {
    let scenario = Scenario::start_with(RATE).await;
    // The rate of the platform, a rate of its own, and none.
    let table =
        [("usual", None, json!(0.025)), ("dear", Some("0.1"), json!(0.1)), ("free", Some("0"), Value::Null)];
    for (id, rate, expected) in &table {
        let body = match rate {
            Some(rate) => json!({ "roundId": id, "commissionRate": rate }),
            None => json!({ "roundId": id }),
        };
        assert_eq!(opened(&scenario, body.clone()).await["commissionRate"], *expected, "{id}");
        // A repeat finds the same round.
        assert_eq!(opened(&scenario, body).await["commissionRate"], *expected, "{id}");
        let read = scenario.visitor().get(&format!("/api/rounds/{id}")).await.expect(200);
        assert_eq!(read["data"]["commissionRate"], *expected, "{id}");
    }
    let wrong =
        Request::new("POST", "/api/rounds").json(r#"{"roundId":"usual","commissionRate":0.1}"#.to_owned());
    assert_eq!(scenario.operator().send(wrong).await.problem(), "409 round-exists roundId");

    let players = [scenario.funded(41, "500").await, scenario.funded(42, "500").await];
    for ((id, _, rate), commission) in table.iter().zip([Some(2.5), Some(10.0), None]) {
        let answer = players[0].try_bet(id, "A", "100").await;
        assert_eq!(answer.expect(202)["data"]["commissionRate"], *rate, "{id}");
        let placed = [Placed::of(&answer), players[1].bet(id, "B", "100").await];
        let settled = await_settled(&scenario, &[(&players[0], &placed[0]), (&players[1], &placed[1])]).await;
        let won = usize::from(settled[1]["payout"] == 200.0);
        assert_eq!((&settled[won]["payout"], &settled[won]["commissionRate"]), (&json!(200), rate), "{id}");
        assert_eq!(settled[won]["commission"].as_f64(), commission, "{id}");
        assert_eq!(settled[1 - won]["commission"].as_f64(), commission.map(|_| 0.0), "{id}");
        let entries = ledger(&players[won]).await;
        let newest: Vec<_> = entries.iter().map(|(purpose, _)| purpose.as_str()).take(2).collect();
        assert_eq!(
            newest,
            if commission.is_some() { ["COMMISSION", "SETTLE"] } else { ["SETTLE", "BET"] },
            "{id}"
        );
    }
    let held = players[0].balance().await.checked_add(players[1].balance().await);
    assert_eq!(held, Some("987.5".parse::<Amount>().unwrap()), "2.5 and 10 are with the house");
    scenario.finish().await;
}

/// A rate applies to rounds that open under it, and an invalid one stops the start or the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_keeps_its_rate_when_the_setting_changes() {
    let mut scenario = Scenario::start().await;
    assert_eq!(opened(&scenario, json!({ "roundId": "before" })).await["commissionRate"], Value::Null);
    scenario.stop().await;
    scenario.restart_with(RATE).await;
    let read = scenario.visitor().get("/api/rounds/before").await.expect(200);
    assert_eq!(read["data"]["commissionRate"], Value::Null);
    assert_eq!(opened(&scenario, json!({ "roundId": "after" })).await["commissionRate"], 0.025);
    for rate in ["0.1001", "0.00001", "-0.01", "\"5%\""] {
        let body = format!(r#"{{"roundId":"other","commissionRate":{rate}}}"#);
        let request = Request::new("POST", "/api/rounds").json(body);
        assert_eq!(scenario.operator().send(request).await.problem(), "422 invalid commissionRate", "{rate}");
    }
    scenario.finish().await;
}
