//! Joining: what is left of both bets, and who loses a race.

use crate::scenario::{amount, bet, joined, match_of, plan, refund, totals};
use evens_exchange::{Draw, MatchState, OpposedBets, Side, WaitingBet, join};
use evens_store::{JoinOutcome, Store};
use futures::future::join_all;

pub(crate) async fn joins_equal_bets_in_full(store: &Store) {
    let found = match_of(store, "10").await;
    assert_eq!(store.load_match(&found.round, found.id).await.unwrap(), Some(found.clone()));
    assert_eq!((found.amount, found.state), (amount("10"), MatchState::Joined));
    for bet in [found.bet_a, found.bet_b] {
        let bet = store.load_bet(bet).await.unwrap().expect("the bet");
        assert_eq!(store.load_waiting(&bet).await.unwrap(), None);
    }
    assert_eq!(totals(store).await, ["10", "0", "0"]);
}

pub(crate) async fn what_is_left_of_the_larger_bet_waits_on(store: &Store) {
    let large = bet(store, 1, Side::A, "10", 0).await;
    let small = bet(store, 2, Side::B, "3.00000001", 1).await;
    joined(store, &large.waiting, &small.waiting, 10).await;

    let left = store.load_waiting(&large.bet).await.unwrap().expect("the rest waits");
    assert_eq!(left, WaitingBet { open: amount("6.99999999"), ..large.waiting });
    assert_eq!(store.load_waiting(&small.bet).await.unwrap(), None);

    let third = bet(store, 3, Side::B, "100", 2).await;
    joined(store, &left, &third.waiting, 11).await;
    let left = store.load_waiting(&third.bet).await.unwrap().expect("the rest waits");
    assert_eq!(left.open, amount("93.00000001"));
    assert_eq!(totals(store).await, ["10", "0", "93.00000001"]);
}

pub(crate) async fn the_side_that_changed_is_named(store: &Store) {
    let a = bet(store, 1, Side::A, "10", 0).await;
    let b = bet(store, 2, Side::B, "10", 1).await;
    let other_b = bet(store, 3, Side::B, "4", 2).await;
    let (same_a, same_b) = (plan(&a.waiting, &other_b.waiting, 3), plan(&a.waiting, &b.waiting, 3));
    joined(store, &a.waiting, &other_b.waiting, 3).await;

    let left = WaitingBet { open: amount("6"), ..a.waiting };
    let changed_a = JoinOutcome::Changed { side: Side::A, waiting: Some(left.clone()) };
    assert_eq!(store.join_bets(&same_b, Side::A, &Draw::Match).await.unwrap(), changed_a);
    refund(store, &b.bet).await;
    let stale = plan(&left, &b.waiting, 4);
    let gone_b = JoinOutcome::Changed { side: Side::B, waiting: None };
    assert_eq!(store.join_bets(&stale, Side::A, &Draw::Match).await.unwrap(), gone_b);
    // The very same join again: both changed, and the taker is named.
    assert_eq!(store.join_bets(&same_a, Side::A, &Draw::Match).await.unwrap(), changed_a);
    assert_eq!(store.join_bets(&same_a, Side::B, &Draw::Match).await.unwrap(), gone_b);
}

pub(crate) async fn the_same_join_in_parallel_happens_once(store: &Store) {
    let a = bet(store, 1, Side::A, "10", 0).await;
    let b = bet(store, 2, Side::B, "4", 1).await;
    let plan = plan(&a.waiting, &b.waiting, 3);
    let outcomes = join_all((0..8).map(|_| store.join_bets(&plan, Side::A, &Draw::Match))).await;
    let joined = outcomes.iter().filter(|outcome| matches!(outcome, Ok(JoinOutcome::Joined))).count();
    assert!(joined == 1 && outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(totals(store).await, ["4", "6", "0"]);
}

/// A18: three workers that seek opponents at once end with three different ones, and none of them waits for another.
pub(crate) async fn three_takers_at_once_take_three_different_candidates(store: &Store) {
    for (player, at) in [(2, 1), (3, 2), (4, 3)] {
        bet(store, player, Side::B, "10", at).await;
    }
    let mut takers = Vec::new();
    for (player, at) in [(11, 4), (12, 5), (13, 6)] {
        takers.push(bet(store, player, Side::A, "10", at).await.waiting);
    }
    let taken = join_all(takers.iter().map(|taker| take_the_oldest_that_is_free(store, taker))).await;
    let mut candidates: Vec<_> = taken.into_iter().map(|taken| taken.user.number()).collect();
    candidates.sort_unstable();
    assert_eq!(candidates, [2, 3, 4]);
}

/// What the matcher does: tries the candidates oldest first, and the next one where somebody else was faster.
async fn take_the_oldest_that_is_free(store: &Store, taker: &WaitingBet) -> WaitingBet {
    for _ in 0..20 {
        let candidates = store.list_waiting(&taker.round, Side::B, None, 10).await.unwrap();
        for candidate in candidates {
            let pair = OpposedBets::of(taker, &candidate).expect("opposed bets");
            let joined = store.join_bets(&join(&pair, taker.placed_at), Side::A, &Draw::Match).await.unwrap();
            match joined {
                JoinOutcome::Joined => return candidate,
                JoinOutcome::Changed { side: Side::B, .. } | JoinOutcome::Busy => {}
                JoinOutcome::Changed { side: Side::A, .. } => panic!("nobody else takes {taker:?}"),
            }
        }
    }
    panic!("{taker:?} finds nobody");
}
