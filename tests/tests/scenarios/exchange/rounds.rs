//! The public view of a round.

use crate::exchange::settle::await_settled;
use evens_tests::{Scenario, await_until};
use ring::hmac;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The first bit of HMAC-SHA256 under the seed, as `docs/draws.md` specifies, computed without the platform's code.
fn winner(seed: &str, found: &Value) -> &'static str {
    let seed = hex::decode(seed).unwrap();
    let text = |name: &str| found[name].as_str().unwrap().to_owned();
    let lines = ["matchId", "betAId", "betBId", "nonceA", "nonceB"].map(text);
    let message = format!("match\n{}", lines.join("\n"));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &seed), message.as_bytes());
    if tag.as_ref()[0] < 0x80 { "A" } else { "B" }
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_can_make_the_draws_of_an_ended_round_again() {
    let scenario = Scenario::start().await;
    let anyone = scenario.visitor();
    let mut settled = Vec::new();
    let large = scenario.funded(41, "1000").await;
    large.bet("r", "A", "600").await;
    for number in 42..102 {
        let player = scenario.funded(number, "10").await;
        let placed = player.bet("r", "B", "10").await;
        settled.push((player, placed));
    }
    let pairs: Vec<_> = settled.iter().map(|(player, placed)| (player, placed)).collect();
    await_settled(&scenario, &pairs).await;
    // The opponents in a round are hidden while it is open.
    assert_eq!(anyone.get("/api/rounds/r/matches").await.problem(), "409 round-state roundId");

    scenario.operator().close_round("r").await.expect(200);
    let round = scenario.await_published("r").await;
    let seed = round["data"]["seed"].as_str().unwrap();
    let first = anyone.get("/api/rounds/r/matches").await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = anyone.get(&format!("/api/rounds/r/matches?cursor={cursor}")).await.expect(200);
    assert_eq!(second["nextCursor"], Value::Null);
    let pages = [&first, &second].map(|page| page["data"].as_array().unwrap().clone());
    assert_eq!(pages.each_ref().map(Vec::len), [50, 10]);
    for found in pages.iter().flatten() {
        assert_eq!(found["winnerSide"], winner(seed, found), "{found}");
        assert_eq!((&found["state"], &found["amount"]), (&"SETTLED".into(), &10.into()));
    }
    assert_eq!(anyone.get("/api/rounds/unknown/matches").await.problem(), "404 not-found roundId");
    scenario.finish().await;
}

/// Requests a round and disconnects after this time, whether or not an answer has arrived.
async fn leave(scenario: &Scenario, round: &str, after: Duration) {
    let mut stream = TcpStream::connect(scenario.api()).await.unwrap();
    let request = format!("GET /api/rounds/{round} HTTP/1.1\r\nHost: evens\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    // A timeout means that the client leaves without an answer, which is as good as an answer here.
    let _ = timeout(after, stream.read_u8()).await;
}

/// Only one request at a time adds up a round. If its client disconnects midway, the totals are still completed.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_disconnects_does_not_block_the_totals() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    for number in 0..40_u32 {
        let round = format!("r{number}");
        player.bet(&round, "A", "1").await;
        leave(&scenario, &round, Duration::from_micros(250) * number).await;
    }
    // An abandoned turn expires after ten seconds.
    for number in 0..40 {
        await_until("the totals", Duration::from_secs(5), async || {
            let round = scenario.visitor().get(&format!("/api/rounds/r{number}")).await.expect(200);
            (round["data"]["waiting"]["A"] == 1).then_some(())
        })
        .await;
    }
    scenario.finish().await;
}
