//! A crowd that nobody laid the period out for: a shard takes bets as long as its item can hold them, and what it holds
//! is closed and settled like any other.

use crate::engine::Engine;
use crate::game_scenario::{closed, game_bet, game_command, number, opened_period, try_game_bet};
use crate::raw::{items, put, with};
use crate::scenario::{ENOUGH, amount, fund, user};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_exchange::BetId;
use evens_games::{GameBetRecord, GameStake, Lane, PlaceGameBetOutcome, ShardCount};
use evens_ledger::Amount;

/// So many bets of somebody else, as a shard holds them.
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
    // Who comes back is told what became of the first time.
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

/// Bets that looked at the same moment may all still have seen room for one.
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
