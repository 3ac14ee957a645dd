//! The clock steps, forwards and back.

use crate::crowd::{Crowd, Size};
use crate::lives::VARIABLES;
use crate::{progress, proof};
use evens_tests::{Scenario, await_until};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

/// How far from the right time the clock is at most, in seconds: two such clocks differ by less than the auditor
/// allows.
const OFFSET_MAX_SECONDS: i64 = 4;
/// How long the clock goes on between two steps.
const BETWEEN: Duration = Duration::from_secs(2);

/// Totals are remembered for a moment, and a machine may be busy.
const TOLERANCE_SECONDS: i64 = 2;

/// Where Debian's package `faketime` has it, by processor.
const LIBRARIES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
];

/// Lets the clock of the process step so often. What the process measures time with does not step: the system's
/// monotonic clock never does. False where there is nothing to step it with.
pub(crate) async fn step(size: Size, times: u64) -> bool {
    let Some(library) = LIBRARIES.into_iter().find(|library| Path::new(library).exists()) else {
        println!("SKIPPED: there is no libfaketime here; install it: apt-get install faketime");
        return false;
    };
    let mut random = StdRng::seed_from_u64(size.seed);
    let folder = tempfile::tempdir().expect("a folder");
    let offset = folder.path().join("offset");
    set(&offset, 0);
    let scenario = Scenario::start_with(variables(library, &offset)).await;
    let crowd = Crowd::start(&scenario, size).await;
    let bar = progress(times, "steps");
    // The players' tokens are of the right time, and nobody takes one that is of a later time than their own.
    sleep(Duration::from_secs(OFFSET_MAX_SECONDS.unsigned_abs() + 1)).await;
    for _ in 0..times {
        let seconds = random.random_range(-OFFSET_MAX_SECONDS..=OFFSET_MAX_SECONDS);
        set(&offset, seconds);
        sleep(BETWEEN).await;
        assert_is_off(&scenario, seconds).await;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let tally = crowd.end().await;
    set(&offset, 0);
    proof::prove(scenario, tally, &[]).await;
    true
}

/// The process believes what it is told: the time at which it adds up a round says so. A sum may be one of before, and
/// on a machine that is busy an answer is late.
async fn assert_is_off(scenario: &Scenario, seconds: i64) {
    let round = format!("/api/rounds/{}", Crowd::round(0));
    await_until(&format!("a clock that is off by {seconds} s"), Scenario::DEADLINE, async || {
        let answer = scenario.nobody().get(&round).await.expect(200);
        let said: Timestamp = answer["data"]["totalsAt"].as_str().expect("a time").parse().expect("a time");
        let found = said.duration_since(Timestamp::now()).as_secs();
        ((found - seconds).abs() <= TOLERANCE_SECONDS).then_some(())
    })
    .await;
}

/// A process has them as long as this program runs.
fn variables(library: &'static str, offset: &Path) -> &'static [(&'static str, &'static str)] {
    let offset = offset.to_str().expect("a path of a new folder").to_owned();
    let variables = [
        ("LD_PRELOAD", library),
        ("FAKETIME_TIMESTAMP_FILE", offset.leak()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // The same in earlier versions.
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    [&variables, VARIABLES].concat().leak()
}

/// Written beside and moved into place, so that nobody reads half of it.
fn set(file: &Path, seconds: i64) {
    let unfinished = file.with_extension("new");
    fs::write(&unfinished, format!("{seconds:+}\n")).expect("a file");
    fs::rename(unfinished, file).expect("a file that was written");
}
