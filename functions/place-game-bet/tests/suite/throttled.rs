//! Bets of a crowd that the table does not keep up with.

use crate::world::World;
use axum::http::header;

/// The partition of a crowded period takes so many writes a second. Who is not among them is told to come back, has
/// lost nothing, and is served then.
#[tokio::test]
async fn a_bet_that_the_table_throttles_is_told_when_to_come_back_and_costs_nothing() {
    let world = World::start().await;
    world.throttle_writes(true);
    let answer = world.answer(1, 3_000).await;
    assert_eq!(answer.status(), 503);
    let seconds = answer.headers()[header::RETRY_AFTER].to_str().map(str::parse::<u64>);
    assert!(matches!(seconds, Ok(Ok(1..))), "{:?}", answer.headers());
    assert_eq!(world.balance_and_bets(1).await, ("100".to_owned(), 0));
    world.throttle_writes(false);
    assert_eq!(world.bet(1, 9_000).await, 202);
    assert_eq!(world.balance_and_bets(1).await, ("99".to_owned(), 1));
}
