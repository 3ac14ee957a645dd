//! The clock steps forwards and backwards.

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

/// The largest offset of the clock, in seconds. Two such clocks differ by less than the auditor's tolerance.
const OFFSET_MAX_SECONDS: i64 = 4;
/// The time between two steps.
const BETWEEN: Duration = Duration::from_secs(2);

/// Totals are cached briefly, and the machine may be busy.
const TOLERANCE_SECONDS: i64 = 2;

/// The paths of the library in Debian's package `faketime`, by processor.
const LIBRARIES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
];

/// Steps the process's clock this many times. Its duration measurements are unaffected, because the monotonic clock
/// never steps. Returns `false` if the library is missing.
pub(crate) async fn step(size: Size, times: u64) -> bool {
    let Some(library) = LIBRARIES.into_iter().find(|library| Path::new(library).exists()) else {
        println!("SKIPPED: libfaketime is not installed; run apt-get install faketime");
        return false;
    };
    let mut random = StdRng::seed_from_u64(size.seed);
    let folder = tempfile::tempdir().expect("a folder");
    let offset = folder.path().join("offset");
    set(&offset, 0);
    let scenario = Scenario::start_with(variables(library, &offset)).await;
    let crowd = Crowd::start(&scenario, size).await;
    let bar = progress(times, "steps");
    // The players' tokens carry the real time, and a process rejects tokens from its future.
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

/// Waits until the process uses the stepped clock, according to the time of a round's totals. Cached totals and slow
/// answers are tolerated.
async fn assert_is_off(scenario: &Scenario, seconds: i64) {
    let round = format!("/api/rounds/{}", Crowd::round(0));
    await_until(&format!("a clock that is off by {seconds} s"), Scenario::DEADLINE, async || {
        let answer = scenario.visitor().get(&round).await.expect(200);
        let said: Timestamp = answer["data"]["totalsAt"].as_str().expect("a time").parse().expect("a time");
        let found = said.duration_since(Timestamp::now()).as_secs();
        ((found - seconds).abs() <= TOLERANCE_SECONDS).then_some(())
    })
    .await;
}

/// The variables live as long as this program.
fn variables(library: &'static str, offset: &Path) -> &'static [(&'static str, &'static str)] {
    let offset = offset.to_str().expect("a path of a new folder").to_owned();
    let variables = [
        ("LD_PRELOAD", library),
        ("FAKETIME_TIMESTAMP_FILE", offset.leak()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // The same option in earlier versions.
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    [&variables, VARIABLES].concat().leak()
}

/// Writes a new file and renames it, so that no reader sees a partial file.
fn set(file: &Path, seconds: i64) {
    let unfinished = file.with_extension("new");
    fs::write(&unfinished, format!("{seconds:+}\n")).expect("a file");
    fs::rename(unfinished, file).expect("a file that was written");
}
