//! Sweeps: everything unfinished is found, nothing that has ended is, sorted by time.

use crate::scenario::{
    ROUND, bet, drawn, joined, opened, refund, round_id, second, settled, swept_matches, swept_matches_of,
    swept_waiting,
};
use evens_exchange::{Draw, Match, Side};
use evens_idempotency::BetId;
use evens_store::{Store, UnsettledMatch};
use jiff::Timestamp;

pub(crate) async fn every_waiting_bet_is_found_and_no_other(store: &Store) {
    let mut expected: Vec<BetId> = Vec::new();
    for player in 1..=20 {
        let placed = bet(store, player, Side::A, "10", 0).await;
        expected.push(placed.bet.id);
    }
    let given_back = bet(store, 21, Side::A, "10", 0).await;
    refund(store, &given_back.bet).await;
    let (a, b) = (bet(store, 22, Side::A, "10", 0).await, bet(store, 23, Side::B, "6", 1).await);
    joined(store, &a.waiting, &b.waiting, 2).await;
    expected.push(a.bet.id);
    expected.sort();
    assert_eq!(waiting(store).await, expected);
}

pub(crate) async fn waiting_bets_of_many_rounds_are_found(store: &Store) {
    crate::scenario::fund(store, 1, "1000").await;
    let mut expected = Vec::new();
    for number in 0..40 {
        let mut command = crate::scenario::command(1, &format!("key-{number}"), Side::B, "1");
        command.round = round_id(&format!("round-{number}"));
        expected.push(crate::scenario::place(store, &command, second(number)).await.bet.id);
    }
    expected.sort();
    assert_eq!(waiting(store).await, expected);
}

pub(crate) async fn every_unsettled_match_is_found_and_no_other(store: &Store) {
    let mut matches = Vec::new();
    for number in 0..12 {
        let a = bet(store, 100 + 2 * number, Side::A, "10", 0).await;
        let b = bet(store, 101 + 2 * number, Side::B, "10", 1).await;
        matches.push(joined(store, &a.waiting, &b.waiting, 10).await);
    }
    drawn(store, &matches[0], Side::A).await;
    settled(store, &matches[1], Side::A).await;
    store.void_match(&matches[2], second(30)).await.unwrap();
    let mut expected: Vec<_> = [&matches[..1], &matches[3..]].concat().iter().map(unsettled).collect();
    expected.sort_by_key(|found| found.id);
    assert_eq!(unsettled_before(store, second(11)).await, expected);
}

pub(crate) async fn a_match_is_found_when_it_was_joined_before_that_time(store: &Store) {
    let (a, b) = (bet(store, 1, Side::A, "10", 0).await, bet(store, 2, Side::B, "10", 1).await);
    let found = joined(store, &a.waiting, &b.waiting, 10).await;
    for (before, expected) in [(9, 0), (10, 0), (11, 1), (1_000_000_000, 1)] {
        assert_eq!(unsettled_before(store, second(before)).await.len(), expected, "before {before}");
    }
    assert_eq!(unsettled_before(store, Timestamp::MAX).await, [unsettled(&found)]);
}

pub(crate) async fn matches_of_a_shard_are_found_oldest_first(store: &Store) {
    for number in 0..40 {
        let a = bet(store, 100 + 2 * number, Side::A, "10", 0).await;
        let b = bet(store, 101 + 2 * number, Side::B, "10", 1).await;
        let joined_at = 1_000 - i64::try_from(number).unwrap();
        joined(store, &a.waiting, &b.waiting, joined_at).await;
    }
    let mut count = 0;
    for shard in store.layout().shards() {
        let found = swept_matches_of(store, shard, second(2_000)).await;
        assert!(found.is_sorted_by_key(|found| found.joined_at), "shard {shard}: {found:?}");
        count += found.len();
    }
    assert_eq!(count, 40);
}

/// Matches of a round with one outcome wait for it. The round itself is in the index once it has ended.
pub(crate) async fn matches_that_wait_for_their_round_are_not_found(store: &Store) {
    opened(store, ROUND, Draw::Round, 0).await;
    let (a, b) = (bet(store, 1, Side::A, "10", 0).await, bet(store, 2, Side::B, "10", 1).await);
    let plan = crate::scenario::plan(&a.waiting, &b.waiting, 10);
    store.join_bets(&plan, Side::A, &Draw::Round).await.unwrap();
    assert_eq!(unsettled_before(store, second(1_000)).await, []);
    let found = store.list_matches(&round_id(ROUND), None, 10).await.unwrap();
    assert_eq!(found.matches, [plan.bet_match]);
}

pub(crate) async fn an_empty_table_has_nothing_unfinished(store: &Store) {
    assert_eq!(waiting(store).await, []);
    assert_eq!(unsettled_before(store, Timestamp::MAX).await, []);
    for shard in store.layout().shards() {
        assert_eq!(store.sweep_rounds(shard, Timestamp::MAX).await.unwrap(), []);
    }
}

async fn waiting(store: &Store) -> Vec<BetId> {
    let mut found: Vec<_> = swept_waiting(store).await.iter().map(|waiting| waiting.bet).collect();
    found.sort();
    found
}

async fn unsettled_before(store: &Store, before: Timestamp) -> Vec<UnsettledMatch> {
    let mut found = swept_matches(store, before).await;
    found.sort_by_key(|found| found.id);
    found
}

fn unsettled(found: &Match) -> UnsettledMatch {
    let Match { id, round, user_a, joined_at, .. } = found.clone();
    UnsettledMatch { id, round, user_a, joined_at }
}
