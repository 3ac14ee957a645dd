//! `cargo run` and the tests build each crate with the same features, so that no crate is built twice. A second build
//! of shared dependencies took three minutes in CI.

use crate::root;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Each crate of `cargo tree` with its version, and its enabled features.
type Features = BTreeMap<String, BTreeSet<String>>;

fn features(listed: &str) -> Features {
    let mut features = Features::new();
    for line in listed.lines().filter(|line| !line.is_empty()) {
        let (package, with) = line.split_once('|').unwrap();
        features.entry(package.to_owned()).or_default().insert(with.trim_end_matches(" (*)").to_owned());
    }
    features
}

/// The dependencies of the whole workspace along these edges.
fn list_features(edges: &str) -> Features {
    let asked = ["tree", "--locked", "--offline", "--workspace", "--prefix", "none", "--format", "{p}|{f}"];
    let tree = Command::new(env!("CARGO")).current_dir(root()).args(asked).args(["--edges", edges]).output();
    let tree = tree.unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    features(&String::from_utf8(tree.stdout).unwrap())
}

/// The crates that tests build with other features.
fn built_again(programs: &Features, tests: &Features) -> Vec<String> {
    let differ = programs.iter().filter_map(|(package, with)| {
        let in_tests = &tests[package];
        (in_tests != with).then(|| format!("{package} has {with:?} in programs, and {in_tests:?} in tests"))
    });
    differ.collect()
}

#[test]
fn tests_build_no_crate_again() {
    let again = built_again(&list_features("normal,build"), &list_features("normal,build,dev"));
    assert_eq!(again, [""; 0], "a feature of tests only: name it in [dependencies] of tests/Cargo.toml");
}

#[test]
fn a_feature_of_tests_only_is_found() {
    let programs = features("a v1|std\nb v2|\n");
    let tests = features("a v1|std\na v1|std (*)\nb v2|more\nc v3|std\n");
    assert_eq!(built_again(&programs, &tests), [r#"b v2 has {""} in programs, and {"more"} in tests"#]);
    assert_eq!(built_again(&programs, &programs), [""; 0]);
}
