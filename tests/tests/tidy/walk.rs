//! The tables of `docs/how-to-add.md` are accurate: their files contain what they say, and no other file names their
//! examples.

use crate::{Source, assert_none, sources};
use evens_workers::folder_of;
use serde_json::Value;
use std::collections::BTreeSet;

/// The page with the walks.
pub(crate) const GUIDE: &str = "docs/how-to-add.md";

/// The way to add a thing, by an example.
struct Walk {
    section: &'static str,
    /// The largest number of files that a new one may touch.
    files_max: usize,
    /// The example's names in code, documents and stacks.
    names: &'static [&'static str],
    /// Its own files.
    own: &'static str,
    /// Files that name the example for another reason, with the reason. A file that every new one must touch is a row
    /// of the walk, or written by a tool.
    may_name: &'static [(&'static str, &'static str)],
}

/// Files that `evens-stacks` writes, and decisions, for every walk.
const ALWAYS: [&str; 12] = [
    "docs/decisions/",
    "docs/how-to-add.md",
    "docs/manual.md",
    "infra/box/evens.env",
    "infra/ops/writers.txt",
    "infra/stacks/compat.yaml",
    "infra/stacks/exchange.yaml",
    "infra/stacks/operations.yaml",
    "infra/stacks/players.yaml",
    "infra/stacks/queues.yaml",
    "template.yaml",
    "tests/tests/tidy/walk.rs",
];

const WALKS: [Walk; 7] = [
    Walk {
        section: "## A setting",
        files_max: 2,
        names: &["EVENS_COMMISSION", "\"Commission\""],
        own: "shared/runtime/src/settings/table/bets.rs",
        may_name: &[
            ("shared/runtime/src/settings/table/of_functions.txt", "infra/stacks writes it"),
            ("shared/runtime/tests/suite/settings.rs", "the forms of values"),
            ("tests/tests/scenarios/exchange/place_bet.rs", "the rate that a bet without a round opens with"),
            ("tests/tests/scenarios/payments/export.rs", "books with every kind of movement"),
            ("web/i18n/en_account.js", "the word"),
        ],
    },
    Walk {
        section: "## A route",
        files_max: 3,
        names: &["/api/users/me/phone/code"],
        own: "shared/contracts/src/players/routes.rs",
        may_name: &[
            ("docs/manual/integrator.md", "how a number is proved"),
            ("tests/tests/contract/faults/accounts.rs", "a fault of its own"),
            ("tests/tests/scenarios/players/phone.rs", "the story of a number"),
            ("web/player/act_account.js", "the page calls it"),
        ],
    },
    Walk {
        section: "## A queue with its job and function",
        files_max: 6,
        // The plain word is not listed, because it also names a day.
        names: &[
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
        ],
        own: "functions/attendance/",
        may_name: &[
            ("Cargo.lock", "cargo writes it"),
            ("functions/login/", "it asks for the job"),
            ("functions/sweep/", "it asks again for a job that was lost"),
            ("infra/measure/src/bench/", "measurements of chosen queues"),
            ("shared/contracts/tests/suite/job.rs", "what chosen forms of jobs mean"),
            ("shared/contracts/tests/suite/queue.rs", "rules that requirements give"),
            ("shared/queues/tests/suite/embedded.rs", "three queues of all"),
            ("tests/tests/lambda/accounts.rs", "logins as Lambda runs them"),
            ("tests/tests/scenarios/operations/dead_letters.rs", "letters of chosen jobs"),
            ("tests/tests/scenarios/players/attendance.rs", "days"),
        ],
    },
    Walk {
        section: "## A payment provider",
        files_max: 7,
        names: &["Razorpay", "\"razorpay\"", "mod razorpay"],
        own: "shared/providers/src/razorpay",
        may_name: &[
            ("docs/manual/", "what a cashier and an auditor see of it"),
            ("docs/runbooks/reconcile.md", "its statement"),
            ("functions/follow-payments/wire/", "a form of a job"),
            ("shared/providers/src/verified.rs", "published vectors"),
            ("shared/providers/tests/suite/", "its tests"),
            ("tests/tests/lambda/withdrawals.rs", "a provider that moves real money"),
            ("tests/tests/scenarios/", "a provider that moves real money"),
        ],
    },
    Walk {
        section: "## A language of the pages",
        files_max: 4,
        names: &["i18n/hi", "hi_account.js"],
        own: "web/i18n/hi",
        may_name: &[],
    },
    Walk {
        section: "## A view of the console",
        files_max: 8,
        names: &["socketsView", "socketTexts", "name: \"sockets\"", "sockets.none"],
        own: "web/console/views/sockets.js",
        may_name: &[],
    },
    Walk {
        section: "## An attribute of an item",
        files_max: 1,
        names: &["\"commission_paid\"", "`commission_paid`"],
        own: "shared/store/src/exchange/entities/bet.rs",
        may_name: &[
            ("docs/architecture.md", "infra/stacks writes it"),
            ("docs/correctness.md", "what is known of it"),
            ("shared/store/tests/suite/corrupt.rs", "each attribute of a bet, damaged"),
        ],
    },
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

fn wrong_walk(walk: &Walk, guide: &str, sources: &[Source]) -> Vec<String> {
    let rows = rows(guide, walk.section);
    let mut wrong = wrong_rows(&rows, walk.files_max, sources);
    let named: BTreeSet<_> = rows.iter().map(|(path, _)| *path).collect();
    let may_name = |path: &str| {
        ALWAYS.iter().chain(walk.may_name.iter().map(|(start, _)| start)).any(|start| path.starts_with(start))
    };
    for source in sources {
        let path = source.path.as_str();
        if named.contains(path) || path.starts_with(walk.own) || may_name(path) {
            continue;
        }
        let found = walk.names.iter().filter(|name| source.text().contains(**name));
        wrong.extend(found.map(|name| format!("{path} names {name}, and the walk does not name it")));
    }
    wrong
}

/// Reasons to name an example in files that do not name it.
fn idle_reasons(walk: &Walk, sources: &[Source]) -> Vec<String> {
    let names = |source: &&Source| walk.names.iter().any(|name| source.text().contains(name));
    let naming: Vec<_> = sources.iter().filter(names).map(|source| source.path.as_str()).collect();
    let idle = walk.may_name.iter().filter(|(start, _)| !naming.iter().any(|path| path.starts_with(start)));
    idle.map(|(start, _)| format!("{start} does not name the example of {}", walk.section)).collect()
}

fn guide(sources: &[Source]) -> &str {
    sources.iter().find(|source| source.path == GUIDE).expect("a guide").text()
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
fn the_walks_are_true() {
    let sources = sources();
    for walk in &WALKS {
        assert_none(&wrong_walk(walk, guide(&sources), &sources));
        assert_none(&idle_reasons(walk, &sources));
    }
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
    for walk in &WALKS {
        let (path, said) = rows(good, walk.section).swap_remove(0);
        for (from, to) in [(said[0], "NothingOfThat"), (path, "shared/none.rs")] {
            let wrong = wrong_walk(walk, &good.replace(from, to), &sources);
            assert!(!wrong.is_empty(), "{}: {from}", walk.section);
        }
        assert!(!wrong_walk(walk, "", &sources).is_empty());
        let bytes = walk.names[0].as_bytes().to_vec();
        let more: Vec<_> =
            sources.iter().cloned().chain([Source { path: "infra/other.yaml".to_owned(), bytes }]).collect();
        assert_eq!(wrong_walk(walk, good, &more).len(), 1, "{}", walk.section);
    }
}
