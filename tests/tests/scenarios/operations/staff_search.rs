//! Staff find players, orders, rounds and bets by one text, and list rounds, withdrawals and players by time.

use crate::payments::withdrawing::{payee, withdraw};
use evens_players::{Account, Registration, UserName};
use evens_tests::{Request, Scenario, await_until};
use serde_json::{Value, json};

async fn named(scenario: &Scenario, number: u64, name: &str) {
    let name = Some(UserName::parse(name).expect("a name"));
    let account = Scenario::account(number, None);
    scenario.enrol_as(&Account { name, registration: Registration::Done, ..account }).await;
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().expect("a list").iter();
    items.map(|item| item[field].to_string().trim_matches('"').to_owned()).collect()
}

/// By name, number, phone number and code, and by the ids of an order, a round and a bet. Orders are not for operators.
#[tokio::test(flavor = "multi_thread")]
async fn one_search_finds_players_and_things() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=1")]).await;
    named(&scenario, 41, "Ravi").await;
    named(&scenario, 42, "Ravina").await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "20", &payee, "key").await;
    let bet = player.bet("round-7", "A", "10").await.bet_id;
    let code = scenario.cashier().get("/api/operator/users/41").await.expect(200)["data"]["referringCode"]
        .as_str()
        .expect("a code")
        .to_owned();
    let search = async |client: &evens_tests::Client, text: &str| {
        let path = format!("/api/operator/search?text={text}");
        client.get(&path).await.expect(200)["data"].clone()
    };
    let cashier = scenario.cashier();
    for (text, users) in [
        ("ravi", &["41", "42"][..]),
        ("RAVIN", &["42"]),
        ("42", &["42"]),
        ("%2B918000000041", &["41"]),
        (code.as_str(), &["41"]),
        ("nobody", &[]),
    ] {
        let found = search(&cashier, text).await;
        assert_eq!(texts(&found["users"], "userId"), users, "{text}");
        assert_eq!(found["hasMoreUsers"], json!(false));
        assert_eq!((&found["orders"], &found["bets"]), (&json!([]), &json!([])), "{text}");
    }
    let found = search(&cashier, &order).await;
    let named = json!({ "userId": 41, "userName": "Ravi" });
    assert_eq!(texts(&found["orders"], "orderId"), std::slice::from_ref(&order));
    assert_eq!(
        (&found["orders"][0]["player"], &found["orders"][0]["state"], &found["orders"][0]["direction"]),
        (&named, &json!("HELD"), &json!("withdrawal"))
    );
    let found = search(&scenario.operator(), &order).await;
    assert_eq!(found["orders"], json!([]), "not for operators");
    let found = search(&scenario.operator(), &bet).await;
    assert_eq!(texts(&found["bets"], "roundId"), ["round-7"]);
    assert_eq!(found["bets"][0]["player"], named);
    let found = search(&scenario.auditor(), "round-7").await;
    assert_eq!(texts(&found["rounds"], "roundId"), ["round-7"]);
    assert_eq!(found["rounds"][0]["state"], json!("OPEN"));
    assert_eq!(player.get("/api/operator/search?text=41").await.problem(), "403 forbidden -");
    scenario.finish().await;
}

/// Closed and cancelled rounds are listed at once, those that ended last first.
#[tokio::test(flavor = "multi_thread")]
async fn ended_rounds_are_listed() {
    let scenario = Scenario::start().await;
    let operator = scenario.operator();
    for round in ["first", "second", "third"] {
        let body = json!({ "roundId": round }).to_string();
        operator.send(Request::new("POST", "/api/rounds").json(body)).await.expect(201);
    }
    operator.close_round("first").await.expect(200);
    operator.close_round("second").await.expect(200);
    let cancel = Request::new("POST", "/api/rounds/third/cancel").json(json!({ "reason": "r" }).to_string());
    operator.send(cancel).await.expect(200);
    for (query, expected) in [
        ("", &["second", "first"][..]),
        ("?state=closed", &["second", "first"]),
        ("?state=cancelled", &["third"]),
        ("?until=2020-01-01T00:00:00Z", &[]),
        ("?since=2020-01-01T00:00:00Z", &["second", "first"]),
    ] {
        let page = operator.get(&format!("/api/operator/rounds/ended{query}")).await.expect(200);
        assert_eq!(texts(&page["data"], "roundId"), expected, "{query}");
        assert_eq!(page["nextCursor"], Value::Null);
    }
    for (query, problem) in [
        ("?state=open", "422 invalid state"),
        ("?since=now", "422 invalid since"),
        ("?cursor=x", "422 invalid cursor"),
    ] {
        let path = format!("/api/operator/rounds/ended{query}");
        assert_eq!(operator.get(&path).await.problem(), problem);
    }
    assert_eq!(scenario.cashier().get("/api/operator/rounds/ended").await.problem(), "403 forbidden -");
    scenario.finish().await;
}

/// The newest players come first, page by page, and a new name is found at once.
#[tokio::test(flavor = "multi_thread")]
async fn newest_players_are_listed() {
    let scenario = Scenario::start().await;
    for number in 1_001..=1_052 {
        scenario.enrol(number, evens_runtime::tokens::Role::Player).await;
    }
    let auditor = scenario.auditor();
    let first = auditor.get("/api/operator/players").await.expect(200);
    let next = first["nextCursor"].as_str().expect("a further page");
    let second = auditor.get(&format!("/api/operator/players?cursor={next}")).await.expect(200);
    let numbers = [texts(&first["data"], "userId"), texts(&second["data"], "userId")].concat();
    let expected: Vec<_> = (1_001..=1_052).rev().map(|number: u64| number.to_string()).collect();
    assert_eq!(numbers[..52], expected[..], "newest first; staff of the scenario follow");
    let player = scenario.player(1_007);
    let rename = Request::new("PATCH", "/api/users/me").json(json!({ "userName": "Zoya" }).to_string());
    player.send(rename).await.expect(200);
    await_until("a player by their new name", Scenario::DEADLINE, async || {
        let found = auditor.get("/api/operator/search?text=zo").await.expect(200);
        (texts(&found["data"]["users"], "userId") == ["1007"]).then_some(())
    })
    .await;
    scenario.finish().await;
}
