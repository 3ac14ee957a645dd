//! More bets than a period was sized for: a shard accepts bets as long as its item can hold them, and its content is
//! closed and settled as usual.

use crate::engine::Engine;
use crate::game_scenario::{
    closed, drawn, game_bet, game_command, number, opened_period, room_limits, settled_lanes, try_game_bet,
};
use crate::raw::{items, put, with};
use crate::scenario::{ENOUGH, amount, fund, second, user};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_games::{Exposure, GameBetRecord, GameStake, Lane, PlaceGameBetOutcome, RoomLimits, ShardCount};
use evens_idempotency::BetId;
use evens_ledger::Amount;
use evens_store::Store;
use futures::{StreamExt, stream};
use std::collections::BTreeMap;

/// The records of `bets` bets of another player.
fn crowd(bets: usize) -> AttributeValue {
    let (selection, stake) = (number(false), GameStake::parse(amount("10")).expect("a stake"));
    let record = |index: usize| {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&(index as u64).to_be_bytes());
        let bet = BetId::from_bytes(id);
        let record = GameBetRecord { bet, user: user(2), selection, stake, bonus: Amount::ZERO };
        Blob::new(record.encode())
    };
    AttributeValue::Bs((0..bets).map(record).collect())
}

pub(crate) async fn a_shard_takes_bets_until_it_is_full(engine: &Engine) {
    let (store, most) = (&engine.store, ShardCount::BETS_A_SHARD_MAX);
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    game_bet(store, &game_command(1, "first", true, "10"), &period).await;
    let shard = items(engine, "period-shard").await.remove(0);
    put(engine, with(&shard, &[("bets", crowd(most - 1))])).await;
    game_bet(store, &game_command(1, "fits", false, "10"), &period).await;
    let refused = try_game_bet(store, &game_command(1, "does not fit", false, "10"), &period, 12).await;
    assert_eq!(refused, PlaceGameBetOutcome::PeriodFull { shard_bets_max: ShardCount::BETS_A_SHARD_MAX });
    // A repeat is answered with the outcome of the first request.
    let again = try_game_bet(store, &game_command(1, "fits", false, "10"), &period, 13).await;
    assert!(matches!(again, PlaceGameBetOutcome::PlacedBefore(_)), "{again:?}");
    let closed = closed(store, &period).await;
    let totals = closed.totals().expect("closed");
    assert_eq!((totals.bets, totals.staked.to_string()), (most as u64, (most * 10).to_string()));
    let lane = Lane::of_shard(period.shards.shard_of(user(1)));
    let held: usize =
        store.load_lane(&closed, lane).await.unwrap().iter().map(|shard| shard.bets.len()).sum();
    assert_eq!(held, most);
}

/// Bets that read the shard at the same moment may all still have found room for one.
pub(crate) async fn a_full_shard_has_room_for_bets_at_once(engine: &Engine) {
    let store = &engine.store;
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    game_bet(store, &game_command(1, "first", true, "10"), &period).await;
    let shard = items(engine, "period-shard").await.remove(0);
    put(engine, with(&shard, &[("bets", crowd(ShardCount::BETS_A_SHARD_MAX + 400))])).await;
    let refused = try_game_bet(store, &game_command(1, "late", false, "10"), &period, 12).await;
    assert_eq!(refused, PlaceGameBetOutcome::PeriodFull { shard_bets_max: ShardCount::BETS_A_SHARD_MAX });
    let held = closed(store, &period).await.totals().expect("closed").bets;
    assert_eq!(held, ShardCount::BETS_A_SHARD_MAX as u64 + 400);
}

/// A period sized for a few bets gets a hundred times as many at once. Each bet is accepted, or refused because the
/// period is full. Accepted bets are in the totals and paid once, and no player loses a stake.
pub(crate) async fn a_crowd_of_a_hundred_times_is_taken_or_refused(store: &Store) {
    const PLAYERS: u64 = 60;
    const BETS: u64 = 5;
    let period = opened_period(store).await;
    assert_eq!(period.shards, ShardCount::for_bets(PLAYERS * BETS / 100, ShardCount::ONE_PER_LANE));
    for player in 1..=PLAYERS {
        fund(store, player, ENOUGH).await;
    }
    let limits = RoomLimits { shard_bets_max: 7, ..room_limits() };
    let (period_of_all, exposure) = (&period, &Exposure::of(period.id.room.game(), []));
    let bets = (0..BETS).flat_map(|key| (1..=PLAYERS).map(move |player| (player, key)));
    let outcomes: Vec<_> = stream::iter(bets)
        .map(|(player, key)| async move {
            let command = game_command(player, &format!("key-{key}"), true, "10");
            let at = || second(10);
            let outcome = store.place_game_bet(&command, period_of_all, exposure, &limits, at).await;
            (player, outcome.expect("an answer"))
        })
        .buffer_unordered(64)
        .collect()
        .await;
    let mut placed = BTreeMap::new();
    for (player, outcome) in &outcomes {
        match outcome {
            PlaceGameBetOutcome::Placed(_) => *placed.entry(*player).or_insert(0) += 1,
            PlaceGameBetOutcome::PeriodFull { shard_bets_max: 7 } => {}
            other => panic!("player {player}: {other:?}"),
        }
    }
    let taken: u64 = placed.values().sum();
    let mut wanted = BTreeMap::new();
    for player in 1..=PLAYERS {
        *wanted.entry(period.shards.shard_of(user(player))).or_insert(0) += BETS;
    }
    let least: u64 = wanted.into_values().map(|bets| bets.min(7)).sum();
    assert!(least <= taken && taken < PLAYERS * BETS, "{taken} were taken");
    let closed = closed(store, &period).await;
    assert_eq!(closed.totals().expect("closed").bets, taken);
    let drawn = drawn(store, &closed).await;
    assert_eq!(settled_lanes(store, &drawn).await, placed.len());
    assert_eq!(settled_lanes(store, &drawn).await, 0, "each is paid once");
    for player in 1..=PLAYERS {
        let won = placed.get(&player).copied().unwrap_or(0);
        // Each has cost 10 and paid 88.2.
        let units = amount(ENOUGH).units() + i128::from(won) * (amount("78.2").units());
        let balance = store.load_wallet(user(player)).await.unwrap().balance;
        assert_eq!(balance.units(), units, "player {player}, {won} bets");
    }
}
