//! Fixing an outcome: the first one stays.

use crate::scenario::{drawn, match_of, second, settled};
use evens_exchange::{Match, MatchState, Outcome, Side};
use evens_store::{DrawOutcome, Store, StoreError};
use futures::future::join_all;

pub(crate) async fn a_second_draw_keeps_the_first(store: &Store) {
    let joined = match_of(store, "10").await;
    let first = drawn(store, &joined, Side::A).await;
    let other = Outcome { winner: Side::B, drawn_at: second(99) };
    let second_draw = store.draw_match(&joined, other).await.unwrap();
    assert_eq!(second_draw, DrawOutcome::Before(MatchState::Drawn(first)));
    let found = store.load_match(&joined.round, joined.id).await.unwrap().expect("the match");
    assert_eq!(found.state, MatchState::Drawn(first));
}

pub(crate) async fn parallel_draws_agree_on_one(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcomes = Side::ALL.map(|winner| Outcome { winner, drawn_at: second(20) });
    let draws = join_all(outcomes.map(|outcome| store.draw_match(&joined, outcome))).await;
    let fixed = store.load_match(&joined.round, joined.id).await.unwrap().expect("the match").state;
    let mut now = 0;
    for draw in draws {
        match draw.unwrap() {
            DrawOutcome::Drawn(outcome) => {
                now += 1;
                assert_eq!(MatchState::Drawn(outcome), fixed);
            }
            DrawOutcome::Before(state) => assert_eq!(state, fixed),
        }
    }
    assert_eq!(now, 1);
}

pub(crate) async fn a_settled_match_is_not_drawn(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = settled(store, &joined, Side::B).await;
    let again = store.draw_match(&joined, Outcome { winner: Side::A, drawn_at: second(99) }).await.unwrap();
    assert_eq!(again, DrawOutcome::Before(MatchState::Settled(outcome)));
}

pub(crate) async fn a_match_that_is_not_there_is_corrupt(store: &Store) {
    let joined = match_of(store, "10").await;
    let absent = Match { round: crate::scenario::round_id("elsewhere"), ..joined };
    let drawn = store.draw_match(&absent, Outcome { winner: Side::A, drawn_at: second(20) }).await;
    assert!(matches!(drawn, Err(StoreError::Corrupt { .. })), "{drawn:?}");
}
