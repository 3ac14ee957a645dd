//! The rooms of staff: the numbers of the platform, bets on a period, and orders that wait for a cashier.

use crate::live::games::{bet, period};
use crate::operations::watched::{metrics, metrics_address};
use crate::payments::withdrawing::{decide, payee, withdraw};
use evens_contracts::Queue;
use evens_players::Role;
use evens_tests::{Client, LiveSocket, Process, Scenario, await_until};
use jiff::Timestamp;
use serde_json::{Value, json};

const ROOMS: [&str; 3] = ["admin", "admin:wingo-30", "cashier"];

fn at(event: &Value) -> Timestamp {
    event["revision"].as_str().expect("a text").parse().expect("a time")
}

/// H4: a room of staff admits the roles that can read the same by `GET`, at a socket and at `GET /api/live`.
#[tokio::test(flavor = "multi_thread")]
async fn rooms_of_staff_admit_their_roles() {
    let scenario = Scenario::start().await;
    let table: [(&str, Client, [bool; 3]); 4] = [
        ("player", scenario.player(41), [false, false, false]),
        ("operator", scenario.operator(), [true, true, false]),
        ("cashier", scenario.cashier(), [false, false, true]),
        ("auditor", scenario.auditor(), [true, false, true]),
    ];
    for (role, client, admitted) in table {
        let (mut socket, _) = client.socket(&[]).await;
        for (room, is_admitted) in ROOMS.into_iter().zip(admitted) {
            let answer = socket.ask(json!({ "type": "subscribe", "rooms": [room] })).await;
            let status = client.get(&format!("/api/live?rooms={room}")).await.status();
            if is_admitted {
                assert_eq!((&answer["ok"], status), (&json!(true), 200), "{role} {room}: {answer}");
            } else {
                let kind = "urn:evens:problem:forbidden";
                assert_eq!((&answer["problem"]["type"], status), (&json!(kind), 403), "{role} {room}");
            }
        }
    }
    scenario.finish().await;
}

/// Operators and auditors read the same numbers by request.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_for_operators_and_auditors() {
    let scenario = Scenario::start().await;
    for path in ["queues", "queues/minutes", "sockets", "metrics", "metrics/minutes"] {
        let path = format!("/api/operator/{path}");
        for client in [scenario.operator(), scenario.auditor()] {
            client.get(&path).await.expect(200);
        }
        for client in [scenario.cashier(), scenario.player(41)] {
            assert_eq!(client.get(&path).await.problem(), "403 forbidden -", "{path}");
        }
    }
    let minutes = scenario.auditor().get("/api/operator/queues/minutes").await.expect(200);
    let queues = minutes["data"]["queues"].as_array().unwrap();
    assert_eq!(queues.len(), Queue::ALL.len());
    let count = minutes["data"]["minutes"].as_array().unwrap().len();
    assert!(
        queues.iter().all(|queue| queue["completed"].as_array().map(Vec::len) == Some(count)),
        "{minutes}"
    );
    scenario.finish().await;
}

/// H4: the numbers come with the first answer, and again each second, without a request.
#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_the_platform_are_pushed_each_second() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let operator = scenario.operator();
    let (mut socket, first) = operator.socket(&["admin"]).await;
    let kinds: Vec<_> = first["events"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds[..4], ["wallet", "health", "metrics", "queues"], "{first}");
    player.bet("pushed", "A", "10").await;
    let counted =
        socket.await_event(|event| event["type"] == "metrics" && event["data"]["total"]["bets"] == 1).await;
    let later = socket.await_event(|event| event["type"] == "metrics").await;
    let apart = at(&later).duration_since(at(&counted));
    assert!(apart.as_millis() > 500, "{apart:#}");
    let health = socket.await_event(|event| event["type"] == "health").await;
    assert_eq!(health["data"], scenario.visitor().get("/health").await.expect(200));
    assert_eq!(health["rooms"], json!(["admin"]));
    let queues = socket.await_event(|event| event["type"] == "queues").await;
    let named =
        |body: &Value| body.as_array().unwrap().iter().map(|one| one["queue"].clone()).collect::<Vec<_>>();
    assert_eq!(
        named(&queues["data"]),
        named(&operator.get("/api/operator/queues").await.expect(200)["data"])
    );
    scenario.finish().await;
}

/// H4, G9: the bets on the current period of a room.
#[tokio::test(flavor = "multi_thread")]
async fn bets_on_a_period_are_pushed_to_operators() {
    let scenario = Scenario::start_with(&[("EVENS_BLOCK_SOURCE", "none")]).await;
    scenario.enrol(41, Role::Player).await;
    let player = scenario.funded(41, "100").await;
    let (mut socket, _) = scenario.operator().socket(&["admin:wingo-30"]).await;
    let period = period(&scenario).await;
    bet(&player, &period, "odd").await;
    let has_bet = |event: &Value| event["data"]["periodId"] == period.as_str() && event["data"]["bets"] == 1;
    let pushed = socket.await_event(has_bet).await;
    assert_eq!((&pushed["type"], &pushed["id"]), (&json!("distribution"), &json!("distribution:wingo-30")));
    let path = format!("/api/games/wingo/30/period/{period}/distribution");
    let read = scenario.operator().get(&path).await.expect(200);
    assert_eq!(pushed["data"]["selections"], read["data"]["selections"]);
    // Staff see the player's bets on games as the player does.
    let listed = scenario.cashier().get("/api/operator/users/41/game-bets").await.expect(200);
    assert_eq!(listed, player.get("/api/games/my-bets").await.expect(200));
    assert_eq!(
        scenario.operator().get("/api/operator/users/x/game-bets").await.problem(),
        "404 not-found userId"
    );
    // The books are whole once the period is drawn and paid.
    await_until("the bet is decided", Scenario::DEADLINE, async || {
        let bets = player.get("/api/games/my-bets").await.expect(200);
        (bets["data"][0]["status"] != "PENDING").then_some(())
    })
    .await;
    scenario.await_ended().await;
    scenario.finish().await;
}

