//! Stores with another layout than the default: parts of the suite also run over the small one.

use crate::engine::Engine;
use crate::game_scenario::{closed, drawn, game_bet, game_command, game_seed, period_id, settled_lane};
use crate::raw::everything;
use crate::scenario::{command, fund, place, round_id, second};
use crate::{
    bonus, books, close_book, drawn_wins, games, jackpots, order_lists, phone_codes, recoveries, rounds,
    sessions, sweeps, totals,
};
use evens_exchange::Side;
use evens_games::{Period, PeriodStateName};
use evens_store::{Layout, Store};
use jiff::tz::Offset;
use std::collections::BTreeSet;

/// Runs parts of the suite, each over a fresh table with the small layout. The books are checked after each.
macro_rules! over_small_layout {
    ($($topic:ident: $($body:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $body() {
                let engine = Engine::direct().await;
                let store = engine.store.clone().laid_out(Layout::SMALL);
                $topic::$body(&store).await;
                books::check(&store).await;
            }
        )+)+
    };
}

over_small_layout! {
    sweeps: every_waiting_bet_is_found_and_no_other, waiting_bets_of_many_rounds_are_found,
        every_unsettled_match_is_found_and_no_other, matches_of_a_shard_are_found_oldest_first;
    rounds: an_ended_round_is_listed_until_it_is_finished, open_rounds_are_listed_by_when_they_close;
    close_book: a_book_is_closed_page_by_page_and_once, a_round_that_should_have_closed_is_listed;
    totals: a_match_that_is_voided_leaves_the_sum;
    games: a_period_is_listed_for_the_clock_and_then_for_its_lanes, each_winner_of_a_period_is_paid_once;
    jackpots: a_contribution_is_made_once_and_to_all_groups_or_none, a_pool_is_won_once_and_starts_again,
        part_of_a_pool_is_won, of_wins_at_once_each_takes_what_is_there,
        a_group_takes_no_contributions_while_its_limit_comes_or_goes;
    drawn_wins: a_drawn_win_is_owed_once_and_begins_once, wins_beyond_one_answer_are_found;
    bonus: a_sweep_finds_exactly_those_that_owe;
    phone_codes: a_proved_number_makes_bonuses_due;
    recoveries: a_recovery_sets_a_password_and_ends_all_sessions;
    sessions: work_owed_since_a_login_is_found_until_it_is_done;
    order_lists: waiting_orders_are_listed_page_by_page, ended_withdrawals_are_listed_by_state_newest_first,
        an_order_is_in_the_list_of_its_next_step;
}

/// Each player is paid once by the two lanes of a period with two shards, and the second lane ends it.
#[tokio::test]
async fn a_period_with_two_shards_is_paid_by_two_lanes() {
    let engine = Engine::direct().await;
    let store = engine.store.clone().laid_out(Layout::SMALL);
    let new = Period::open(period_id(), Offset::UTC, game_seed().hash(), store.layout().period_shards_min());
    let opened = store.open_period(new, &game_seed()).await.expect("a period").into_period();
    for player in 1..=8 {
        fund(&store, player, "100").await;
        game_bet(&store, &game_command(player, "key", true, "10"), &opened).await;
    }
    let bets = store.load_period_bets_eventually(&opened).await.expect("the bets");
    assert_eq!(bets.iter().map(|shard| shard.number).collect::<Vec<_>>(), [0, 1]);
    let drawn = drawn(&store, &closed(&store, &opened).await).await;
    let mut paid = 0;
    for lane in drawn.open_lanes() {
        let state = store.load_period(drawn.id).await.expect("a read").expect("the period").state.name();
        assert_eq!(state, PeriodStateName::Resulted);
        paid += settled_lane(&store, &drawn, lane).await.len();
    }
    let ended = store.load_period(drawn.id).await.expect("a read").expect("the period");
    assert_eq!((drawn.open_lanes().len(), paid, ended.state.name()), (2, 8, PeriodStateName::Settled));
    books::check(&store).await;
}

/// A store with another layout finds the wrong place of most items, so no run mixes two layouts by mistake.
#[tokio::test]
async fn another_layout_finds_items_misplaced() {
    let engine = Engine::direct().await;
    let small = engine.store.clone().laid_out(Layout::SMALL);
    fund(&small, 1, "100").await;
    for number in 0..20 {
        let mut command = command(1, &format!("key-{number}"), Side::A, "1");
        command.round = round_id(&format!("round-{number}"));
        place(&small, &command, second(number)).await;
    }
    let items = everything(&engine).await;
    let partitions = items.values().filter_map(|item| item["pk"].as_s().ok());
    let of_book: BTreeSet<_> = partitions.filter(|partition| partition.starts_with("BOOK#")).collect();
    assert_eq!(of_book.into_iter().collect::<Vec<_>>(), ["BOOK#00", "BOOK#01"]);
    assert_eq!(misplaced(&small).await, 0);
    assert!(misplaced(&engine.store).await > 10);
}

/// The number of items that a scan refuses.
async fn misplaced(store: &Store) -> usize {
    let mut misplaced = 0;
    store.scan(|record| misplaced += usize::from(record.is_err())).await.expect("a scan");
    misplaced
}
