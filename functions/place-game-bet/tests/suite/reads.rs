//! Which other bets a request reads: none for a closed period, and none while another request is reading.

use crate::world::World;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn a_period_that_is_over_is_not_read() {
    let world = World::start().await;
    assert_eq!(world.bet(1, 3_000).await, 202);
    let of_a_bet = world.queries();
    assert!(of_a_bet > 0, "a bet on an open period reads its bets");
    for milliseconds in [25_000, 26_000, 29_000, 600_000] {
        assert_eq!(world.bet(2, milliseconds).await, 409, "{milliseconds}");
    }
    assert_eq!(world.queries(), of_a_bet, "nobody looks at the bets of a period that takes none");
}

#[tokio::test]
async fn while_one_bet_reads_the_others_go_by_what_was_read_before() {
    let world = World::start().await;
    assert_eq!(world.bet(1, 3_000).await, 202);
    let of_a_bet = world.queries();
    world.hold_queries(true);
    let mut reads = std::pin::pin!(world.bet(2, 4_200));
    assert!(timeout(Duration::from_millis(300), &mut reads).await.is_err(), "it waits for what it reads");
    let other = timeout(Duration::from_secs(20), world.bet(3, 4_300)).await;
    assert_eq!(other, Ok(202), "another one does not");
    assert_eq!(world.queries(), 2 * of_a_bet, "one of the two reads");
    world.hold_queries(false);
    assert_eq!(reads.await, 202);
    // The next bet uses the cached result.
    assert_eq!(world.bet(1, 4_900).await, 202);
    assert_eq!(world.queries(), 2 * of_a_bet);
}

/// The cached result is too old here, so the request waits for the running read instead of starting its own.
#[tokio::test]
async fn a_bet_waits_for_who_reads_where_nothing_recent_is_known() {
    let world = World::start().await;
    world.hold_queries(true);
    let (mut one, mut other) = (std::pin::pin!(world.bet(1, 3_000)), std::pin::pin!(world.bet(2, 3_000)));
    assert!(timeout(Duration::from_millis(300), &mut one).await.is_err());
    assert!(timeout(Duration::from_millis(300), &mut other).await.is_err());
    let of_a_bet = world.queries();
    world.hold_queries(false);
    assert_eq!((one.await, other.await), (202, 202));
    assert_eq!(world.queries(), of_a_bet);
}