/// A cashier hears of a held withdrawal, of its first approval, and of its end.
#[tokio::test(flavor = "multi_thread")]
async fn orders_that_wait_are_pushed_to_cashiers() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=5,four-eyes-above=50")]).await;
    let player = scenario.funded(41, "100").await;
    let second = 900_041;
    scenario.enrol(second, Role::Cashier).await;
    let cashiers = [scenario.cashier(), scenario.client(second, Role::Cashier)];
    let (mut socket, first) = scenario.cashier().socket(&["cashier"]).await;
    let none = json!({ "withdrawals": [], "deposits": [], "hasMore": false });
    let first = first["events"].as_array().unwrap().iter().find(|event| event["type"] == "review").unwrap();
    assert_eq!(first["data"], none);
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "60", &payee, "withdrawal-1").await;
    for (approvals, cashier) in cashiers.iter().enumerate() {
        let waits = json!([{ "orderId": order, "approvals": approvals }]);
        socket.await_event(|event| event["type"] == "review" && event["data"]["withdrawals"] == waits).await;
        decide(cashier, &order, "approve").await.expect(200);
    }
    socket.await_event(|event| event["type"] == "review" && event["data"] == none).await;
    scenario.await_ended().await;
    scenario.finish().await;
}

/// H4: who loses the role loses the room within seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_role_closes_the_socket_in_a_room_of_staff() {
    let scenario = Scenario::start().await;
    for (number, role, room) in [(900_031, Role::Operator, "admin"), (900_032, Role::Cashier, "cashier")] {
        scenario.enrol(number, role).await;
        let (mut socket, _) = scenario.client(number, role).socket(&[room]).await;
        let exit =
            Process::run(scenario.folder(), &["user", "role", &number.to_string(), "player"], &[]).await;
        assert_eq!(exit.code, Some(0), "{exit:?}");
        assert_eq!(socket.await_bye().await, ("role-lost".to_owned(), 4_403));
    }
    scenario.finish().await;
}

/// The counts of a series with one label, by its value.
fn series(found: &std::collections::BTreeMap<String, String>, name: &str) -> Vec<(String, u64)> {
    let of_name = found.iter().filter_map(|(series, value)| {
        let label = series.strip_prefix(name)?.strip_prefix('{')?.split('"').nth(1)?;
        Some((label.to_owned(), value.parse().ok()?))
    });
    of_name.collect()
}

fn counts(body: &Value) -> Vec<(String, u64)> {
    let count = |one: &Value| (one["name"].as_str().unwrap().to_owned(), one["count"].as_u64().unwrap());
    body.as_array().unwrap().iter().map(count).collect()
}

/// The route, the pushed numbers and `/metrics` say the same.
#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_counted_by_role_room_and_reason() {
    let scenario =
        Scenario::start_with(&[("RUST_LOG", "info"), ("EVENS_METRICS_LISTEN", "127.0.0.1:0")]).await;
    let address = metrics_address(&scenario).await;
    let (_player, _) = scenario.player(41).socket(&["rounds", "round:r-1", "round:r-2"]).await;
    let _silent = LiveSocket::open(scenario.api()).await;
    assert_eq!(LiveSocket::try_open(scenario.api(), Some("https://evil.example.com")).await.err(), Some(403));
    let mut malformed = LiveSocket::open(scenario.api()).await;
    malformed.say_text("{").await;
    malformed.await_bye().await;
    let (mut operator, _) = scenario.operator().socket(&["admin"]).await;
    let pushed = operator
        .await_event(|event| {
            let has = |field: &str, name: &str, count: u64| {
                counts(&event["data"][field]).contains(&(name.to_owned(), count))
            };
            event["type"] == "sockets"
                && has("roles", "player", 1)
                && has("roles", "operator", 1)
                && has("roles", "none", 1)
                && has("rooms", "round", 2)
                && has("rooms", "admin", 1)
                && has("refused", "origin", 1)
                && has("ended", "malformed", 1)
        })
        .await;
    await_until("the metrics say the same", Scenario::DEADLINE, async || {
        let read = scenario.operator().get("/api/operator/sockets").await.expect(200);
        let found = metrics(address).await;
        let names = [
            ("roles", "evens_sockets"),
            ("rooms", "evens_socket_rooms"),
            ("refused", "evens_sockets_refused_total"),
            ("ended", "evens_sockets_ended_total"),
        ];
        names
            .iter()
            .all(|(field, name)| {
                let counted = counts(&read["data"][field]);
                counted == counts(&pushed["data"][field]) && counted == series(&found, name)
            })
            .then_some(())
    })
    .await;
    scenario.finish().await;
}
