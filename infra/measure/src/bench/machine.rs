//! The machine's data from `/proc`.

use std::fs;
use std::time::Duration;

/// The unit of every counter in `/proc`, which is always a hundredth of a second in user space.
const TICK: Duration = Duration::from_millis(10);

/// Converts ticks to a duration.
pub(crate) fn ticks(count: u64) -> Duration {
    TICK.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The load averages over 1, 5 and 15 minutes.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// Processor and number of cores.
pub(crate) fn description() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{cores} cores, {}", model.map_or("unknown", |(_, name)| name.trim()))
}

/// The time that all processes have used since the machine's start.
pub(crate) fn busy() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let fields: Vec<u64> = first.split_whitespace().skip(1).map_while(|field| field.parse().ok()).collect();
    // user, nice, system, (idle, waiting,) interrupts, soft interrupts
    ticks([0, 1, 2, 5, 6].iter().filter_map(|position| fields.get(*position)).sum())
}
