//! Crates and build options that would slow every cold start of a function
//! (`docs/decisions/010-functions-start-fast.md`).

use crate::{Source, assert_none, root, sources};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// Crates that functions may not depend on, even indirectly, with the reason.
const UNWANTED: &[(&str, &str)] = &[
    ("aws-config", "a function finds in its environment who it is: Identity::from_env"),
    ("aws-sdk-sts", "it comes with the search for credentials"),
    ("matchers", "it comes with EnvFilter; levels by target are enough"),
    ("mimalloc", "it reserves more at the start than a function ever uses"),
    ("rusqlite", "it is a part of the embedded engines"),
];

/// Crates that are banned everywhere: the only TLS stack is rustls with ring.
const OTHER_TLS: &[&str] = &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys", "s2n-tls"];

/// The crates linked into these workspace crates on this platform.
fn linked(names: &[String]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["tree", "--offline", "--edges", "normal", "--prefix", "none"]);
    command.args(names.iter().flat_map(|name| ["--package", name]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn functions() -> Vec<String> {
    let folders = fs::read_dir(root().join("functions")).unwrap();
    folders.map(|folder| format!("evens-{}", folder.unwrap().file_name().to_string_lossy())).collect()
}

fn unwanted(linked: &BTreeSet<String>) -> Vec<String> {
    let unwanted = UNWANTED.iter().filter(|(name, _)| linked.contains(*name));
    unwanted
        .map(|(name, why)| format!("a function depends on {name} (`cargo tree --invert {name}`): {why}"))
        .collect()
}

#[test]
fn functions_depend_on_nothing_that_a_start_would_pay_for() {
    let functions = functions();
    assert!(functions.len() > 15, "only {} functions were found", functions.len());
    let of_functions = linked(&functions);
    assert_none(&unwanted(&of_functions));
    assert!(of_functions.contains("aws-sdk-dynamodb"), "dependencies are followed: {of_functions:?}");
    assert!(unwanted(&linked(&["evens".to_owned()])).len() > 2, "the rule finds what there is to find");
}

/// Crates that only functions behind the API need.
const OF_HTTP: [&str; 3] = ["axum", "evens-http", "lambda_http"];

#[test]
fn workers_know_no_http() {
    let is_worker = |name: &String| {
        let manifest = root().join("functions").join(name.trim_start_matches("evens-")).join("Cargo.toml");
        !fs::read_to_string(manifest).unwrap().contains("evens-http")
    };
    let (workers, others): (Vec<_>, Vec<_>) = functions().into_iter().partition(is_worker);
    assert!(workers.len() > 5 && others.len() > 5, "{workers:?} {others:?}");
    let linked_into = |names| OF_HTTP.map(|name| linked(names).contains(name));
    assert_eq!((linked_into(&workers), linked_into(&others)), ([false; 3], [true; 3]));
}

#[test]
fn there_is_one_tls_stack() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let count = |name: &str| lock.lines().filter(|line| *line == format!("name = \"{name}\"")).count();
    assert_eq!((count("rustls"), count("ring")), (1, 1));
    for other in OTHER_TLS {
        assert_eq!(count(other), 0, "{other}");
    }
}

/// Documented commands that build functions in another way than `infra/build.sh`.
fn built_otherwise(source: &Source) -> Vec<String> {
    if !source.path.starts_with("docs/") && source.path != "README.md" {
        return Vec::new();
    }
    let lines =
        source.text().lines().filter(|line| line.starts_with("    ") && line.trim().starts_with("sam build"));
    lines.map(|line| format!("{}: {}; write infra/build.sh", source.path, line.trim())).collect()
}

#[test]
fn functions_are_built_in_one_way() {
    let wrong: Vec<_> = sources().iter().flat_map(built_otherwise).collect();
    assert_none(&wrong);
    let source = |text: &str| Source { path: "docs/a.md".to_owned(), bytes: text.as_bytes().to_vec() };
    assert_eq!(built_otherwise(&source("       sam build && sam deploy")).len(), 1);
    assert_eq!(built_otherwise(&source("`sam build` is what it calls")).len(), 0);
}

/// A panic fails one job or one request, which is answered. If the program aborted instead, the whole batch would fail.
/// The job would then be retried until SQS moves it to the dead-letter queue without a record.
#[test]
fn programs_survive_a_panic() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.lines().any(|line| line == "[profile.release]"));
    let mut settings = manifest.lines().filter(|line| line.trim_start().starts_with("panic"));
    assert_eq!(settings.next(), None);
}
