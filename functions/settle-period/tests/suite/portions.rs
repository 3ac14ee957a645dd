//! The share of a lane that a job pays: at its time limit it leaves the rest to the next job, but always pays
//! something.

use crate::world::{World, amount};
use evens_contracts::{QueuedJob, SettlePeriodJob};
use evens_runtime::JobDone;
use evens_settle_period::Portion;
use std::time::Duration;

/// The time limit is reached as soon as any bet is paid.
fn at_once(bets: usize) -> Portion {
    Portion { bets, time: Duration::ZERO }
}

#[tokio::test]
async fn a_job_pays_some_bets_and_asks_for_the_rest_when_its_time_is_over() {
    let world = World::of(5).await;
    // Players paid so far, whether the lane has ended, and the total number of jobs sent.
    let rest = JobDone("sent the job for the rest of the lane");
    for (later, done, expected) in [
        (0, rest, (2, false, 1)),
        (1, rest, (4, false, 2)),
        (2, JobDone("paid the lane"), (5, true, 2)),
        (3, JobDone("paid before, or nothing is owed yet"), (5, true, 2)),
    ] {
        assert_eq!(world.settle(at_once(2), later).await.unwrap(), done, "{later}");
        assert_eq!((world.paid().await, world.has_ended().await, world.asked().await), expected, "{later}");
    }
}

#[tokio::test]
async fn a_job_with_time_pays_the_whole_lane() {
    let world = World::of(5).await;
    let portion = Portion { bets: 2, time: Duration::from_mins(1) };
    assert_eq!(world.settle(portion, 0).await.unwrap(), JobDone("paid the lane"));
    assert_eq!((world.paid().await, world.has_ended().await, world.asked().await), (5, true, 0));
}

/// The player's position in the lane does not matter, because the order of its bets is arbitrary.
#[tokio::test]
async fn an_unpayable_player_does_not_block_others() {
    let world = World::of(4).await;
    // The payout would exceed the maximum balance.
    world.fund(world.players[2], amount("99999999999999999999.99999999"), "fill-up").await;
    for job in 0..3 {
        // The job that reaches this player fails.
        match world.settle(at_once(1), job).await {
            Ok(done) => assert_eq!(done, JobDone("sent the job for the rest of the lane")),
            Err(failure) => assert!(!failure.is_retryable(), "{failure:?}"),
        }
        assert!(!world.has_ended().await);
    }
    assert_eq!(world.paid().await, 3);
    let failure = world.settle(at_once(1), 3).await.unwrap_err();
    assert!(!failure.is_retryable(), "{failure:?}");
    assert!(!world.has_ended().await);
}

/// Payments still running at the time limit must finish within the other half.
#[test]
fn a_job_uses_half_of_its_time_at_most() {
    let time = SettlePeriodJob::QUEUE.rules().function_timeout.saturating_sub(Duration::from_secs(2));
    assert!(Portion::OF_A_JOB.time * 2 <= time);
}
