//! Periods drawn by blocks: with the defaults, with an oracle that hands blocks in, and without any block.

use crate::games::table::{Table, path_of};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_block_sources::{LocalChain, SignedOracle};
use evens_games::{BlockId, OraclePublicKey};
use evens_ledger::Amount;
use evens_tests::{Answer, Request, Scenario};
use jiff::{SignedDuration, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::sync::Arc;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn at(text: &Value) -> Timestamp {
    text.as_str().unwrap().parse().unwrap()
}

/// The result follows from the block alone, so only a client with the block can compute it.
#[tokio::test(flavor = "multi_thread")]
async fn trx_wix_is_played_out_of_the_box() {
    let scenario = Scenario::start().await;
    let table = Table::open_in("trx_wix-300", &scenario, Arc::new(LocalChain)).await;
    let player = scenario.funded(41, "100").await;
    for on in ["PARITY:odd", "PARITY:even"] {
        table.bet(&player, on, "10").await.expect(202);
    }
    let current = scenario.visitor().get("/api/games/trx_wix/300").await.expect(200);
    assert_eq!((&current["data"]["entropy"], &current["data"]["source"]), (&json!("block"), &json!("local")));
    table.end().await;
    let settled = table.await_state("SETTLED").await;
    assert_eq!(player.balance().await, amount("99.6"));

    let proof = &settled["verification"];
    let id: BlockId = proof["hash"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        (&settled["result"]["number"], &proof["message"]),
        (&json!(id.last_decimal_digit()), &Value::Null)
    );
    assert_eq!((&proof["block"], &proof["blockId"]), (&json!(id.height()), &proof["hash"]));
    assert_eq!((&proof["time"], &proof["link"]), (&proof["blockTime"], &Value::Null));
    let late = at(&proof["blockTime"]).duration_since(at(&settled["closesAt"]));
    assert!((SignedDuration::from_secs(2)..=SignedDuration::from_secs(5)).contains(&late), "{late:?}");
    let history = scenario.visitor().get("/api/games/trx_wix/300/history").await.expect(200);
    let shown = &history["data"][0]["verification"];
    assert_eq!((&shown["hash"], &shown["block"]), (&proof["hash"], &proof["block"]));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_blocks_seeds_draw_alone_and_trx_wix_has_no_periods() {
    let scenario = Scenario::start_with(&[("EVENS_BLOCK_SOURCE", "none")]).await;
    let current = scenario.visitor().get("/api/games/trx_wix/60").await.expect(200);
    assert_eq!((&current["data"]["seedHash"], &current["data"]["entropy"]), (&Value::Null, &Value::Null));
    let player = scenario.funded(41, "100").await;
    let body = json!({
        "periodId": current["data"]["periodId"], "betType": "SIZE", "betValue": "big", "betAmount": 10,
    });
    let request = Request::new("POST", "/api/games/trx_wix/60/bet").json(body.to_string());
    assert_eq!(player.send(request).await.problem(), "404 not-found periodId");
    scenario.finish().await;
}

/// An oracle, and the process that waits for its blocks.
struct Oracle {
    key: Ed25519KeyPair,
    scenario: Scenario,
}

impl Oracle {
    async fn start() -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap();
        let public = String::leak(BASE64_STANDARD.encode(key.public_key()));
        let variables = [("EVENS_BLOCK_SOURCE", "oracle"), ("EVENS_BLOCK_SOURCE_KEY", public)];
        Self { key, scenario: Scenario::start_with(Vec::leak(variables.to_vec())).await }
    }

    async fn table(&self) -> Table<'_> {
        let key = OraclePublicKey::from_bytes(self.key.public_key().as_ref().try_into().unwrap());
        Table::open_in("wingo-300", &self.scenario, Arc::new(SignedOracle(key))).await
    }

    /// Hands in a block with a time stamp this many seconds after the closing, signed for this period.
    async fn hand_in(&self, table: &Table<'_>, number: u64, seconds: i64, signed_for: &str) -> Answer {
        let stamped = table.times.closes_at + SignedDuration::from_secs(seconds);
        let (id, stamped_ms) = (format!("{number:016x}{}", "ab".repeat(24)), stamped.as_millisecond());
        let message = format!("evens-block\n{signed_for}\n{number}\n{stamped_ms}\n{id}");
        let signature = BASE64_STANDARD.encode(self.key.sign(message.as_bytes()));
        let body = json!({
            "periodId": table.period.digits(), "number": number, "timestamp": stamped_ms, "id": id,
            "signature": signature,
        });
        let path = format!("{}/block", path_of(table.period.room));
        self.scenario.oracle().send(Request::new("POST", path).json(body.to_string())).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oracle_hands_in_one_block_and_it_draws() {
    let oracle = Oracle::start().await;
    let table = oracle.table().await;
    let player = oracle.scenario.funded(41, "100").await;
    for on in ["SIZE:big", "SIZE:small"] {
        table.bet(&player, on, "10").await.expect(202);
    }
    let period = table.period.to_string();
    assert_eq!(oracle.hand_in(&table, 7, 3, &period).await.problem(), "409 period-state -");
    table.close().await;
    let other = table.period.next().to_string();
    assert_eq!(oracle.hand_in(&table, 7, 3, &other).await.problem(), "422 invalid signature");
    assert_eq!(oracle.hand_in(&table, 7, 1, &period).await.problem(), "422 invalid timestamp");
    assert_eq!(oracle.hand_in(&table, 7, 32, &period).await.problem(), "422 invalid timestamp");
    let first = oracle.hand_in(&table, 7, 3, &period).await;
    assert_eq!((first.expect(200)["data"]["state"].clone(), first.is_replay()), (json!("CLOSED"), false));
    let again = oracle.hand_in(&table, 7, 3, &period).await;
    assert_eq!((again.expect(200)["data"].clone(), again.is_replay()), (first.json()["data"].clone(), true));
    assert_eq!(oracle.hand_in(&table, 8, 3, &period).await.problem(), "409 period-state -");

    table.end().await;
    let settled = table.await_state("SETTLED").await;
    assert_eq!(player.balance().await, amount("99.6"));
    let proof = &settled["verification"];
    assert_eq!(proof["message"], format!("game\n{period}\n{}", proof["blockId"].as_str().unwrap()));
    assert_eq!((&proof["block"], proof["signature"].as_str().unwrap().len()), (&json!(7), 128));
    let again = oracle.hand_in(&table, 7, 3, &period).await;
    assert!(again.is_replay(), "{}", again.expect(200));
    oracle.scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_block_every_stake_goes_back_after_ten_minutes() {
    let oracle = Oracle::start().await;
    let table = oracle.table().await;
    let player = oracle.scenario.funded(41, "100").await;
    table.bet(&player, "SIZE:big", "10").await.expect(202);
    let closes_at = table.times.closes_at;
    // The clock itself looks for a block for half a minute.
    let clock = table.clock();
    let tick =
        async |seconds: i64| table.tick_by(&clock, closes_at + SignedDuration::from_secs(seconds)).await;
    for seconds in [560, 570, 580, 590, 599] {
        tick(seconds).await;
    }
    let waits = table.await_state("CLOSED").await;
    assert_eq!((&waits["result"], &waits["verification"]["message"]), (&Value::Null, &Value::Null));
    tick(600).await;
    table.await_state("REFUNDED").await;
    assert_eq!(player.balance().await, amount("100"));
    let late = oracle.hand_in(&table, 7, 3, &table.period.to_string()).await;
    assert_eq!(late.problem(), "409 period-state -");
    oracle.scenario.finish().await;
}
