//! Several processes over one table: a change at one of them reaches the sockets of the other.

use evens_tests::{Addresses, LiveSocket, PASSWORD, Process, Scenario, await_until, phone};
use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::timeout;

/// A second process over the table and the queues of the scenario's, which takes the same tokens.
async fn second(scenario: &Scenario) -> (Process, SocketAddr, TempDir) {
    let engines = fs::read(scenario.folder().join("data/engines.json")).expect("addresses");
    let engines: Addresses = serde_json::from_slice(&engines).expect("JSON");
    let keys = scenario.signer().public_key().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let variables = [("EVENS_TOKEN_PUBLIC_KEYS", keys.as_str())];
    let (process, api) = Process::serve_over(folder.path(), &engines, &variables).await;
    (process, api, folder)
}

/// H2: the bet is placed at one process, and its settlement is seen at the other. Processes find each other within
/// seconds, so early bets may be missed.
#[tokio::test(flavor = "multi_thread")]
async fn a_bet_at_one_process_is_seen_at_the_other() {
    let scenario = Scenario::start().await;
    let (_process, api, _folder) = second(&scenario).await;
    let (alice, bob) = (scenario.funded(41, "1000").await, scenario.funded(42, "1000").await);
    let (mut at_other, _) = alice.at(api).socket(&["round:r"]).await;
    let seen = await_until("a settlement from the other process", Scenario::DEADLINE, async || {
        let bet = alice.bet("r", "A", "1").await;
        bob.bet("r", "B", "1").await;
        let is_settled =
            |event: &Value| event["data"]["betId"] == bet.bet_id && event["data"]["status"] == "SETTLED";
        timeout(Duration::from_secs(3), at_other.await_event(is_settled)).await.ok()
    })
    .await;
    let bet_id = seen["data"]["betId"].as_str().expect("an id");
    assert_eq!(seen["data"], alice.at(api).read_bet(bet_id).await);
    at_other.await_event(|event| event["type"] == "round").await;

    // H2: a client of the process that ends goes on at the other one.
    let wallet = at_other.ask(json!({ "type": "sync" })).await["events"][0].clone();
    let mut here = LiveSocket::open(scenario.api()).await;
    let hello = alice.hello(&[]);
    let known = json!({ "wallet": wallet["revision"] });
    let resumed = here.ask(json!({ "type": "hello", "token": hello["token"], "known": known })).await;
    let mut kinds = resumed["events"].as_array().expect("events").iter().map(|event| &event["type"]);
    assert!(kinds.all(|kind| kind == "bet"), "{resumed}");
    scenario.finish().await;
}

/// The command runs in a process of its own, and both processes close the socket without another message.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_closes_the_sockets_of_every_process() {
    let scenario = Scenario::start().await;
    let (_process, api, _folder) = second(&scenario).await;
    let player = scenario.signed_up(&phone(41), PASSWORD).await;
    let (mut here, _) = player.socket(&[]).await;
    let (mut there, _) = player.at(api).socket(&[]).await;
    let exit = Process::run(scenario.folder(), &["user", "block", &player.user.to_string()], &[]).await;
    assert_eq!(exit.code, Some(0), "{exit:?}");
    for socket in [&mut here, &mut there] {
        assert_eq!(socket.await_bye().await, ("blocked".to_owned(), 4_403));
    }
    scenario.finish().await;
}
