//! The power is cut: the machine loses everything that its disk does not have.
//!
//! The data is on a file system in an image. Linux writes into the image at a sync, and otherwise after minutes. At a
//! cut the process is stopped and the image is copied as it is, without the memory of the operating system. The next
//! process starts from the copy.

use crate::crowd::{Crowd, Size};
use crate::mounted::{Mounted, run};
use crate::{progress, proof};
use evens_tests::{Scenario, await_until};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

const SYNCED: &[(&str, &str)] = &[("EVENS_RATE_LIMITS", "off"), ("EVENS_DURABILITY", "synced")];
const FAST: &[(&str, &str)] = &[("EVENS_RATE_LIMITS", "off"), ("EVENS_DURABILITY", "fast")];

/// The pause between two looks at the disk of a process that was stopped.
const LOOK: Duration = Duration::from_millis(20);

/// The time limit for a sync that was under way when the process was stopped.
const DEADLINE: Duration = Duration::from_secs(30);

/// Cuts the power this many times, up to 1.5 s after the start of serving: every answered request is still there. If
/// answers are `fast`, some must be lost, or else this proves nothing. Returns `false` if it was skipped.
pub(crate) async fn cut(size: Size, times: u64, is_fast: bool) -> bool {
    let Some(mut machine) = Machine::start() else {
        println!(
            "SKIPPED: cannot mount a file system in an image; run as root, with mkfs.ext4 and loop devices"
        );
        return false;
    };
    let mut random = StdRng::seed_from_u64(size.seed);
    let mut scenario = Scenario::start_in(&machine.data(), if is_fast { FAST } else { SYNCED }).await;
    let crowd = Crowd::start(&scenario, size).await;
    let bar = progress(times, "cuts");
    for _ in 0..times {
        sleep(Duration::from_millis(random.random_range(0..1_500))).await;
        scenario.signal("STOP");
        machine.copy().await;
        scenario.kill_9().await;
        machine.replace();
        scenario.restart().await;
        crowd.is_at(scenario.api());
        bar.inc(1);
    }
    bar.finish_and_clear();
    let tally = crowd.end().await;
    if is_fast {
        let lost = proof::lost(&proof::booked(&scenario.books().await), &tally).len();
        println!("{times} cuts; {lost} of {} answered bets are lost", tally.taken.len());
        scenario.kill_9().await;
        assert!(lost > 0, "nothing was lost, so this proves nothing about `synced`");
    } else {
        println!("{times} cuts");
        proof::prove_with_dead_letters(scenario, tally).await;
    }
    true
}

/// A file system in an image, mounted in a folder.
struct Machine {
    /// `None` only while the image is replaced.
    mounted: Option<Mounted>,
    folder: TempDir,
}

impl Machine {
    const SIZE: &str = "256M";
    /// Linux writes what nobody syncs after five minutes.
    const OPTIONS: &[&str] = &["-o", "loop,noatime,commit=300"];

    fn start() -> Option<Self> {
        let mut machine = Self { mounted: None, folder: tempfile::tempdir().expect("a folder") };
        let (image, disk) = (machine.image(), machine.disk());
        fs::create_dir(&disk).expect("a folder");
        let is_made = run(Command::new("truncate").arg("--size").arg(Self::SIZE).arg(&image))
            && run(Command::new("mkfs.ext4").arg("-qF").arg(&image));
        if !is_made {
            return None;
        }
        machine.mounted = Some(Mounted::mount(Self::OPTIONS, &image, &disk)?);
        fs::create_dir(machine.data()).expect("a folder");
        assert!(run(Command::new("sync").arg("--file-system").arg(disk)), "a synced folder");
        Some(machine)
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn copied(&self) -> PathBuf {
        self.folder.path().join("copied")
    }

    fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn data(&self) -> PathBuf {
        self.disk().join("data")
    }

    /// Copies the image without what Linux has not written into it, at a moment in which nothing is written: a sync
    /// that was under way may still go on.
    async fn copy(&self) {
        await_until("a disk at rest", DEADLINE, async || {
            let before = self.writes();
            sleep(LOOK).await;
            if self.writes() != before || before.under_way > 0 {
                return None;
            }
            fs::copy(self.image(), self.copied()).expect("a copy of the image");
            (self.writes() == before).then_some(())
        })
        .await;
    }

    /// What the disk has written since it was mounted.
    fn writes(&self) -> Writes {
        let found =
            Command::new("findmnt").args(["--noheadings", "--output", "SOURCE"]).arg(self.disk()).output();
        let found = String::from_utf8(found.expect("findmnt").stdout).expect("a device");
        let device = found.trim().trim_start_matches("/dev/");
        let path = format!("/sys/block/{device}/stat");
        let counters = fs::read_to_string(path).expect("counters of the device");
        let counters: Vec<u64> =
            counters.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        // By the kernel's Documentation/block/stat.rst.
        let [.., sectors, _, under_way] = counters[..9] else { panic!("counters: {counters:?}") };
        Writes { sectors, under_way }
    }

    /// Goes on with the copy.
    fn replace(&mut self) {
        self.mounted.take().expect("a mounted disk").end();
        fs::rename(self.copied(), self.image()).expect("a renamed image");
        let mounted = Mounted::mount(Self::OPTIONS, &self.image(), &self.disk());
        self.mounted = Some(mounted.expect("a file system that repairs itself"));
    }
}

/// What a disk has written, and the requests to it that have not ended.
#[derive(Debug, PartialEq, Eq)]
struct Writes {
    sectors: u64,
    under_way: u64,
}
