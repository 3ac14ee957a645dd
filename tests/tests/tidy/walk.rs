//! The walk of CONTRIBUTING.md is true: the files that it names have what it says, and no other file has to be touched.

use crate::{Source, assert_none, sources};
use std::collections::BTreeSet;

/// The section with the walk.
const SECTION: &str = "## How to add a queue with its job and function";

/// More files than that make it dear to add a queue.
const FILES_MAX: usize = 8;

/// The function of the example; what is in its folder is its own matter.
const FUNCTION: &str = "functions/attendance/";

/// What the example is called in code and in stacks, besides its name as a word: that is also the name of a day.
const NAMES: &[&str] = &[
    "Queue::Attendance",
    "Attendance = \"attendance\"",
    "attendance.fifo",
    "attendance-dead-letter.fifo",
    "AttendanceQueue",
    "AttendanceDeadLetterQueue",
    "AttendanceFunction",
    "AttendanceJobs",
    "CheckAttendanceJob",
    "checkAttendance",
    "evens-attendance",
    "evens_attendance",
];

/// Whose matter it is to name a queue or a job of their own choice, with the reason.
const MAY_NAME: &[(&str, &str)] = &[
    ("Cargo.lock", "cargo writes it"),
    ("docs/decisions/", "what was decided"),
    ("docs/manual.md", "where it names days"),
    ("functions/login/", "it asks for the job"),
    ("functions/sweep/", "it asks again for a job that was lost"),
    ("infra/measure/", "measurements of chosen queues"),
    ("tests/", "scenarios of chosen jobs"),
];

/// The rows of the walk: a file, and what of the example is in it.
fn rows(guide: &str) -> Vec<(&str, Vec<&str>)> {
    let section = guide.split_once(SECTION).map_or("", |(_, after)| after);
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| {
        let mut quoted = row.split('`').skip(1).step_by(2);
        Some((quoted.next()?, quoted.collect()))
    })
    .collect()
}

fn wrong_walk(guide: &str, sources: &[Source]) -> Vec<String> {
    let rows = rows(guide);
    let mut wrong = Vec::new();
    let named: BTreeSet<_> = rows.iter().map(|(path, _)| *path).collect();
    if named.len() != rows.len() || !(1..=FILES_MAX).contains(&rows.len()) {
        wrong.push(format!("the walk has {} rows for {} files", rows.len(), named.len()));
    }
    for (path, said) in &rows {
        let Some(source) = sources.iter().find(|source| source.path == *path) else {
            wrong.push(format!("the walk names {path}, which is not there"));
            continue;
        };
        if said.is_empty() {
            wrong.push(format!("the walk does not say what is in {path}"));
        }
        let missing = said.iter().filter(|said| !source.text().contains(*said));
        wrong.extend(missing.map(|said| format!("{path} does not have {said}")));
    }
    let is_test = |path: &str| path.split('/').any(|part| part == "tests");
    let may_name = |path: &str| MAY_NAME.iter().any(|(start, _)| path.starts_with(start)) || is_test(path);
    for source in sources {
        let path = source.path.as_str();
        if named.contains(path) || path.starts_with(FUNCTION) || may_name(path) || path == "CONTRIBUTING.md" {
            continue;
        }
        let found = NAMES.iter().filter(|name| source.text().contains(**name));
        wrong.extend(found.map(|name| format!("{path} names {name}, and the walk does not name it")));
    }
    wrong
}

fn guide(sources: &[Source]) -> &str {
    sources.iter().find(|source| source.path == "CONTRIBUTING.md").expect("a guide").text()
}

#[test]
fn the_walk_is_true() {
    let sources = sources();
    assert_none(&wrong_walk(guide(&sources), &sources));
}

#[test]
fn a_walk_that_leads_nowhere_is_found() {
    let sources = sources();
    let good = &guide(&sources).to_owned();
    let (path, said) = rows(good).swap_remove(0);
    for (from, to, count) in [(said[0], "NothingOfThat", 1), (path, "shared/none.rs", 2)] {
        let wrong = wrong_walk(&good.replace(from, to), &sources);
        assert!(wrong.len() >= count, "{from}: {wrong:?}");
    }
    let without: Vec<_> = good.lines().filter(|line| !line.contains("infra/workers/src/lib.rs")).collect();
    assert!(!wrong_walk(&without.join("\n"), &sources).is_empty());
    assert!(!wrong_walk("", &sources).is_empty());
    let another =
        Source { path: "infra/other.yaml".to_owned(), bytes: b"QueueName: attendance.fifo".to_vec() };
    let more: Vec<_> = sources.into_iter().chain([another]).collect();
    assert_eq!(wrong_walk(guide(&more), &more).len(), 1);
}
