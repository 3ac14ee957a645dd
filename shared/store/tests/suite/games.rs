//! Periods of games, from their opening to the last payout, and the fence in between.

use crate::game_scenario::{
    PAYOUT_OF_TEN, cancel, closed, drawn, game_bet, game_command, game_seed, of, opened_period, period_id,
    purses, room_limits, settled_lane, settled_lanes, stored_game_bet, try_game_bet,
};
use crate::scenario::{
    ENOUGH, amount, command, fill_up, fund, second, set_blocked, signed_up, try_place, user, welcomed,
};
use evens_draws::Seed;
use evens_exchange::{PlaceBetOutcome, Side};
use evens_games::{
    Exposure, Lane, Period, PeriodState, PeriodStateName, PlaceGameBetOutcome, Purse, ShardCount,
};
use evens_store::{
    CancelPeriodOutcome, ExposureSource, PayGameBetsOutcome, PeriodWrite, Store, UnfinishedWork,
};
use futures::future::join_all;
use jiff::tz::Offset;
use std::sync::atomic::{AtomicI64, Ordering};

pub(crate) async fn a_period_is_opened_once(store: &Store) {
    let first = opened_period(store).await;
    let other = Seed::from_bytes([8; 32]);
    let again = Period::open(period_id(), Offset::UTC, other.hash(), ShardCount::ONE_PER_LANE);
    let again = store.open_period(again, &other).await.unwrap();
    assert_eq!(again, PeriodWrite::Found(first.clone()));
    assert_eq!(store.load_period(period_id()).await.unwrap(), Some(first.clone()));
    assert_eq!(store.load_period_eventually(period_id()).await.unwrap(), Some(first.clone()));
    // The seed of an open period is not readable.
    assert_eq!(store.load_period_seed(&first).await.unwrap(), None);
    assert_eq!(store.load_period(period_id().next()).await.unwrap(), None);
}

pub(crate) async fn a_bonus_pays_first_and_wins_its_share(store: &Store) {
    let period = opened_period(store).await;
    welcomed(store, 1, None).await;
    fund(store, 1, "100").await;
    let bet = game_bet(store, &game_command(1, "one", true, "40"), &period).await.bet;
    assert_eq!((bet.parts.cash, bet.parts.bonus), (amount("15"), amount("25")));
    assert_eq!(purses(store, 1).await, of("85", "0"));
    let drawn = drawn(store, &closed(store, &period).await).await;
    assert_eq!(settled_lanes(store, &drawn).await, 1);
    // 40 × 0.98 × 9 = 352.8, five eighths of it to the bonus.
    assert_eq!(purses(store, 1).await, of("217.3", "220.5"));
    let bet = stored_game_bet(store, 1, bet.id).await.unwrap();
    assert_eq!(bet.paid, Some((amount("352.8"), second(31))));
}

pub(crate) async fn a_game_bet_is_repeated_and_its_key_not_reused(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, "10").await;
    let first = game_command(1, "key-1", true, "10");
    let placed = game_bet(store, &first, &period).await.bet;
    // The wallet is empty at this point.
    let again = try_game_bet(store, &first, &period, 11).await;
    assert_eq!(again, PlaceGameBetOutcome::PlacedBefore(Box::new(placed.clone())));
    let other = game_command(1, "key-1", true, "5");
    let reused = PlaceGameBetOutcome::KeyUsedForAnotherBody { bet: placed.id };
    assert_eq!(try_game_bet(store, &other, &period, 11).await, reused);
    // The repeat is answered after the period is over, too.
    let drawn = drawn(store, &closed(store, &period).await).await;
    let again = try_game_bet(store, &first, &drawn, 40).await;
    assert_eq!(again, PlaceGameBetOutcome::PlacedBefore(Box::new(placed)));
    settled_lanes(store, &drawn).await;
}

