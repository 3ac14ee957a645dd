//! Joining: the rest of both bets, and the loser of a race.

use crate::scenario::{
    amount, bet, command, fill_up, fund, holds, joined, match_of, money, open_with_commission, place, plan,
    plan_drawn, refund, second, totals, user,
};
use evens_exchange::{Draw, MatchState, OpposedBets, Side, UnmatchedBet, join};
use evens_store::{JoinOutcome, SettleOutcome, Store};
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

/// Two parts of one bet are settled with their joins, each at the rate of the winner's bet.
pub(crate) async fn a_join_takes_the_commission(store: &Store) {
    open_with_commission(store, "0.0333").await;
    let large = bet(store, 1, Side::A, "10", 0).await;
    let mut left = large.waiting;
    for (player, staked) in [(2, "3.00000001"), (3, "4")] {
        let small = bet(store, player, Side::B, staked, 1).await;
        let plan = plan_drawn(&left, &small.waiting, Side::A, 3);
        let settled = store.join_and_settle(&plan, Side::B, &Draw::Match, &[], second(3)).await.unwrap();
        assert_eq!(settled, JoinOutcome::Settled);
        left = store.load_waiting(&large.bet).await.unwrap().expect("the rest waits");
        assert_eq!(left.commission, "0.0333".parse().expect("a rate"));
    }
    // 0.0999 and 0.1332, both rounded down.
    assert_eq!(money(store, 1).await, holds("1003.76690002", "2.99999999"));
    let bet = store.load_bet(large.bet.id).await.unwrap().expect("a bet");
    assert_eq!((bet.paid, bet.commission_paid), (amount("14.00000002"), amount("0.2331")));
}

/// M3: nothing is taken from a refund or a void match.
pub(crate) async fn a_refund_has_no_commission(store: &Store) {
    open_with_commission(store, "0.1").await;
    let found = match_of(store, "10").await;
    store.void_match(&found, second(30)).await.unwrap();
    let waiting = bet(store, 3, Side::A, "7", 31).await;
    refund(store, &waiting.bet).await;
    for player in 1..=3 {
        assert_eq!(money(store, player).await, holds("1000", "0"));
    }
}

