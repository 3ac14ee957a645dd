//! The memory of the process, compared with its limit.

use evens_metrics::Metrics;
use evens_runtime::telemetry::resident_memory;
use std::fs;
use std::pin::pin;
use std::time::Duration;

/// A warning is logged above this share of the limit.
const WARN_ABOVE_PERCENT: u64 = 80;

const MEGABYTE: u64 = 1_024 * 1_024;

/// Measures every `period`, until `shutdown`.
pub(crate) async fn watch(metrics: Metrics, period: Duration, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    let mut ticks = tokio::time::interval(period);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            _ = ticks.tick() => look(&metrics),
        }
    }
}

/// Measures once, and warns above 80 % of the limit.
fn look(metrics: &Metrics) {
    let Some(resident) = resident_memory() else { return };
    let limit = limit();
    metrics.memory(resident, limit);
    if let Some(limit) = limit.filter(|limit| is_high(resident, *limit)) {
        let (resident_mb, limit_mb) = (resident / MEGABYTE, limit / MEGABYTE);
        tracing::warn!(
            resident_mb,
            limit_mb,
            "HIGH MEMORY: {resident_mb} of {limit_mb} MB used; the system may kill the process at the limit"
        );
    }
}

fn is_high(resident: u64, limit: u64) -> bool {
    u128::from(resident) * 100 > u128::from(limit) * u128::from(WARN_ABOVE_PERCENT)
}

/// The memory limit in bytes: that of the control group (`MemoryMax` of the unit), or the machine's total memory.
fn limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok();
    let group = groups.as_deref().and_then(|groups| groups.lines().find_map(|line| line.strip_prefix("0::")));
    let of_group =
        group.and_then(|group| fs::read_to_string(format!("/sys/fs/cgroup{group}/memory.max")).ok());
    // "max" means no limit.
    let of_group = of_group.and_then(|text| text.trim().parse().ok());
    of_group.or_else(of_machine)
}

fn of_machine() -> Option<u64> {
    let memory = fs::read_to_string("/proc/meminfo").ok()?;
    let line = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::{is_high, limit, look};
    use evens_metrics::Metrics;

    #[test]
    fn more_than_eighty_per_cent_are_high() {
        assert_eq!([80, 81, 100, 101].map(|resident| is_high(resident, 100)), [false, true, true, true]);
        assert!(!is_high(u64::MAX / 2, u64::MAX));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_memory_of_this_process_is_measured() {
        let metrics = Metrics::default();
        look(&metrics);
        let text = metrics.prometheus();
        let resident = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
        let resident: u64 = resident.unwrap().parse().unwrap();
        assert!(resident > 1_024 * 1_024 && resident < limit().unwrap(), "{resident}");
        assert!(text.contains("\nevens_memory_used_percent "), "{text}");
    }
}
