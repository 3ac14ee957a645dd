//! Many players who bet on the same line of a period at the same moment.

use crate::world::World;
use evens_ledger::Amount;
use evens_runtime::Settings;
use futures::future::join_all;
use serde_json::{Value, json};

/// The share of the period in these tests. A period may cost a 1,200th of the bankroll.
const SHARE: i128 = 320;
const UNITS: i128 = 100_000_000;
const PLAYERS: u64 = 100;

async fn world() -> World {
    let mut settings = Settings::local();
    settings.games.bankroll = Amount::from_units(SHARE * 1_200 * UNITS).expect("an amount");
    World::start_with(PLAYERS, settings).await
}

/// Sends the same bet of each player at once, alternating between the processes. Returns the number of accepted bets
/// and the possible cost of the period, in units.
async fn crowd(
    world: &World,
    processes: &[axum::Router<evens_runtime::Context>],
    bet: &Value,
) -> (usize, i128) {
    let bets = (1..=PLAYERS).zip(processes.iter().cycle()).map(|(player, process)| async move {
        world.answer_to(process, player, bet.clone(), 3_000).await.status().as_u16()
    });
    let statuses = join_all(bets).await;
    let refused = statuses.iter().filter(|status| **status == 422).count();
    let accepted = statuses.iter().filter(|status| **status == 202).count();
    assert_eq!(accepted + refused, statuses.len(), "{statuses:?}");
    (accepted, world.worst_case().await.units())
}

/// Each bet may cost the house 9.6 of 320, so 33 of them fit.
#[tokio::test]
async fn a_crowd_with_small_bets_keeps_the_limit_of_a_period() {
    let world = world().await;
    let bet = json!({ "betType": "SIZE", "betValue": "big", "betAmount": 10 });
    let (accepted, cost) = crowd(&world, &[world.process().clone()], &bet).await;
    assert_eq!((accepted, cost), (33, 33 * 96 * UNITS / 10));
}

/// Each bet may cost the house 78.2 of 320, so four of them fit.
#[tokio::test]
async fn a_crowd_with_large_bets_keeps_the_limit_of_a_period() {
    let world = world().await;
    let bet = json!({ "betType": "NUMBER", "betValue": "7", "betAmount": 10 });
    let (accepted, cost) = crowd(&world, &[world.process().clone()], &bet).await;
    assert_eq!((accepted, cost), (4, 4 * 782 * UNITS / 10));
}

/// Each process counts its own bets at once, and those of the other process when it reads them. By recent data it
/// places bets up to half of the limit.
#[tokio::test]
async fn several_processes_pass_the_limit_by_less_than_half_of_it_each() {
    let world = world().await;
    let processes = [World::other_process(), World::other_process()];
    let bet = json!({ "betType": "SIZE", "betValue": "big", "betAmount": 10 });
    let (accepted, cost) = crowd(&world, &processes, &bet).await;
    assert!(accepted >= 33 && cost <= SHARE * UNITS * 3 / 2, "{accepted} bets that may cost {cost} units");
}

/// Large bets go by the exact exposure in every process, so the number of processes does not matter.
#[tokio::test]
async fn large_bets_to_several_processes_keep_the_limit() {
    let world = world().await;
    let processes = [(); 4].map(|()| World::other_process());
    let bet = json!({ "betType": "NUMBER", "betValue": "7", "betAmount": 10 });
    let (accepted, cost) = crowd(&world, &processes, &bet).await;
    assert_eq!((accepted, cost), (4, 4 * 782 * UNITS / 10));
}

/// A bet on the other side lowers the cost, so it is accepted although the limit is reached. The other side then
/// reaches the limit, too: 67 such bets against the 33.
#[tokio::test]
async fn bets_that_lower_the_cost_are_accepted_at_the_limit() {
    let world = world().await;
    let processes = [world.process().clone()];
    crowd(&world, &processes, &json!({ "betType": "SIZE", "betValue": "big", "betAmount": 10 })).await;
    let (accepted, cost) =
        crowd(&world, &processes, &json!({ "betType": "SIZE", "betValue": "small", "betAmount": 10 })).await;
    assert_eq!((accepted, cost), (67, 3_132 * UNITS / 10));
}
