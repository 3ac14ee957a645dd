//! M1 to M6 under load: hot rounds, crossed stakes, and processes that are killed.

use evens_ledger::Amount;
use evens_tests::{Client, Scenario};
use futures::{StreamExt, stream};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::time::Duration;

/// The number of concurrent requests.
const PARALLEL: usize = 64;

#[derive(Debug, Clone)]
struct Planned {
    player: usize,
    round: String,
    side: &'static str,
    amount: String,
}

async fn players(scenario: &Scenario, count: u64, money: &str) -> Vec<Client> {
    let numbers = stream::iter(0..count);
    numbers.map(|number| scenario.funded(1_000 + number, money)).buffered(PARALLEL).collect().await
}

async fn place_all(players: &[Client], plan: &[Planned]) -> Vec<String> {
    let bets = stream::iter(plan).map(|planned| async move {
        players[planned.player].bet(&planned.round, planned.side, &planned.amount).await.bet_id
    });
    bets.buffer_unordered(PARALLEL).collect().await
}

fn total(books: &evens_tests::books::Books) -> i128 {
    let wallets = books.wallets.values().filter(|wallet| wallet.user.number() >= 1_000);
    wallets.map(|wallet| wallet.balance.units()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hot_round_with_five_hundred_bets_a_side_pairs_them_all() {
    let scenario = Scenario::start().await;
    let players = players(&scenario, 200, "50").await;
    let plan: Vec<_> = (0..1_000)
        .map(|number| {
            let side = if number % 2 == 0 { "A" } else { "B" };
            Planned { player: number % 200, round: "hot".to_owned(), side, amount: "10".to_owned() }
        })
        .collect();
    place_all(&players, &plan).await;
    let books = scenario.await_ended_within(Duration::from_mins(2)).await;
    assert_eq!((books.bets.len(), books.matches.len()), (1_000, 500));
    assert_eq!(total(&books), 200 * 50 * 100_000_000);
    let round = scenario.visitor().get("/api/rounds/hot").await.expect(200);
    assert_eq!(round["data"]["matched"], serde_json::json!({ "A": 5_000, "B": 5_000 }));
    scenario.finish().await;
}

/// Stakes of 1 to 37 of the smallest coin, or many coins and a fraction. Nothing is rounded.
#[tokio::test(flavor = "multi_thread")]
async fn crossed_stakes_are_conserved_to_the_smallest_coin() {
    let seed: u64 = rand::random();
    eprintln!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let scenario = Scenario::start().await;
    let players = players(&scenario, 24, "100000000000").await;
    let plan: Vec<_> = (0..300)
        .map(|number| {
            let coins: i128 = random.random_range(1..=37);
            let scale: i128 = [1, 1_007, 100, 3_333_333_333][random.random_range(0..4)];
            let amount = Amount::from_units(coins * scale * 1_000_000).unwrap().to_string();
            let side = if random.random() { "A" } else { "B" };
            let round = format!("r{}", random.random_range(0..3));
            Planned { player: number % 24, round, side, amount }
        })
        .collect();
    let mut placed: BTreeMap<&str, i128> = BTreeMap::new();
    for planned in &plan {
        *placed.entry(planned.side).or_default() += planned.amount.parse::<Amount>().unwrap().units();
    }
    place_all(&players, &plan).await;
    scenario.await_idle().await;
    for round in ["r0", "r1", "r2"] {
        scenario.operator().close_round(round).await.expect(200);
    }
    let books = scenario.await_ended_within(Duration::from_mins(2)).await;
    assert_eq!(total(&books), 24 * 100_000_000_000 * 100_000_000, "seed {seed}, staked {placed:?}");
    scenario.finish().await;
}

/// The process is killed under load. Everything answered is stored, nothing happens twice, and all bets end.
#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_killed_process_is_finished_by_the_next_one() {
    let mut scenario = Scenario::start().await;
    let mut answered = BTreeMap::new();
    let everybody = players(&scenario, 40, "100").await;
    for life in 0..3 {
        let players: Vec<_> = everybody.iter().map(|player| scenario.player(player.user.number())).collect();
        let bets: Vec<_> = (0..120)
            .map(|number: usize| {
                let (player, key) = (players[number % 40].clone(), format!("key-{life}-{number}"));
                let side = if number.is_multiple_of(2) { "A" } else { "B" };
                tokio::spawn(async move {
                    let request = player.bet_request("r", side, "2").header("idempotency-key", key.clone());
                    let answer = player.send_if_alive(request).await?;
                    let body = answer.expect(202);
                    Some(((player.user, key), body["data"]["betId"].as_str()?.to_owned()))
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + 200 * life)).await;
        scenario.kill_9().await;
        for bet in bets {
            answered.extend(bet.await.unwrap());
        }
        scenario.restart().await;
    }
    // Each request is sent again with its key. Requests that were answered get the same answer.
    for life in 0..3 {
        let repeats = stream::iter(0..120_usize).map(|number| {
            let player = scenario.player(everybody[number % 40].user.number());
            let (side, key) =
                (if number.is_multiple_of(2) { "A" } else { "B" }, format!("key-{life}-{number}"));
            async move {
                let request = player.bet_request("r", side, "2").header("idempotency-key", key.clone());
                let answer = player.send(request).await;
                ((player.user, key), answer.expect(202)["data"]["betId"].as_str().unwrap().to_owned())
            }
        });
        for (request, bet_id) in repeats.buffer_unordered(PARALLEL).collect::<Vec<_>>().await {
            let first = answered.entry(request).or_insert_with(|| bet_id.clone());
            assert_eq!(*first, bet_id);
        }
    }
    assert_eq!(answered.len(), 360);
    // Messages that the killed process had received return after their visibility timeout.
    scenario.sweep_later().await;
    let books = scenario.await_ended_within(Duration::from_secs(150)).await;
    assert_eq!((books.bets.len(), total(&books)), (360, 40 * 100 * 100_000_000));
    scenario.finish().await;
}
