//! The repository's rules: dependencies between crates, banned text, and templates that agree with the code.
//!
//! Each rule is a function from its input to a list of violations, and has a test that proves it can fail. Exceptions
//! are in tables with their reasons, and limits only tighten.

#![cfg(test)]

mod alarms;
mod arrows;
mod backup;
mod bill;
mod books;
mod built_for;
mod columns;
mod composite_alarms;
mod concurrency;
mod conditions;
mod dashboard;
mod environment;
mod features;
mod files;
mod first_deployment;
mod games;
mod harnesses;
mod idempotency;
mod jackpots;
mod loops;
mod made_jobs;
mod names;
mod one_box;
mod one_box_alarms;
mod one_box_parts;
mod one_box_settings;
mod operator_aws;
mod own_metrics;
mod payments;
mod pictures;
mod queue_table;
mod quiet_alarms;
mod refusals;
mod role_audit_log;
mod role_calls;
mod role_conditions;
mod role_ledger;
mod role_payees;
mod role_rules;
mod role_scan;
mod role_switches;
mod role_touches;
mod roles;
mod rollout;
mod rows;
mod schedules;
mod search;
mod stacks;
mod stage_writers;
mod start;
mod template;
mod template_yaml;
mod text;
mod thresholds;
mod walk;
mod words;
mod workers;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the repository, with its path from the root.
struct Source {
    path: String,
    bytes: Vec<u8>,
}

impl Source {
    fn text(&self) -> &str {
        str::from_utf8(&self.bytes).unwrap_or_default()
    }

    fn is_rust(&self) -> bool {
        is_rust(&self.path)
    }
}

fn is_rust(path: &str) -> bool {
    is_of_kind(path, "rs")
}

/// A module or a style sheet of the pages, or of their checks. Vendored code is its authors'.
fn is_page(path: &str) -> bool {
    path.starts_with("web/")
        && !path.starts_with("web/vendor/")
        && ["js", "mjs", "css", "html"].iter().any(|kind| is_of_kind(path, kind))
}

fn is_of_kind(path: &str, kind: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == kind)
}

/// Every file of the project: those in the root, and those in the folders that design.md lists.
fn sources() -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut folders: Vec<_> = ["docs", "functions", "infra", "peers", "shared", "tests", "web"]
        .map(|name| root.join(name))
        .to_vec();
    let at_root = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = at_root.filter(|path| path.is_file()).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match path.is_dir() {
                true if name.starts_with('.')
                    || ["target", "node_modules", "generated"].contains(&name.as_str()) => {}
                true => folders.push(path),
                false => paths.push(path),
            }
        }
    }
    for path in paths {
        // A file that disappears during the walk is skipped.
        let Ok(bytes) = fs::read(&path) else { continue };
        let path = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        found.push(Source { path, bytes });
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 200, "only {} files were found", found.len());
    found
}

/// Panics with one line per violation.
#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
