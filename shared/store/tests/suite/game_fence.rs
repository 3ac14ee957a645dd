//! Bets that race the closing of their period.

use crate::game_scenario::{game_command, game_seed, period_id, room_limits};
use crate::scenario::{fund, user};
use evens_games::{Exposure, Period, PeriodId, PlaceGameBet, PlaceGameBetOutcome, ShardCount};
use evens_store::{PeriodWrite, Store};
use futures::future::join_all;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Number of races, unless `EVENS_FENCE_RACES` is set.
const RACES: u32 = 30;

const PLAYERS: u64 = 4;

/// In each race the closing begins a few reads before or after the bets. Placed bets are in the totals, which are
/// final, and all others are refused.
pub(crate) async fn bets_that_race_the_fence_are_in_or_refused(store: &Store) {
    let races = std::env::var("EVENS_FENCE_RACES").map_or(RACES, |races| races.parse().expect("a number"));
    for player in 1..=PLAYERS {
        fund(store, player, "10000000").await;
    }
    let (mut placed, mut refused) = (0, 0);
    for race in 0..races {
        let (in_time, late) = race_for(store, period_id().later(race.into()), race).await;
        placed += in_time;
        refused += late;
    }
    eprintln!("{races} races for a fence: {placed} bets placed, {refused} refused");
    assert_eq!(placed + refused, u64::from(races) * PLAYERS);
    assert!(placed > 0 && refused > 0, "no race: {placed} placed, {refused} refused");
}

/// Returns the numbers of bets placed and refused.
async fn race_for(store: &Store, id: PeriodId, race: u32) -> (u64, u64) {
    let new = Period::open(id, Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    let opened = store.open_period(new, &game_seed()).await.expect("a period");
    let PeriodWrite::Written(period) = opened else { panic!("{id} was there") };
    let closes_at = period.times.closes_at;
    let in_time = closes_at.saturating_sub(SignedDuration::from_secs(1)).expect("a moment");
    let bets = join_all((1..=PLAYERS).map(|player| {
        let period = &period;
        async move {
            after_reads(store, race / 16 % 4).await;
            let command = game_command(player, &format!("race-{race}"), false, "10");
            is_placed(store, &PlaceGameBet { period: id, ..command }, period, in_time).await
        }
    }));
    let closed = async {
        after_reads(store, race % 16).await;
        let closing = period.close(closes_at).expect("its time has come");
        let closing = store.move_period(&period, closing).await.expect("a step").into_period();
        store.close_period(&closing, closes_at).await.expect("a fence")
    };
    let (placed, closed) = futures::join!(bets, closed);
    let placed = placed.into_iter().filter(|is_placed| *is_placed).count() as u64;
    assert_eq!(closed.totals().expect("it is closed").bets, placed, "{id}");
    let records = store.load_period_bets_eventually(&period).await.expect("the bets");
    assert_eq!(records.iter().map(|shard| shard.bets.len() as u64).sum::<u64>(), placed, "{id}");
    (placed, PLAYERS - placed)
}

async fn is_placed(store: &Store, command: &PlaceGameBet, period: &Period, at: Timestamp) -> bool {
    let exposure = Exposure::of(period.id.room.game(), []);
    match store.place_game_bet(command, period, &exposure, &room_limits(), || at).await.expect("an answer") {
        PlaceGameBetOutcome::Placed(_) => true,
        PlaceGameBetOutcome::PeriodNotOpen { .. } => false,
        other => panic!("{command:?}: {other:?}"),
    }
}

async fn after_reads(store: &Store, reads: u32) {
    for _ in 0..reads {
        store.load_wallet(user(1)).await.expect("a wallet");
    }
}
