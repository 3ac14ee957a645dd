//! The quick round of the local stage: from two bets to a draw that anyone can verify, without an operator.

use evens_tests::{Addresses, Client, Process, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::fs;
use std::time::Duration;

const ON: &[(&str, &str)] = &[("EVENS_QUICK_ROUND", "on")];

/// The open quick rounds.
async fn open(client: &Client) -> Vec<Value> {
    let page = client.get("/api/rounds").await.expect(200);
    let rounds = page["data"].as_array().unwrap().clone();
    let is_quick = |round: &Value| round["roundId"].as_str().unwrap().starts_with("quick-");
    rounds.into_iter().filter(is_quick).collect()
}

/// The id of the one that is open, other than that one.
async fn await_open(client: &Client, other_than: &str) -> String {
    await_until("an open quick round", Scenario::DEADLINE, async || {
        let rounds = open(client).await;
        let id = rounds.first()?["roundId"].as_str()?.to_owned();
        (rounds.len() == 1 && id != other_than).then_some(id)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_round_closes_when_two_have_met_and_the_next_one_opens() {
    let mut scenario = Scenario::start_with(ON).await;
    let anyone = scenario.visitor();
    let id = await_open(&anyone, "").await;
    // It goes on after a restart, and no second one is opened.
    scenario.kill_9().await;
    scenario.restart().await;
    let anyone = scenario.visitor();
    assert_eq!(await_open(&anyone, "").await, id);

    let read = async || anyone.get(&format!("/api/rounds/{id}")).await.expect(200)["data"].take();
    let closes_by = |round: &Value| round["closesBy"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let [one, other] = [scenario.funded(41, "100").await, scenario.funded(42, "100").await];
    one.bet(&id, "A", "10").await;
    assert!(closes_by(&read().await) > Timestamp::now() + SignedDuration::from_hours(23));
    other.bet(&id, "B", "10").await;
    let soon = await_until("the time at which it closes", Duration::from_secs(20), async || {
        let closes_by = closes_by(&read().await);
        (closes_by < Timestamp::now() + SignedDuration::from_secs(11)).then_some(closes_by)
    });
    soon.await;

    let round = scenario.await_published(&id).await;
    assert_eq!(round["data"]["state"], "CLOSED");
    assert_eq!((&round["data"]["matched"]["A"], &round["data"]["matched"]["B"]), (&10.into(), &10.into()));
    let verified = Process::run(scenario.folder(), &["verify", "round", &id], &[]).await;
    assert_eq!(verified.code, Some(0), "{verified:?}");

    let number: u64 = id.strip_prefix("quick-").unwrap().parse().unwrap();
    assert_eq!(await_open(&anyone, &id).await, format!("quick-{}", number + 1));
    scenario.finish().await;
}

/// Two processes over one table follow one round.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_keep_one_quick_round() {
    let scenario = Scenario::start_with(ON).await;
    let anyone = scenario.visitor();
    let mut id = await_open(&anyone, "").await;
    let engines = fs::read(scenario.folder().join("data/engines.json")).unwrap();
    let engines: Addresses = serde_json::from_slice(&engines).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_second, api) = Process::serve_over(folder.path(), &engines, ON).await;
    for _ in 0..3 {
        scenario.operator().close_round(&id).await.expect(200);
        let next = await_open(&anyone, &id).await;
        assert_eq!(await_open(&anyone.at(api), &id).await, next);
        id = next;
    }
    scenario.finish().await;
}
