//! The repository's rules: dependencies between crates, banned text, and templates that agree with the code.
//!
//! Each rule is a function from its input to a list of violations, and has a test that proves it can fail. Exceptions
//! are in tables with their reasons, and limits only tighten.

#![cfg(test)]

mod alarms;
mod alarms_over;
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
mod names;
mod one_box;
mod one_box_alarms;
mod one_box_parts;
mod one_box_settings;
mod operator_aws;
mod own_metrics;
mod payments;
mod picture_files;
mod pictures;
mod queue_jobs;
mod quiet_alarms;
mod role_audit_log;
mod role_conditions;
mod role_ledger;
mod role_money;
mod role_payees;
mod role_scan;
mod role_switches;
mod role_touches;
mod role_wallets;
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
mod written;

use evens_stacks::{Source, is_of_kind, root, sources};

fn is_rust(path: &str) -> bool {
    is_of_kind(path, "rs")
}

/// A module or a style sheet of the pages, or of their checks. Vendored code is its authors'.
fn is_page(path: &str) -> bool {
    path.starts_with("web/")
        && !path.starts_with("web/vendor/")
        && ["js", "mjs", "css", "html"].iter().any(|kind| is_of_kind(path, kind))
}

/// The files, with a text of one of them replaced.
fn with_text(mut sources: Vec<Source>, path: &str, from: &str, to: &str) -> Vec<Source> {
    let source = sources.iter_mut().find(|source| source.path == path).unwrap();
    assert!(source.text().contains(from), "{path} has no {from}");
    source.bytes = source.text().replace(from, to).into_bytes();
    sources
}

/// Panics with one line per violation.
#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
