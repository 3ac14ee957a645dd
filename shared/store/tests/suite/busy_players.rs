//! The cost of a bet of a player who has many unmatched bets and has just placed many others: printed, and bounded.

use crate::engine::Engine;
use crate::scenario::{ROUND, amount, command, fund, limits, opened, refund, round_id, second};
use evens_exchange::{BettingLimits, Draw, PlaceBet, PlaceBetOutcome, Side};
use evens_store::{Capacity, CapacityMeter, Store};

const WAITING_MAX: usize = 10;

/// Number of bets that the player places, and that leave the book at once.
const BETS: usize = 5_000;

/// The most that a later bet may cost: calls and read units.
const BOUND: (u64, f64) = (4, 15.0);

/// Places a bet and takes it back. Returns the cost of placing it.
async fn place_and_take_back(store: &Store, meter: &CapacityMeter, number: usize) -> Capacity {
    let limits = BettingLimits { stake_min: amount("0.01"), waiting_max: WAITING_MAX, ..limits() };
    let command = command(1, &format!("key-{number}"), Side::B, "1");
    meter.take();
    let outcome = store.place_bet(&command, limits, second(1)).await.expect("an outcome");
    let cost = meter.take();
    let PlaceBetOutcome::Placed(placement) = outcome else { panic!("{outcome:?}") };
    refund(store, &placement.bet).await;
    cost
}

/// A player whose other bets stay unmatched in `waits_in`.
async fn check(waits_in: &str) {
    let engine = Engine::direct().await;
    let meter = CapacityMeter::default();
    let store = engine.store.clone().metered(meter.clone());
    opened(&store, ROUND, Draw::Match, 0).await;
    opened(&store, "another", Draw::Match, 0).await;
    fund(&store, 1, "1000").await;
    for number in 0..WAITING_MAX - 1 {
        let command = command(1, &format!("waits-{number}"), Side::A, "1");
        let command = PlaceBet { round: round_id(waits_in), ..command };
        let outcome = store.place_bet(&command, limits(), second(0)).await;
        assert!(matches!(outcome, Ok(PlaceBetOutcome::Placed(_))), "{outcome:?}");
    }
    for number in 0..BETS {
        place_and_take_back(&store, &meter, number).await;
    }
    let mut most = (0, 0.0_f64);
    for number in BETS..BETS + 2 * WAITING_MAX {
        let cost = place_and_take_back(&store, &meter, number).await;
        most = (most.0.max(cost.calls), most.1.max(cost.read_units));
    }
    println!(
        "a bet after {BETS}, of a player whose bets wait in {waits_in}: at most {most:?} calls and read units"
    );
    assert!(most.0 <= BOUND.0 && most.1 <= BOUND.1, "{most:?}");
    // Another process reads the entries of the last 20 minutes once, and then as little.
    let other = Store::over(engine.direct_table()).metered(meter.clone());
    let number = BETS + 2 * WAITING_MAX;
    let first = place_and_take_back(&other, &meter, number).await;
    let second = place_and_take_back(&other, &meter, number + 1).await;
    println!("the first bet in another process: {} calls and {} read units", first.calls, first.read_units);
    assert!(second.calls <= BOUND.0 && second.read_units <= BOUND.1, "{second:?}");
}

#[tokio::test]
async fn a_bet_costs_the_same_after_thousands_of_others_while_bets_wait_in_its_round() {
    check(ROUND).await;
}

#[tokio::test]
async fn a_bet_costs_the_same_after_thousands_of_others_while_bets_wait_in_another_round() {
    check("another").await;
}