pub(crate) async fn one_key_has_one_effect_over_both_kinds_of_bets(store: &Store) {
    let period = opened_period(store).await;
    signed_up(store, 1, None).await;
    fund(store, 1, "100").await;
    let game = game_bet(store, &game_command(1, "key-1", false, "10"), &period).await.bet;
    let refused = try_place(store, &command(1, "key-1", Side::A, "10"), second(11)).await.unwrap();
    assert_eq!(refused, PlaceBetOutcome::KeyUsedForAnotherBody { bet: game.id });
    assert_eq!(store.load_bet(game.id).await.unwrap(), None);
    let Ok(PlaceBetOutcome::Placed(bet)) =
        try_place(store, &command(1, "key-2", Side::A, "10"), second(11)).await
    else {
        panic!("not placed")
    };
    let refused = try_game_bet(store, &game_command(1, "key-2", false, "10"), &period, 11).await;
    assert_eq!(refused, PlaceGameBetOutcome::KeyUsedForAnotherBody { bet: bet.bet.id });
    assert_eq!(store.load_bet(bet.bet.id).await.unwrap().unwrap().id, bet.bet.id);
    assert_eq!(purses(store, 1).await, of("80", "0"));
    // The refusal of a blocked account says nothing about the key.
    set_blocked(store, user(1), true).await.unwrap();
    let blocked = try_game_bet(store, &game_command(1, "key-2", false, "10"), &period, 11).await;
    assert_eq!(blocked, PlaceGameBetOutcome::AccountBlocked);
}

pub(crate) async fn bets_at_once_keep_the_limits_of_a_player(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    let limits = evens_games::RoomLimits { bets_max: 5, ..room_limits() };
    let exposure = Exposure::of(period.id.room.game(), []);
    let commands: Vec<_> = (0..12).map(|key| game_command(1, &format!("key-{key}"), false, "10")).collect();
    let placed = commands
        .iter()
        .map(|command| store.place_game_bet(command, &period, &exposure, &limits, || second(10)));
    let outcomes: Vec<_> = join_all(placed).await.into_iter().map(Result::unwrap).collect();
    let placed = outcomes.iter().filter(|outcome| matches!(outcome, PlaceGameBetOutcome::Placed(_)));
    assert_eq!(placed.count(), 5);
    let refused =
        outcomes.iter().filter(|outcome| **outcome == PlaceGameBetOutcome::TooManyBets { bets_max: 5 });
    assert_eq!(refused.count(), 7);
    assert_eq!(purses(store, 1).await, of("950", "0"));
    let found = store.load_period_bets_eventually(&period).await.unwrap();
    assert_eq!(found.iter().map(|shard| shard.bets.len()).sum::<usize>(), 5);
}

/// The exposure without the player's own shard does not include these bets, because they are read with the shard.
pub(crate) async fn a_players_own_bets_always_count_as_exposure(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    // Each may cost the house 78.2, so there is room for three.
    let exposure = evens_games::ExposureRules { period_max: amount("300") };
    let limits = evens_games::RoomLimits { exposure, ..room_limits() };
    let others = Exposure::of(period.id.room.game(), []);
    let commands: Vec<_> = (0..8).map(|key| game_command(1, &format!("key-{key}"), true, "10")).collect();
    let placed = commands
        .iter()
        .map(|command| store.place_game_bet(command, &period, &others, &limits, || second(10)));
    let outcomes: Vec<_> = join_all(placed).await.into_iter().map(Result::unwrap).collect();
    let placed = outcomes.iter().filter(|outcome| matches!(outcome, PlaceGameBetOutcome::Placed(_)));
    assert_eq!(placed.count(), 3);
    let refused =
        outcomes.iter().filter(|outcome| matches!(outcome, PlaceGameBetOutcome::OverExposure { .. }));
    assert_eq!(refused.count(), 5);
}

/// Each process reads the exact exposure by itself. If several bets read the same one, one
/// of them is placed.
pub(crate) async fn bets_by_the_exact_exposure_keep_the_limit_at_once(store: &Store) {
    const PLAYERS: u64 = 12;
    let period = opened_period(store).await;
    for player in 1..=PLAYERS {
        fund(store, player, "100").await;
    }
    // Each may cost the house 78.2, so there is room for three.
    let exposure = evens_games::ExposureRules { period_max: amount("300") };
    let limits = evens_games::RoomLimits { exposure, ..room_limits() };
    let none = || Exposure::of(period.id.room.game(), []);
    let commands: Vec<_> = (1..=PLAYERS).map(|player| game_command(player, "key", true, "10")).collect();
    let placed = commands.iter().map(|command| {
        let source = ExposureSource::Exact { in_flight: &none };
        store.place_game_bet(command, &period, source, &limits, || second(10))
    });
    let outcomes: Vec<_> = join_all(placed).await.into_iter().map(Result::unwrap).collect();
    let placed = outcomes.iter().filter(|outcome| matches!(outcome, PlaceGameBetOutcome::Placed(_)));
    assert_eq!(placed.count(), 3);
    let refused =
        outcomes.iter().filter(|outcome| matches!(outcome, PlaceGameBetOutcome::OverExposure { .. }));
    assert_eq!(refused.count(), 9);
}