pub(crate) async fn the_rest_of_the_larger_bet_stays_unmatched(store: &Store) {
    let large = bet(store, 1, Side::A, "10", 0).await;
    let small = bet(store, 2, Side::B, "3.00000001", 1).await;
    joined(store, &large.waiting, &small.waiting, 10).await;

    let left = store.load_waiting(&large.bet).await.unwrap().expect("the rest waits");
    assert_eq!(left, UnmatchedBet { open: amount("6.99999999"), ..large.waiting });
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

    let left = UnmatchedBet { open: amount("6"), ..a.waiting };
    let changed_a = JoinOutcome::Changed { side: Side::A, waiting: Some(left.clone()) };
    assert_eq!(store.join_bets(&same_b, Side::A, &Draw::Match).await.unwrap(), changed_a);
    refund(store, &b.bet).await;
    let stale = plan(&left, &b.waiting, 4);
    let gone_b = JoinOutcome::Changed { side: Side::B, waiting: None };
    assert_eq!(store.join_bets(&stale, Side::A, &Draw::Match).await.unwrap(), gone_b);
    // The same join again: both changed, and the taker is named.
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

/// A18: three workers that seek opponents concurrently get three different ones, and none waits for another.
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

/// Tries the candidates oldest first, and the next one after a lost race, as the matcher does.
async fn take_the_oldest_that_is_free(store: &Store, taker: &UnmatchedBet) -> UnmatchedBet {
    for _ in 0..20 {
        let candidates = store.list_waiting(&taker.round, Side::B, None, 10).await.unwrap();
        for candidate in candidates.found {
            let pair = OpposedBets::of(taker, &candidate, amount("0")).expect("opposed bets");
            let joined = store.join_bets(&join(&pair, taker.placed_at), Side::A, &Draw::Match).await.unwrap();
            match joined {
                JoinOutcome::Joined | JoinOutcome::Settled => return candidate,
                JoinOutcome::Changed { side: Side::B, .. } | JoinOutcome::Busy => {}
                other @ (JoinOutcome::Changed { side: Side::A, .. } | JoinOutcome::Barred { .. }) => {
                    panic!("{other:?}, although only this call takes {taker:?}")
                }
            }
        }
    }
    panic!("{taker:?} finds nobody");
}

pub(crate) async fn a_match_that_is_drawn_at_once_is_paid_with_its_join(store: &Store) {
    let large = bet(store, 1, Side::A, "10", 0).await;
    let small = bet(store, 2, Side::B, "4", 1).await;
    let plan = plan_drawn(&large.waiting, &small.waiting, Side::B, 3);
    let settled = store.join_and_settle(&plan, Side::A, &Draw::Match, &[], second(3)).await;
    assert_eq!(settled.unwrap(), JoinOutcome::Settled);

    assert_eq!((money(store, 1).await, money(store, 2).await), (holds("990", "6"), holds("1004", "0")));
    let found = store.load_match(&plan.bet_match.round, plan.bet_match.id).await.unwrap().expect("the match");
    let outcome = plan.bet_match.state.outcome().expect("it is drawn");
    assert_eq!(found.state, MatchState::Settled(outcome));
    let [lost, won] = [large.bet.id, small.bet.id].map(|bet| store.load_bet(bet));
    let (lost, won) = (lost.await.unwrap().expect("a bet"), won.await.unwrap().expect("a bet"));
    assert_eq!((lost.settled, lost.paid, won.settled, won.paid), {
        (amount("4"), amount("0"), amount("4"), amount("8"))
    });
    assert_eq!(store.load_waiting(&lost).await.unwrap().expect("the rest waits").open, amount("6"));
    assert_eq!(store.load_waiting(&won).await.unwrap(), None);

    // Again, also by a job with an old message.
    let again = store.join_and_settle(&plan, Side::B, &Draw::Match, &[], second(4)).await.unwrap();
    assert_eq!(again, JoinOutcome::Changed { side: Side::B, waiting: None });
    let again = store.settle_match(&plan.bet_match, outcome, None, second(5)).await.unwrap();
    assert_eq!(again, SettleOutcome::EndedBefore(MatchState::Settled(outcome)));
    assert_eq!(money(store, 2).await, holds("1004", "0"));
}

/// Player 1 wins eight matches at once: each either pays with the join, or is only joined and paid later.
pub(crate) async fn of_joins_at_once_for_one_winner_each_pays_or_only_joins(store: &Store) {
    fund(store, 1, "1000").await;
    let mut plans = Vec::new();
    for number in 0..8 {
        let key = format!("key-{number}");
        let own = place(store, &command(1, &key, Side::A, "3"), second(number)).await.waiting;
        let other = bet(store, 2 + number.cast_unsigned(), Side::B, "3", number).await.waiting;
        plans.push(plan_drawn(&own, &other, Side::A, 10));
    }
    let at_once =
        plans.iter().map(|plan| store.join_and_settle(plan, Side::B, &Draw::Match, &[], second(10)));
    for (outcome, plan) in join_all(at_once).await.into_iter().zip(&plans) {
        let drawn = plan.bet_match.state.outcome().expect("it is drawn");
        let settled = store.settle_match(&plan.bet_match, drawn, None, second(20)).await.unwrap();
        match outcome.unwrap() {
            JoinOutcome::Joined => assert!(matches!(settled, SettleOutcome::Settled(_)), "{settled:?}"),
            JoinOutcome::Settled => {
                assert_eq!(settled, SettleOutcome::EndedBefore(MatchState::Settled(drawn)));
            }
            other => panic!("nobody else wants these bets: {other:?}"),
        }
    }
    assert_eq!(money(store, 1).await, holds("1024", "0"));
}

pub(crate) async fn a_wallet_read_earlier_is_valid_until_it_is_written(store: &Store) {
    for (number, is_written, expected) in [(0, false, JoinOutcome::Settled), (1, true, JoinOutcome::Joined)] {
        let (one, other) = (2 * number + 1, 2 * number + 2);
        let (a, b) = (bet(store, one, Side::A, "10", 0).await, bet(store, other, Side::B, "10", 1).await);
        let players = [user(other), user(one)];
        let wallets = store.load_place(a.bet.id, &a.bet.place(), &players, true).await.unwrap().wallets;
        assert_eq!(wallets[1].wallet, store.load_wallet(user(one)).await.unwrap());
        if is_written {
            place(store, &command(one, "key-2", Side::A, "1"), second(2)).await;
        }
        let plan = plan_drawn(&a.waiting, &b.waiting, Side::A, 3);
        let joined = store.join_and_settle(&plan, Side::B, &Draw::Match, &wallets, second(3)).await.unwrap();
        assert_eq!(joined, expected);
    }
    assert_eq!((money(store, 1).await, money(store, 3).await), (holds("1010", "0"), holds("989", "11")));
}

pub(crate) async fn a_payout_that_does_not_fit_is_left_to_the_settlement(store: &Store) {
    let (a, b) = (bet(store, 1, Side::A, "10", 0).await, bet(store, 2, Side::B, "10", 1).await);
    fill_up(store, user(1)).await;
    let plan = plan_drawn(&a.waiting, &b.waiting, Side::A, 3);
    let joined = store.join_and_settle(&plan, Side::A, &Draw::Match, &[], second(3)).await.unwrap();
    assert_eq!(joined, JoinOutcome::Joined);
    let found = store.load_match(&plan.bet_match.round, plan.bet_match.id).await.unwrap();
    assert_eq!(found, Some(plan.bet_match));
}

pub(crate) async fn a_match_without_a_draw_is_joined_and_not_paid(store: &Store) {
    let (a, b) = (bet(store, 1, Side::A, "10", 0).await, bet(store, 2, Side::B, "10", 1).await);
    let plan = plan(&a.waiting, &b.waiting, 3);
    let joined = store.join_and_settle(&plan, Side::A, &Draw::Round, &[], second(3)).await.unwrap();
    assert_eq!(joined, JoinOutcome::Joined);
    assert_eq!(money(store, 1).await, holds("990", "10"));
}
