//! The process is killed or stopped at random moments.

use crate::crowd::{Crowd, Size};
use crate::{progress, proof};
use evens_tests::Scenario;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;
use tokio::time::sleep;

/// Disables rate limits, because clients repeat their requests.
pub(crate) const VARIABLES: &[(&str, &str)] = &[("EVENS_RATE_LIMITS", "off")];

/// Kills the process this many times, up to 1.5 s after it started serving. A start may take at most `start_max` until
/// it serves.
pub(crate) async fn kill(size: Size, times: u64, start_max: Duration) {
    let mut random = StdRng::seed_from_u64(size.seed);
    let mut scenario = Scenario::start_with(VARIABLES).await;
    let crowd = Crowd::start(&scenario, size).await;
    let bar = progress(times, "kills");
    let mut starts = Vec::new();
    for _ in 0..times {
        sleep(Duration::from_millis(random.random_range(0..1_500))).await;
        scenario.kill_9().await;
        scenario.restart().await;
        crowd.is_at(scenario.api());
        starts.push(scenario.served_after());
        bar.inc(1);
    }
    bar.finish_and_clear();
    // The money is checked first, however long the starts took.
    proof::prove(scenario, crowd.end().await, &[]).await;
    check_starts(starts, start_max);
}

fn check_starts(mut starts: Vec<Duration>, start_max: Duration) {
    starts.sort();
    if let (Some(median), Some(longest)) = (starts.get(starts.len() / 2), starts.last()) {
        let (median_ms, longest_ms) = (median.as_millis(), longest.as_millis());
        println!(
            "{} kills; time from start to serving: median {median_ms} ms, longest {longest_ms} ms",
            starts.len()
        );
        assert!(*longest <= start_max, "a start took {longest_ms} ms, longer than {start_max:?}");
    }
}

/// Stops the process this many times, for up to 8 s each.
pub(crate) async fn hold(size: Size, times: u64) {
    let mut random = StdRng::seed_from_u64(size.seed);
    let scenario = Scenario::start_with(VARIABLES).await;
    let crowd = Crowd::start(&scenario, size).await;
    let bar = progress(times, "holds");
    for _ in 0..times {
        sleep(Duration::from_millis(random.random_range(100..2_000))).await;
        scenario.signal("STOP");
        sleep(Duration::from_millis(random.random_range(100..8_000))).await;
        scenario.signal("CONT");
        bar.inc(1);
    }
    bar.finish_and_clear();
    proof::prove(scenario, crowd.end().await, &[]).await;
}
