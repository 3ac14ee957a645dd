//! Closing the book of a round: closed bets can only be ended by their round.

use crate::scenario::{
    ROUND, bet, command, fund, holds, money, opened, place, plan, refund, refund_terms, round_id, second,
};
use evens_exchange::{Deadlines, Draw, RefundReason, Round, RoundId, Side};
use evens_store::{JoinOutcome, RefundBetOutcome, Store};

/// Closes the whole book of the usual round. Returns the number of bets closed.
async fn close_book(store: &Store) -> usize {
    let (round, mut closed) = (round_id(ROUND), 0);
    for side in Side::ALL {
        let mut start = None;
        loop {
            let page = store.close_book(&round, side, second(30), start).await.expect("a page");
            closed += page.closed;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    closed
}

/// The case of a job that read both bets before their round closed.
pub(crate) async fn a_closed_bet_is_neither_joined_nor_cancelled(store: &Store) {
    let a = bet(store, 1, Side::A, "10", 0).await;
    let b = bet(store, 2, Side::B, "10", 1).await;
    let read_before = plan(&a.waiting, &b.waiting, 20);
    assert_eq!(close_book(store).await, 2);
    for (taker, side) in [(Side::A, Side::A), (Side::B, Side::B)] {
        let outcome = store.join_bets(&read_before, taker, &Draw::Match).await.unwrap();
        assert_eq!(outcome, JoinOutcome::Changed { side, waiting: None });
    }
    assert_eq!(refund(store, &a.bet).await, RefundBetOutcome::RoundEnded);
    assert_eq!(money(store, 1).await, holds("990", "10"));
    for (bet, reason) in [(&a.bet, RefundReason::RoundEnded), (&b.bet, RefundReason::Expired)] {
        let refunded = store.refund_bet(bet, reason, refund_terms(), second(1_000)).await.unwrap();
        assert!(matches!(refunded, RefundBetOutcome::Refunded(_)), "{refunded:?}");
    }
    assert_eq!(money(store, 1).await, holds("1000", "0"));
}

pub(crate) async fn a_book_is_closed_page_by_page_and_once(store: &Store) {
    let several = 40;
    for player in 1..=several {
        let side = if player % 2 == 0 { Side::A } else { Side::B };
        bet(store, player, side, "10", 0).await;
    }
    assert_eq!(close_book(store).await, 40);
    assert_eq!(close_book(store).await, 0);
    // A late bet is closed by a later pass, and could never be joined with an earlier one.
    fund(store, 99, "10").await;
    place(store, &command(99, "late", Side::A, "10"), second(50)).await;
    assert_eq!(close_book(store).await, 1);
}

pub(crate) async fn a_round_that_should_have_closed_is_listed(store: &Store) {
    let deadlines = Deadlines { closes_by: second(100), result_by: second(200) };
    let terms = crate::scenario::terms("due", Draw::Match);
    let terms = evens_exchange::RoundTerms { deadlines: Some(deadlines), ..terms };
    let seed = crate::scenario::seed();
    store.open_round(Round::open(terms, &seed, second(0)), &seed).await.unwrap();
    opened(store, "endless", Draw::Match, 0).await;
    assert_eq!(listed(store, 99).await, []);
    assert_eq!(listed(store, 101).await, [round_id("due")]);
}

async fn listed(store: &Store, at: i64) -> Vec<RoundId> {
    let mut ids = Vec::new();
    for shard in store.layout().shards() {
        ids.extend(store.sweep_rounds(shard, second(at)).await.unwrap().into_iter().map(|round| round.id));
    }
    ids
}
