//! The disk becomes full.

use crate::crowd::{Crowd, Size};
use crate::lives::VARIABLES;
use crate::mounted::Mounted;
use crate::{progress, proof};
use evens_tests::{Scenario, await_until};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

/// How long the disk stays full after the first refused request, and how long it then has space.
const FULL: Duration = Duration::from_secs(4);
const FREE: Duration = Duration::from_secs(4);
/// The time limit for using up space that the engines already hold.
const DEADLINE: Duration = Duration::from_mins(2);

/// Log errors that a full disk may cause.
const DESPITE: &[&str] = &[
    r#""message":"Answered POST /api/bets with 503""#,
    r#""message":"The disk is full, so writes wait for free space"#,
    r#""message":"The scheduled run failed","error":"the table did not answer"#,
    r#""message":"The scheduled run failed","error":"send: SQS did not answer in time or is overloaded"#,
    r#""message":"The scheduled run failed","error":"count a queue: SQS did not answer in time or is overloaded"#,
    // The SDK closes the connection to a failing engine. Embedded engines have no connection.
    r#""message":"unable to mark the connection for closure because no connection was found!"#,
];

/// Fills the disk this many times.
pub(crate) async fn fill(size: Size, times: u64) {
    let Some(disk) = Disk::mount() else {
        println!("SKIPPED: cannot mount a file system; run as root");
        return;
    };
    let scenario = Scenario::start_in(&disk.at, VARIABLES).await;
    let crowd = Crowd::start(&scenario, size).await;
    let bar = progress(times, "times full");
    for _ in 0..times {
        sleep(FREE).await;
        let (filler, before) = (disk.fill(), crowd.asked_again());
        await_until("a request that is refused", DEADLINE, async || {
            (crowd.asked_again() > before).then_some(())
        })
        .await;
        sleep(FULL).await;
        fs::remove_file(filler).expect("a file that was written");
        bar.inc(1);
    }
    bar.finish_and_clear();
    proof::prove(scenario, crowd.end().await, DESPITE).await;
}

/// A small in-memory file system.
struct Disk {
    at: PathBuf,
    _mounted: Mounted,
    _folder: TempDir,
}

impl Disk {
    const OPTIONS: &[&str] = &["-t", "tmpfs", "-o", "size=256m,mode=700"];

    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().to_owned();
        let mounted = Mounted::mount(Self::OPTIONS, Path::new("tmpfs"), &at)?;
        Some(Self { at, _mounted: mounted, _folder: folder })
    }

    /// Writes until the disk is full.
    fn fill(&self) -> PathBuf {
        let path = self.at.join("filler");
        let mut file = File::create(&path).expect("a new file");
        for size in [1 << 20, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}