/// If two bets meet at the same wallet, the loser retries, and is too late by that time.
pub(crate) async fn a_bet_that_had_to_wait_is_late(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    let (others, limits) = (Exposure::of(period.id.room.game(), []), room_limits());
    let late = PlaceGameBetOutcome::PeriodPastClosing { closes_at: period.times.closes_at };
    for race in 0..40 {
        let placed = ["one", "other"].map(async |key| {
            let command = game_command(1, &format!("{key}-{race}"), false, "1");
            let attempts = AtomicI64::new(0);
            let clock = || second(24 + attempts.fetch_add(1, Ordering::Relaxed));
            store.place_game_bet(&command, &period, &others, &limits, clock).await.unwrap()
        });
        let outcomes = join_all(placed).await;
        let placed = outcomes.iter().filter(|outcome| matches!(outcome, PlaceGameBetOutcome::Placed(_)));
        let placed = placed.count();
        if outcomes.contains(&late) {
            assert_eq!(placed, 1, "{outcomes:?}");
            return;
        }
        assert_eq!(placed, 2, "{outcomes:?}");
    }
    panic!("no two bets met");
}

pub(crate) async fn behind_the_fence_no_bet_is_placed(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    fund(store, 2, ENOUGH).await;
    game_bet(store, &game_command(1, "one", false, "10"), &period).await;
    let closed = closed(store, &period).await;
    let totals = closed.totals().unwrap();
    assert_eq!((totals.bets, totals.staked), (1, amount("10")));
    // A request with an outdated open period is refused by the shard. A shard without bets does not exist, and the
    // period refuses to create it.
    for (player, state) in [(1, PeriodStateName::Closing), (2, PeriodStateName::Closed)] {
        let late = game_command(player, "late", true, "10");
        // If the first one had written a bet, the second would be its repeat.
        for _ in 0..2 {
            let outcome = try_game_bet(store, &late, &period, 24).await;
            assert_eq!(outcome, PlaceGameBetOutcome::PeriodNotOpen { state });
        }
    }
    // Closing again changes nothing.
    let closing = Period { state: PeriodState::Closing, ..closed.clone() };
    assert_eq!(store.close_period(&closing, second(26)).await.unwrap(), closed);
}

pub(crate) async fn each_winner_of_a_period_is_paid_once(store: &Store) {
    let period = opened_period(store).await;
    for player in 1..=6 {
        fund(store, player, ENOUGH).await;
        let wins = player % 2 == 0;
        game_bet(store, &game_command(player, "one", wins, "10"), &period).await;
    }
    let drawn = drawn(store, &closed(store, &period).await).await;
    assert_eq!(settled_lanes(store, &drawn).await, 3);
    assert_eq!(settled_lanes(store, &drawn).await, 0, "again");
    for player in 1..=6 {
        let balance = if player % 2 == 0 { "1078.2" } else { "990" };
        assert_eq!(purses(store, player).await, of(balance, "0"), "player {player}, {PAYOUT_OF_TEN}");
    }
    let settled = store.load_period(period.id).await.unwrap().unwrap();
    assert_eq!(settled.state.name(), PeriodStateName::Settled);
    assert_eq!(settled.result(), drawn.result());
    let results = store.list_results(period.id.room, None, 10).await.unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!((results[0].id, results[0].bets), (period.id, 6));
    assert_eq!(store.list_results(period.id.room, Some(period.id), 10).await.unwrap(), []);
}

pub(crate) async fn many_winning_bets_of_a_player_are_paid_in_pages(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    for key in 0..43 {
        game_bet(store, &game_command(1, &format!("key-{key}"), true, "1"), &period).await;
    }
    let drawn = drawn(store, &closed(store, &period).await).await;
    assert_eq!(settled_lanes(store, &drawn).await, 3);
    // 1000 - 43 + 43 × 8.82
    assert_eq!(purses(store, 1).await, of("1336.26", "0"));
}

