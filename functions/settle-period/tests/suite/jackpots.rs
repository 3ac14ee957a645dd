//! The cash bets of a lane contribute to the jackpots once, and win them once.

use crate::world::{World, amount};
use evens_contracts::Queue;
use evens_jackpots::{Award, GroupTotals, JackpotTerms};
use evens_settle_period::{LaneSettler, Portion};
use jiff::{SignedDuration, Timestamp};

fn terms(odds: &str, limit: Option<&str>) -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
    JackpotTerms::new(amount("5"), rates[0], rates[1], amount(odds), limit.map(amount)).expect("terms")
}

fn never(limit: Option<&str>) -> JackpotTerms {
    terms("100000000000", limit)
}

/// Settles the lane, in which three players have staked 10 each, and then repeats it.
async fn settle(world: &World) {
    for time in 0..2 {
        world.settle(Portion::OF_A_JOB, time).await.expect("paid");
    }
    assert!(world.has_ended().await);
}

fn totals(pool: &str, reserve: &str) -> GroupTotals {
    GroupTotals { amount: amount(pool), reserve: amount(reserve) }
}

fn before(world: &World) -> Timestamp {
    world.opened_at() - SignedDuration::from_secs(1)
}

#[tokio::test]
async fn a_lane_feeds_the_jackpots_once() {
    let world = World::of(3).await;
    world.open_jackpot(never(None), before(&world)).await;
    settle(&world).await;
    assert_eq!(world.held().await, Some(totals("5.09", "0.03")));
    assert_eq!((world.drawn_win().await, world.asked_of(Queue::Jackpots).await), (None, 0));
    let counted = r#"evens_jackpot_operations_total{operation="contribute",group="minor",outcome="done"} 1"#;
    let metrics = world.context.metrics.prometheus();
    assert!(metrics.lines().any(|line| line == counted), "{metrics}");
}

#[tokio::test]
async fn a_jackpot_that_was_opened_later_is_not_fed() {
    let world = World::of(3).await;
    world.open_jackpot(terms("5", None), world.opened_at() + SignedDuration::from_secs(1)).await;
    settle(&world).await;
    assert_eq!(world.held().await, Some(totals("5", "0")));
    assert_eq!(world.drawn_win().await, None);
}

#[tokio::test]
async fn a_lane_without_open_jackpots_sends_no_job() {
    let world = World::of(3).await;
    settle(&world).await;
    assert_eq!((world.held().await, world.asked_of(Queue::Jackpots).await), (None, 0));
}

/// One read per group, and then none.
#[tokio::test]
async fn terms_of_closed_jackpots_are_read_once_for_all_periods() {
    let settler = LaneSettler::default();
    let (first, second) = (World::of(1).await, World::of(1).await);
    let (first, second) = (first.calls_by(&settler).await, second.calls_by(&settler).await);
    assert_eq!(first, second + 3);
}

#[tokio::test]
async fn a_winning_ticket_is_put_down_before_the_lane_is_done() {
    let world = World::of(3).await;
    world.open_jackpot(terms("5", None), before(&world)).await;
    settle(&world).await;
    let drawn = world.drawn_win().await.expect("one has won");
    assert!(drawn.is_owed() && !drawn.is_forced() && world.players.contains(&drawn.user));
    assert_eq!(world.asked_of(Queue::Jackpots).await, 1);
    // It pays no jackpot.
    assert_eq!(world.held().await, Some(totals("5.09", "0.03")));
}

/// The lane never ends in that case, and no other job makes up for it.
#[tokio::test]
async fn an_unpayable_player_does_not_block_the_jackpots() {
    let world = World::of(3).await;
    world.open_jackpot(terms("5", None), before(&world)).await;
    world.fund(world.players[1], amount("99999999999999999999.99999999"), "fill-up").await;
    for time in 0..2 {
        let failure = world.settle(Portion::OF_A_JOB, time).await.unwrap_err();
        assert!(!failure.is_retryable(), "{failure:?}");
        assert!(!world.has_ended().await);
        assert_eq!(world.held().await, Some(totals("5.09", "0.03")));
        assert!(world.drawn_win().await.is_some_and(|drawn| drawn.is_owed()));
    }
}

#[tokio::test]
async fn a_pool_that_has_reached_its_limit_is_won() {
    for (limit, expected) in [("5.09000001", false), ("5.09", true)] {
        let world = World::of(3).await;
        world.open_jackpot(never(Some(limit)), before(&world)).await;
        settle(&world).await;
        let forced = world.drawn_win().await.filter(Award::is_forced);
        // The limit is stored with the win, whatever the terms become.
        let decided_by = forced.map(|drawn| drawn.must_hit_by);
        assert_eq!(decided_by, expected.then_some(Some(amount(limit))), "{limit}");
    }
}
