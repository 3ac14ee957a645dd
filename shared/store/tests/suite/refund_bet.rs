//! Refunds: an unmatched bet is refunded once, and a match that takes it first wins.

use crate::scenario::{amount, bet, holds, joined, money, plan, refund, refund_terms, second};
use evens_exchange::{Draw, RefundReason, Side};
use evens_store::{JoinOutcome, RefundBetOutcome, Store};
use futures::future::{join, join_all};

pub(crate) async fn refunds_a_bet_that_is_due_once(store: &Store) {
    let placed = bet(store, 1, Side::A, "10", 0).await;
    let refund = async |at| {
        let refunded = store.refund_bet(&placed.bet, RefundReason::Expired, refund_terms(), second(at)).await;
        refunded.unwrap()
    };
    assert_eq!(refund(299).await, RefundBetOutcome::NotDue { due_at: second(300) });
    assert_eq!(money(store, 1).await, holds("990", "10"));
    let RefundBetOutcome::Refunded(refunded) = refund(300).await else { panic!("it is due") };
    assert_eq!(refunded.entry.key.as_str(), format!("REFUND:{}", placed.bet.id));
    assert_eq!(refund(301).await, RefundBetOutcome::NothingWaits);
    assert_eq!(money(store, 1).await, holds("1000", "0"));
    assert_eq!(store.load_waiting(&placed.bet).await.unwrap(), None);
    assert_eq!(store.load_bet(placed.bet.id).await.unwrap().expect("a bet").refunded, amount("10"));
}

pub(crate) async fn refunds_at_once_on_request_and_after_the_round(store: &Store) {
    for (player, reason) in [(1, RefundReason::Requested), (2, RefundReason::RoundEnded)] {
        let placed = bet(store, player, Side::A, "10", 0).await;
        let refunded = store.refund_bet(&placed.bet, reason, refund_terms(), second(1)).await.unwrap();
        assert!(matches!(refunded, RefundBetOutcome::Refunded(_)), "{refunded:?}");
        assert_eq!(money(store, player).await, holds("1000", "0"));
    }
}

pub(crate) async fn refunds_only_what_is_unmatched(store: &Store) {
    let large = bet(store, 1, Side::A, "10", 0).await;
    let small = bet(store, 2, Side::B, "4", 1).await;
    joined(store, &large.waiting, &small.waiting, 10).await;
    let RefundBetOutcome::Refunded(refunded) = refund(store, &large.bet).await else { panic!("6 wait") };
    assert_eq!(refunded.entry.amount, amount("6"));
    assert_eq!(money(store, 1).await, holds("996", "4"));
    assert_eq!(refund(store, &small.bet).await, RefundBetOutcome::NothingWaits);
}

pub(crate) async fn parallel_refunds_give_back_once(store: &Store) {
    let placed = bet(store, 1, Side::A, "10", 0).await;
    let refunds = join_all((0..20).map(|_| refund(store, &placed.bet))).await;
    let refunded = refunds.iter().filter(|one| matches!(one, RefundBetOutcome::Refunded(_))).count();
    let nothing = refunds.iter().filter(|one| matches!(one, RefundBetOutcome::NothingWaits)).count();
    assert_eq!((refunded, nothing), (1, 19));
    assert_eq!(money(store, 1).await, holds("1000", "0"));
}

/// X16: of a refund and a join one loses cleanly. If a bet is joined in part, the rest is refunded.
pub(crate) async fn a_refund_and_a_join_of_the_same_bet_never_both_take_it(store: &Store) {
    for number in 0..12_u64 {
        let players = [100 + 2 * number, 101 + 2 * number];
        let staked = if number % 2 == 0 { "10" } else { "7" };
        let a = bet(store, players[0], Side::A, staked, 0).await;
        let b = bet(store, players[1], Side::B, "7", 1).await;
        let plan = plan(&a.waiting, &b.waiting, 10);
        let (refunded, joined) =
            join(refund(store, &a.bet), store.join_bets(&plan, Side::A, &Draw::Match)).await;
        let is_joined = joined.unwrap() == JoinOutcome::Joined;
        let at_risk = if is_joined { "7" } else { "0" };
        let is_used_up = matches!(refunded, RefundBetOutcome::NothingWaits);
        assert!(!is_used_up || is_joined, "number {number}: nothing waits because it was joined");
        assert_eq!(money(store, players[0]).await.1, at_risk, "number {number}");
    }
}