pub(crate) async fn workers_of_one_lane_at_once_pay_once(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    for key in ["a", "b", "c"] {
        game_bet(store, &game_command(1, key, true, "10"), &period).await;
    }
    let drawn = drawn(store, &closed(store, &period).await).await;
    let lane = Lane::of_shard(period.shards.shard_of(user(1)));
    let paid = join_all((0..4).map(|_| settled_lane(store, &drawn, lane))).await.concat();
    let count = |found: fn(&PayGameBetsOutcome) -> bool| paid.iter().filter(|outcome| found(outcome)).count();
    assert_eq!(count(|outcome| matches!(outcome, PayGameBetsOutcome::Paid(_))), 1);
    assert_eq!(count(|outcome| *outcome == PayGameBetsOutcome::PaidBefore), 3);
    assert_eq!(purses(store, 1).await, of("1234.6", "0"));
    settled_lanes(store, &drawn).await;
}

/// Bets paid by a job that died halfway through a player's bets are left out.
pub(crate) async fn bets_that_were_paid_before_are_left_out(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    for key in ["a", "b", "c"] {
        game_bet(store, &game_command(1, key, true, "10"), &period).await;
    }
    let drawn = drawn(store, &closed(store, &period).await).await;
    let lane = Lane::of_shard(period.shards.shard_of(user(1)));
    let shards = store.load_lane(&drawn, lane).await.unwrap();
    let owed: Vec<_> = shards.iter().flat_map(|shard| drawn.owed_for(&shard.bets)).collect();
    store.pay_game_bets(&drawn, user(1), &owed[1..2], second(31)).await.unwrap();
    assert_eq!(store.list_unpaid(&owed).await.unwrap(), [owed[0], owed[2]]);
    let rest = store.pay_game_bets(&drawn, user(1), &owed, second(32)).await.unwrap();
    let PayGameBetsOutcome::Paid(rest) = rest else { panic!("{rest:?}") };
    assert_eq!(rest.entries.len(), 2);
    assert_eq!(purses(store, 1).await, of("1234.6", "0"));
    settled_lanes(store, &drawn).await;
}

pub(crate) async fn a_payout_beyond_the_balance_stays_owed(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    game_bet(store, &game_command(1, "one", true, "10"), &period).await;
    fill_up(store, user(1)).await;
    let drawn = drawn(store, &closed(store, &period).await).await;
    let lane = Lane::of_shard(period.shards.shard_of(user(1)));
    let shards = store.load_lane(&drawn, lane).await.unwrap();
    let owed: Vec<_> = shards.iter().flat_map(|shard| drawn.owed_for(&shard.bets)).collect();
    let outcome = store.pay_game_bets(&drawn, user(1), &owed, second(31)).await.unwrap();
    assert_eq!(outcome, PayGameBetsOutcome::BalanceTooLarge);
    assert_eq!(store.list_unpaid(&owed).await.unwrap(), owed);
}

pub(crate) async fn a_cancelled_period_gives_every_stake_back_once(store: &Store) {
    let period = opened_period(store).await;
    welcomed(store, 1, None).await;
    fund(store, 2, "100").await;
    game_bet(store, &game_command(1, "one", true, "20"), &period).await;
    let cash = evens_games::PlaceGameBet { purse: Purse::CashOnly, ..game_command(2, "two", false, "30") };
    game_bet(store, &cash, &period).await;
    // The period accepts bets, so it is fenced first.
    let cancelled = cancel(store, period.id, 12).await;
    let CancelPeriodOutcome::Cancelled(cancelled) = cancelled else { panic!("{cancelled:?}") };
    let late = try_game_bet(store, &game_command(2, "late", true, "10"), &period, 13).await;
    assert_eq!(late, PlaceGameBetOutcome::PeriodNotOpen { state: PeriodStateName::Closing });
    let again = cancel(store, period.id, 13).await;
    assert_eq!(again, CancelPeriodOutcome::CancelledBefore(cancelled.clone()));
    assert_eq!(settled_lanes(store, &cancelled).await, 2);
    assert_eq!(settled_lanes(store, &cancelled).await, 0, "again");
    assert_eq!((purses(store, 1).await, purses(store, 2).await), (of("0", "25"), of("100", "0")));
    let refunded = store.load_period(period.id).await.unwrap().unwrap();
    assert_eq!(refunded.state.name(), PeriodStateName::Refunded);
    assert_eq!(store.list_results(period.id.room, None, 10).await.unwrap(), []);
}

