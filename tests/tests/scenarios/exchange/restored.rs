//! A table restored from a backup: a player who knows the results of its rounds cannot profit from that.

use crate::exchange::operate_rounds::audit_lines;
use crate::operations::user_commands::run;
use evens_tests::{Client, Request, Scenario};
use serde_json::{Value, json};
use std::fs;

const ROUNDS: usize = 20;

fn name(number: usize) -> String {
    format!("r{number}")
}

async fn open_rounds(scenario: &Scenario) {
    for number in 0..ROUNDS {
        let body = json!({ "roundId": name(number), "draw": "round" }).to_string();
        scenario.operator().send(Request::new("POST", "/api/rounds").json(body)).await.expect(201);
    }
}

/// Copies the table, runs `between`, and then replaces the table with the copy.
async fn restore(scenario: &mut Scenario, between: impl AsyncFnOnce(&Scenario)) {
    let copy = scenario.folder().join("copied");
    let copied = run(scenario, &["backup", copy.to_str().unwrap()]).await;
    assert_eq!(copied.code, Some(0), "{}", copied.stderr);
    between(scenario).await;
    scenario.kill_9().await;
    let data = scenario.folder().join("data");
    fs::rename(&data, scenario.folder().join("lost")).unwrap();
    fs::rename(&copy, &data).unwrap();
}

/// Closes every round and returns the winners.
async fn winners(scenario: &Scenario) -> Vec<Value> {
    let mut winners = Vec::new();
    for number in 0..ROUNDS {
        scenario.operator().close_round(&name(number)).await.expect(200);
    }
    for number in 0..ROUNDS {
        let body = scenario.await_published(&name(number)).await;
        winners.push(body["data"]["winnerSide"].clone());
    }
    winners
}

/// Bets on each known winner. Returns the number of accepted bets.
async fn bet_on_winners(player: &Client, winners: &[Value]) -> usize {
    let mut taken = 0;
    for (number, winner) in winners.iter().enumerate() {
        let answer = player.try_bet(&name(number), winner.as_str().unwrap(), "1").await;
        match answer.status() {
            202 => taken += 1,
            _ => assert_eq!(answer.problem(), "409 round-state roundId"),
        }
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bet_is_taken_in_a_round_that_was_open_when_a_table_was_copied() {
    let mut scenario = Scenario::start().await;
    open_rounds(&scenario).await;
    let alice = scenario.funded(41, "100").await;
    let bob = scenario.funded(42, "100").await;
    scenario.funded(43, "100").await;
    let placed = alice.bet("r0", "A", "10").await;
    let matched = bob.bet("r0", "B", "4").await;
    scenario.await_idle().await;
    let mut known = Vec::new();
    restore(&mut scenario, async |scenario| known = winners(scenario).await).await;

    scenario.restart().await;
    assert!(scenario.log().contains("cancelled its 20 open rounds"), "{}", scenario.log());
    assert_eq!(bet_on_winners(&scenario.player(43), &known).await, 0, "taken of 20");
    scenario.await_ended().await;
    for (player, bet) in [(41, &placed), (42, &matched)] {
        let player = scenario.player(player);
        assert_eq!(player.read_bet(&bet.bet_id).await["status"], "REFUNDED");
        assert_eq!(player.balance().await, "100".parse().unwrap());
    }
    // The table is no longer marked as a copy: rounds opened from now on stay open.
    let body = json!({ "roundId": "next" }).to_string();
    scenario.operator().send(Request::new("POST", "/api/rounds").json(body)).await.expect(201);
    scenario.restart().await;
    scenario.player(43).bet("next", "A", "1").await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_from_a_copy_that_is_cut_off_is_made_up_for_by_the_next() {
    let mut scenario = Scenario::start().await;
    open_rounds(&scenario).await;
    restore(&mut scenario, async |_| {}).await;
    let marker = scenario.folder().join("data/copy");
    assert!(marker.exists());
    // A read-only command keeps the marker.
    let looked = run(&scenario, &["user", "list"]).await;
    assert_eq!((looked.code, marker.exists()), (Some(0), true), "{}", looked.stderr);
    scenario.restart().await;
    assert!(!marker.exists());
    // As if the process had been killed before it removed the marker.
    scenario.stop().await;
    fs::write(&marker, "").unwrap();
    scenario.restart().await;
    assert!(!marker.exists());
    assert_eq!(scenario.visitor().get("/api/rounds/r7").await.expect(200)["data"]["state"], "CANCELLED");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_cancels_the_rounds_of_a_table_that_was_brought_back() {
    let scenario = Scenario::start().await;
    open_rounds(&scenario).await;
    scenario.operator().close_round("r3").await.expect(200);
    let alice = scenario.funded(41, "100").await;
    let placed = alice.bet("r0", "A", "10").await;
    let cancelled = run(&scenario, &["rounds", "cancel-open"]).await;
    assert_eq!(
        (cancelled.code, cancelled.stdout.as_str()),
        (Some(0), "Cancelled 19 rounds\n"),
        "{}",
        cancelled.stderr
    );
    assert!(cancelled.stderr.contains("cancelled round r19  os.uid="), "{}", cancelled.stderr);
    let audit_log = audit_lines(&scenario, "r19").await;
    let [opened, cancelled] = audit_log.as_slice() else { panic!("{audit_log:?}") };
    assert!(opened.contains(" open-round "), "{opened}");
    assert!(cancelled.starts_with("command-line cancel-round \"by "), "{cancelled}");
    assert!(cancelled.ends_with("OPEN -> CANCELLED"), "{cancelled}");
    assert_eq!(alice.try_bet("r0", "A", "1").await.problem(), "409 round-state roundId");
    alice.await_status(&placed.bet_id, "REFUNDED").await;
    let again = run(&scenario, &["rounds", "cancel-open"]).await;
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "Cancelled 0 rounds\n"), "{}", again.stderr);
    assert_eq!(scenario.await_published("r3").await["data"]["state"], "RESULTED");
    scenario.finish().await;
}
