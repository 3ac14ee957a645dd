//! Resources of processes with all their descendants, from `/proc`.

use crate::machine::{busy, ticks};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::{Duration, Instant};

/// The resources since the start of a watch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// CPU time of the processes.
    pub(crate) cpu: Duration,
    /// CPU time of the driver.
    pub(crate) driver: Duration,
    /// CPU time of all other processes on the machine, per second. It shows how reliable the figures are.
    pub(crate) cores_of_others: f64,
    /// Resident memory now, with shared pages divided among their users.
    pub(crate) memory_kib: u64,
    /// Resident memory at the start of the watch.
    pub(crate) memory_before_kib: u64,
}

/// Watches some processes and their descendants.
#[derive(Debug)]
pub(crate) struct Watch {
    roots: Vec<u32>,
    before: Duration,
    memory_before_kib: u64,
    driver_before: Duration,
    busy_before: Duration,
    started: Instant,
}

impl Watch {
    pub(crate) fn start(roots: Vec<u32>) -> Self {
        let processes = below(&roots);
        let (before, memory_before_kib) = (total(&processes), memory_kib(&processes));
        let (driver_before, busy_before) = (driver(), busy());
        Self { roots, before, memory_before_kib, driver_before, busy_before, started: Instant::now() }
    }

    #[expect(clippy::float_arithmetic, reason = "a ratio of times, not money")]
    pub(crate) fn usage(&self) -> Usage {
        let processes = below(&self.roots);
        let cpu = total(&processes).saturating_sub(self.before);
        let driver = driver().saturating_sub(self.driver_before);
        let others = busy().saturating_sub(self.busy_before).saturating_sub(cpu).saturating_sub(driver);
        let cores_of_others = others.as_secs_f64() / self.started.elapsed().as_secs_f64().max(0.001);
        let memory_kib = memory_kib(&processes);
        Usage { cpu, driver, cores_of_others, memory_kib, memory_before_kib: self.memory_before_kib }
    }
}

/// The sum of the peak resident memory of these processes, in MiB.
pub(crate) fn peak_mebibytes(pids: &[u32]) -> f64 {
    mebibytes_of_status(pids, "VmHWM:")
}

/// The resident memory of these processes now, in MiB.
pub(crate) fn resident_mebibytes(pids: &[u32]) -> f64 {
    mebibytes_of_status(pids, "VmRSS:")
}

#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "memory, not money")]
fn mebibytes_of_status(pids: &[u32], name: &str) -> f64 {
    let kibibytes = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0)
    };
    pids.iter().map(kibibytes).sum::<u64>() as f64 / 1_024.0
}

/// A process of the machine.
struct Process {
    parent: u32,
    own: Duration,
    /// CPU time of its descendants that have ended, which would otherwise be lost.
    ended: Duration,
}

/// These processes with their descendants.
fn below(roots: &[u32]) -> HashMap<u32, Process> {
    let all = all();
    let is_below = |pid: u32| {
        let mut chain = std::iter::successors(Some(pid), |at| all.get(at).map(|process| process.parent));
        chain.any(|at| roots.contains(&at))
    };
    let chosen: HashSet<u32> = all.keys().copied().filter(|pid| is_below(*pid)).collect();
    all.into_iter().filter(|(pid, _)| chosen.contains(pid)).collect()
}

fn total(processes: &HashMap<u32, Process>) -> Duration {
    processes.values().map(|process| process.own + process.ended).sum()
}

fn memory_kib(processes: &HashMap<u32, Process>) -> u64 {
    processes.keys().map(|pid| proportional_kib(*pid)).sum()
}

/// CPU time of this process, without its children.
fn driver() -> Duration {
    process(std::process::id()).map_or(Duration::ZERO, |process| process.own)
}

fn all() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, process(pid)?))).collect()
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain anything. The fields after it: state, parent, ... user, system, and both of
    // ended children.
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |position: usize| fields.get(position)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    let (own, ended) = (ticks(number(11)? + number(12)?), ticks(number(13)? + number(14)?));
    Some(Process { parent, own, ended })
}

fn proportional_kib(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}
