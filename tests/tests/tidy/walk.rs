//! The walk-through in CONTRIBUTING.md is accurate: its files contain what it says, and no other file needs a change.

use crate::{Source, assert_none, sources};
use evens_workers::folder_of;
use serde_json::Value;
use std::collections::BTreeSet;

/// The section with the walk-through.
const SECTION: &str = "## How to add a queue with its job and function";

/// The largest number of files that a new queue may touch.
const FILES_MAX: usize = 8;

/// The example function. Its own folder is not checked.
const FUNCTION: &str = "functions/attendance/";

/// The example's names in code and stacks. Its plain word is not listed, because it also names a day.
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

/// Files that name the example for its subject rather than for its queue, with the reason. A file that every new queue
/// must touch is a row of the walk-through, or written by a tool.
const MAY_NAME: &[(&str, &str)] = &[
    ("Cargo.lock", "cargo writes it"),
    ("docs/decisions/", "what was decided"),
    ("docs/manual.md", "where it names days"),
    ("functions/login/", "it asks for the job"),
    ("functions/sweep/", "it asks again for a job that was lost"),
    ("infra/measure/src/bench/", "measurements of chosen queues"),
    ("shared/contracts/tests/suite/job.rs", "what chosen forms of jobs mean"),
    ("shared/contracts/tests/suite/queue.rs", "rules that requirements give"),
    ("shared/queues/tests/suite/embedded.rs", "three queues of all"),
    ("tests/tests/lambda/accounts.rs", "logins as Lambda runs them"),
    ("tests/tests/scenarios/operations/dead_letters.rs", "letters of chosen jobs"),
    ("tests/tests/scenarios/players/attendance.rs", "days"),
    ("tests/tests/tidy/walk.rs", "this"),
];

/// The rows of a walk-through: a file, and the example's text in it.
pub(crate) fn rows<'guide>(guide: &'guide str, section: &str) -> Vec<(&'guide str, Vec<&'guide str>)> {
    let section = guide.split_once(section).map_or("", |(_, after)| after);
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| {
        let mut quoted = row.split('`').skip(1).step_by(2);
        Some((quoted.next()?, quoted.collect()))
    })
    .collect()
}

/// Rows that do not match their files, and files beyond the limit.
pub(crate) fn wrong_rows(rows: &[(&str, Vec<&str>)], files_max: usize, sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let named: BTreeSet<_> = rows.iter().map(|(path, _)| *path).collect();
    if named.len() != rows.len() || !(1..=files_max).contains(&rows.len()) {
        wrong.push(format!("the walk has {} rows for {} files", rows.len(), named.len()));
    }
    for (path, said) in rows {
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
    wrong
}

fn wrong_walk(guide: &str, sources: &[Source]) -> Vec<String> {
    let rows = rows(guide, SECTION);
    let mut wrong = wrong_rows(&rows, FILES_MAX, sources);
    let named: BTreeSet<_> = rows.iter().map(|(path, _)| *path).collect();
    let may_name = |path: &str| MAY_NAME.iter().any(|(start, _)| path.starts_with(start));
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

/// Wire formats of jobs that are not in the folder of their worker.
fn misplaced_forms(sources: &[Source]) -> Vec<String> {
    let worker = |source: &Source| {
        let known: Value = serde_json::from_str(source.text().lines().nth(1)?).ok()?;
        known["queue"].as_str()?.parse().ok().map(folder_of)
    };
    let forms =
        sources.iter().filter(|source| source.path.ends_with("v1.jsonl") || source.path.contains("/wire/"));
    let misplaced = forms.filter(|source| {
        !worker(source).is_some_and(|worker| source.path.starts_with(&format!("functions/{worker}/wire/")))
    });
    misplaced.map(|source| format!("{} is no form of a job of that function", source.path)).collect()
}

#[test]
fn the_walk_is_true() {
    let sources = sources();
    assert_none(&wrong_walk(guide(&sources), &sources));
    assert_none(&misplaced_forms(&sources));
}

#[test]
fn a_form_of_a_job_that_is_elsewhere_is_found() {
    let form = |path: &str, queue: &str| {
        let bytes = format!("{{}}\n{{\"queue\":\"{queue}\",\"id\":\"x\"}}\n").into_bytes();
        Source { path: path.to_owned(), bytes }
    };
    assert_eq!(misplaced_forms(&[form("functions/finish-round/wire/x.v1.jsonl", "rounds")]), [""; 0]);
    for (path, queue) in [
        ("functions/finish-round/wire/x.v1.jsonl", "refund"),
        ("functions/finish-round/wire/x.v1.jsonl", "none"),
        ("shared/contracts/tests/wire/x.v1.jsonl", "rounds"),
    ] {
        assert_eq!(misplaced_forms(&[form(path, queue)]).len(), 1, "{path} {queue}");
    }
}

#[test]
fn a_walk_that_leads_nowhere_is_found() {
    let sources = sources();
    let good = &guide(&sources).to_owned();
    let (path, said) = rows(good, SECTION).swap_remove(0);
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
