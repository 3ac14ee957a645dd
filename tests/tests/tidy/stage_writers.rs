//! `infra/ops` stops and starts every function that writes to the table, with the limits of the templates.

use crate::assert_none;
use crate::one_box::file;
use crate::root;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const WRITERS: &str = "infra/ops/writers.txt";

/// A folder with an `aws` that writes its arguments into `calls`, and a `sleep` that returns at once.
fn machine(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let workers = rows("worker").len();
    let program = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, format!("#!/usr/bin/env bash\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let calls = folder.join("calls");
    let state = folder.join("state");
    let aws = r#"echo "$*" >> CALLS
case "$*" in
  *list-event-source-mappings*) seq -s ' ' -f 'mapping-%g' WORKERS ;;
  *--no-enabled*) echo Disabled > STATE ;;
  *--enabled*) echo Enabled > STATE ;;
  *get-event-source-mapping*) cat STATE ;;
  *list-queues*)
    [ ! -e STATE.unreachable ] || exit 1
    echo https://sqs/evens-prod-match.fifo https://sqs/evens-prod-match-dead-letter.fifo ;;
  *get-queue-attributes*) [ -e STATE.asked ] && echo 0.0 || { echo 3.0; touch STATE.asked; } ;;
esac"#;
    let aws = aws.replace("CALLS", calls.to_str().unwrap()).replace("STATE", state.to_str().unwrap());
    program("aws", aws.replace("WORKERS", &workers.to_string()));
    program("sleep", format!("echo \"sleep $*\" >> {}", calls.display()));
    folder
}

/// The rows of one kind: function, timeout and limits.
fn rows(kind: &str) -> Vec<(String, u64, Vec<u64>)> {
    let text = file(WRITERS);
    let rows = text.lines().filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' '));
    let row = |row: &str| {
        let mut words = row.split(' ');
        let (function, timeout) = (words.next()?, words.next()?.parse().ok()?);
        Some((function.to_owned(), timeout, words.map(|limit| limit.parse().unwrap()).collect()))
    };
    rows.filter_map(row).collect()
}

/// Runs a script for prod and returns whether it succeeded, with the calls that it made, in order.
fn run(machine: &Path, script: &str) -> (bool, Vec<String>) {
    let path = format!("{}:{}", machine.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.arg(root().join("infra/ops").join(script)).arg("prod");
    let output = command.env("PATH", path).env("AWS_REGION", "eu-west-1").output().unwrap();
    let calls = fs::read_to_string(machine.join("calls")).unwrap();
    fs::remove_file(machine.join("calls")).unwrap();
    (output.status.success(), calls.lines().map(str::to_owned).collect())
}

fn limits(calls: &[String]) -> Vec<(String, u64)> {
    let parts = calls.iter().filter_map(|call| {
        let rest = call.strip_prefix("lambda put-function-concurrency --function-name evens-prod-")?;
        let (function, limit) = rest.split_once(" --reserved-concurrent-executions ")?;
        Some((function.to_owned(), limit.parse().ok()?))
    });
    parts.collect()
}

#[test]
fn a_stage_is_stopped_and_started_again() {
    let machine = machine("stage-writers");
    let (is_stopped, stopped) = run(&machine, "stop-stage.sh");
    assert!(is_stopped, "{stopped:?}");
    let [api, schedule, worker] = ["api", "schedule", "worker"].map(rows);
    let all: Vec<_> = api.iter().chain(&schedule).collect();
    let expected: Vec<_> = all.iter().map(|(function, ..)| (function.clone(), 0)).collect();
    assert_eq!(limits(&stopped), expected);
    let disabled = stopped.iter().filter(|call| call.contains("--no-enabled")).count();
    assert_eq!(disabled, worker.len());
    let longest = all.into_iter().chain(&worker).map(|(_, timeout, _)| *timeout).max().unwrap();
    assert_eq!(stopped.last().unwrap(), &format!("sleep {longest}"), "the last write has ended");

    let unreachable = machine.join("state.unreachable");
    fs::write(&unreachable, "").unwrap();
    let (is_started, started) = run(&machine, "start-stage.sh");
    assert!(!is_started);
    assert_eq!(limits(&started).len(), schedule.len(), "the API stays off if the queues cannot be read");
    fs::remove_file(unreachable).unwrap();

    let (is_started, started) = run(&machine, "start-stage.sh");
    assert!(is_started, "{started:?}");
    let of_prod = |rows: &[(String, u64, Vec<u64>)]| -> Vec<_> {
        rows.iter().map(|(function, _, limits)| (function.clone(), limits[3])).collect()
    };
    assert_eq!(limits(&started), [of_prod(&schedule), of_prod(&api)].concat());
    let position = |part: &str| started.iter().position(|call| call.contains(part)).unwrap();
    let first_of_api = position(&format!("evens-prod-{} ", api[0].0));
    assert!(position("--enabled") < first_of_api, "the workers start before the API");
    let looks = started.iter().filter(|call| call.contains("get-queue-attributes")).count();
    assert_eq!(looks, 2, "the API waits until the queues are empty, without their dead letters");
    assert!(position("sleep 10") < first_of_api);
}

#[test]
fn the_runbook_uses_both_scripts() {
    let runbook = file("docs/runbooks/restore.md");
    let scripts = ["infra/ops/stop-stage.sh \"$STAGE\"", "infra/ops/start-stage.sh \"$STAGE\""];
    let missing = scripts.iter().filter(|script| !runbook.contains(**script));
    assert_none(&missing.map(|script| format!("restore.md does not run {script}")).collect::<Vec<_>>());
}
