//! `infra/ops/writers.txt`: the functions that a restore of the table stops.

use crate::parts::Parts;
use evens_runtime::Start;

const HEAD: &str = "\
# The functions that write to the table, apart from request counters (RATE#): kind, function, timeout in seconds, and the
# concurrency limits of local, dev, staging and prod. Written by `cargo run -p evens-stacks`.
";

/// Every worker is in it, because its jobs are about items that a restore changes.
pub(crate) fn writers(parts: &[Parts]) -> String {
    let mut rows: Vec<_> =
        parts.iter().filter(|part| part.queue.is_some() || writes(part)).map(row).collect();
    rows.sort();
    format!("{HEAD}{}", rows.concat())
}

fn writes(part: &Parts) -> bool {
    let writes = ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"];
    part.needs.iter().any(|(action, on)| {
        action.strip_prefix("dynamodb:").is_some_and(|action| writes.contains(&action)) && on != "RATE#"
    })
}

fn row(part: &Parts) -> String {
    let (kind, limits) = match part.function.start {
        Start::Requests(stages) => ("api", vec![stages.local, stages.dev, stages.staging, stages.prod]),
        Start::Jobs => ("worker", Vec::new()),
        Start::Schedule(schedule) => ("schedule", vec![schedule.at_once; 4]),
    };
    let limits: Vec<_> = limits.iter().map(|limit| format!(" {limit}")).collect();
    format!("{kind} {} {}{}\n", part.function.folder, part.timeout_secs(), limits.concat())
}
