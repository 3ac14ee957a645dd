//! More bets than the table can write.

use crate::world::World;
use axum::http::header;

/// The partition of a busy period accepts a limited number of writes per second. A throttled player is asked to retry,
/// has lost nothing, and succeeds later.
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
