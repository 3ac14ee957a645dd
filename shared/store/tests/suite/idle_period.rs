//! Items that a period leaves in the table: a shard for each player who bet, and none without bets.

use crate::engine::Engine;
use crate::game_scenario::{
    closed, drawn, game_bet, game_command, opened_period, settled_lanes, try_game_bet,
};
use crate::raw::items;
use crate::scenario::{ENOUGH, fund, user};
use evens_games::{PeriodStateName, PlaceGameBetOutcome};
use futures::future::join_all;

async fn shards(engine: &Engine) -> usize {
    items(engine, "period-shard").await.len()
}

pub(crate) async fn a_period_without_bets_leaves_no_shards(engine: &Engine) {
    let store = &engine.store;
    let period = opened_period(store).await;
    let closed = closed(store, &period).await;
    assert_eq!(closed.totals().expect("it is closed").bets, 0);
    let drawn = drawn(store, &closed).await;
    assert_eq!(settled_lanes(store, &drawn).await, 0);
    let ended = store.load_period(period.id).await.unwrap().expect("the period");
    assert_eq!(ended.state.name(), PeriodStateName::Settled);
    assert_eq!(shards(engine).await, 0);
}

pub(crate) async fn the_first_bet_of_a_shard_creates_it(engine: &Engine) {
    let store = &engine.store;
    let period = opened_period(store).await;
    for player in [1, 2] {
        fund(store, player, ENOUGH).await;
    }
    assert_ne!(period.shards.shard_of(user(1)), period.shards.shard_of(user(2)));
    for (player, key, expected) in [(1, "one", 1), (1, "two", 1), (2, "one", 2)] {
        game_bet(store, &game_command(player, key, false, "10"), &period).await;
        assert_eq!(shards(engine).await, expected, "player {player}, {key}");
    }
    let closed = closed(store, &period).await;
    assert_eq!(closed.totals().expect("it is closed").bets, 3);
    assert_eq!(shards(engine).await, 2);
}

/// Two first bets at once: one creates the shard, and the other adds to it.
pub(crate) async fn bets_at_once_create_a_shard_once(engine: &Engine) {
    let store = &engine.store;
    let period = opened_period(store).await;
    let shard = period.shards.shard_of(user(1));
    let players: Vec<_> =
        (1..200).filter(|player| period.shards.shard_of(user(*player)) == shard).take(4).collect();
    for player in &players {
        fund(store, *player, ENOUGH).await;
    }
    let bets = players.iter().map(|player| {
        let period = &period;
        async move { try_game_bet(store, &game_command(*player, "one", false, "10"), period, 10).await }
    });
    for outcome in join_all(bets).await {
        assert!(matches!(outcome, PlaceGameBetOutcome::Placed(_)), "{outcome:?}");
    }
    assert_eq!(shards(engine).await, 1);
    assert_eq!(closed(store, &period).await.totals().expect("it is closed").bets, 4);
}