pub(crate) async fn of_drawing_and_cancelling_one_happens(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    game_bet(store, &game_command(1, "one", true, "10"), &period).await;
    let closed = closed(store, &period).await;
    let (drawn, cancelled) = futures::join!(drawn(store, &closed), cancel(store, period.id, 30));
    let found = store.load_period(period.id).await.unwrap().unwrap();
    match cancelled {
        CancelPeriodOutcome::Cancelled(_) => assert_eq!(drawn.state.name(), PeriodStateName::Cancelled),
        CancelPeriodOutcome::Decided(_) => assert_eq!(drawn.state.name(), PeriodStateName::Resulted),
        other => panic!("{other:?}"),
    }
    assert_eq!(found.state.name(), drawn.state.name());
    assert_eq!(settled_lanes(store, &found).await, 1);
    // A result is final.
    let again = cancel(store, period.id, 60).await;
    assert!(!matches!(again, CancelPeriodOutcome::Cancelled(_)), "{again:?}");
    let unknown = cancel(store, period.id.next(), 60).await;
    assert_eq!(unknown, CancelPeriodOutcome::Unknown);
}

pub(crate) async fn an_empty_period_ends_with_its_draw(store: &Store) {
    let period = opened_period(store).await;
    let closed = closed(store, &period).await;
    let drawn = closed.draw(game_seed(), second(30)).unwrap().ended_if_empty();
    let written = store.draw_period(&closed, drawn).await.unwrap().into_period();
    assert_eq!(written.state.name(), PeriodStateName::Settled);
    assert_eq!(written.open_lanes(), []);
    assert_eq!(listed(store, 1_000).await, (Vec::new(), Vec::new()));
}

pub(crate) async fn a_period_is_listed_for_the_clock_and_then_for_its_lanes(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    game_bet(store, &game_command(1, "one", true, "10"), &period).await;
    let (none, here) = (Vec::new(), vec![period.id]);
    // The period closes after 25 seconds, and ends after 30.
    assert_eq!(listed(store, 25).await, (none.clone(), none.clone()));
    assert_eq!(listed(store, 26).await, (here.clone(), none.clone()));
    // Until it is drawn, its age since closing is known.
    assert_eq!(undrawn(store, 25).await, None);
    assert_eq!(undrawn(store, 600).await, Some(second(25)));
    let closed = closed(store, &period).await;
    assert_eq!(listed(store, 26).await, (here.clone(), none.clone()));
    assert_eq!(undrawn(store, 600).await, Some(second(25)));
    let drawn = drawn(store, &closed).await;
    assert_eq!(undrawn(store, 600).await, None);
    assert_eq!(listed(store, 30).await, (none.clone(), none.clone()));
    assert_eq!(listed(store, 31).await, (none.clone(), here));
    settled_lanes(store, &drawn).await;
    assert_eq!(listed(store, 1_000).await, (none.clone(), none));
}

/// The closing time of the oldest period that is not drawn, as of that second. Checked shard by shard, too.
async fn undrawn(store: &Store, at: i64) -> Option<jiff::Timestamp> {
    let mut oldest = None;
    for shard in store.layout().shards() {
        let of_shard = store.oldest_in_shard(UnfinishedWork::UndrawnPeriod, shard, second(at)).await.unwrap();
        oldest = of_shard.into_iter().chain(oldest).min();
    }
    assert_eq!(store.oldest_unfinished(UnfinishedWork::UndrawnPeriod, second(at)).await.unwrap(), oldest);
    oldest
}

/// The periods that the clock should have advanced by that second, and those that owe payments.
async fn listed(store: &Store, at: i64) -> (Vec<evens_games::PeriodId>, Vec<evens_games::PeriodId>) {
    let (mut due, mut owing) = (Vec::new(), Vec::new());
    for shard in store.layout().shards() {
        due.extend(store.sweep_periods(shard, second(at)).await.unwrap());
        owing.extend(store.sweep_lanes(shard, second(at)).await.unwrap());
    }
    (due, owing)
}

pub(crate) async fn lanes_at_once_end_their_period(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, ENOUGH).await;
    game_bet(store, &game_command(1, "one", false, "10"), &period).await;
    let drawn = drawn(store, &closed(store, &period).await).await;
    join_all(Lane::all().map(|lane| settled_lane(store, &drawn, lane))).await;
    let settled = store.load_period(period.id).await.unwrap().unwrap();
    assert_eq!(settled.state.name(), PeriodStateName::Settled);
}
