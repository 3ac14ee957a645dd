//! Every build uses the same features of each dependency, so that nothing is compiled twice: neither by `cargo test`
//! after `cargo run`, nor by a build of one crate after a build of all (`infra/features`).

use crate::root;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Each package with its version, and the sets of features that it is compiled with: programs of the build may have
/// other features than the product.
type Features = BTreeMap<String, BTreeSet<String>>;

fn features(listed: &str) -> Features {
    let mut features = Features::new();
    for line in listed.lines().filter(|line| !line.is_empty()) {
        let (package, with) = line.split_once('|').unwrap();
        features.entry(package.to_owned()).or_default().insert(with.trim_end_matches(" (*)").to_owned());
    }
    features
}

fn list_features(packages: &[&str], edges: &str) -> Features {
    let asked =
        ["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p}|{f}", "--edges", edges];
    let tree = Command::new(env!("CARGO")).current_dir(root()).args(asked).args(packages).output();
    let tree = tree.unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    features(&String::from_utf8(tree.stdout).unwrap())
}

/// The packages of a build that a build of everything does not provide.
fn built_again(build: &Features, everything: &Features) -> Vec<String> {
    let differ = build.iter().filter_map(|(package, with)| {
        let elsewhere = &everything[package];
        (!with.is_subset(elsewhere)).then(|| format!("{package} has {with:?}, and {elsewhere:?} elsewhere"))
    });
    differ.collect()
}

#[test]
fn every_build_shares_its_dependencies() {
    let everything = list_features(&["--workspace"], "normal,build,dev");
    let builds = [
        (&["--workspace"][..], "normal,build"),
        (&["--package", "evens"], "normal,build"),
        (&["--package", "evens-store"], "normal,build,dev"),
        (&["--package", "evens-runtime"], "normal,build,dev"),
        (&["--package", "evens-match"], "normal,build,dev"),
        (&["--package", "evens-tests"], "normal,build,dev"),
    ];
    for (packages, edges) in builds {
        let again = built_again(&list_features(packages, edges), &everything);
        assert_eq!(again, [""; 0], "cargo build {packages:?}: add the features to infra/features/Cargo.toml");
    }
}

#[test]
fn a_missing_feature_is_found() {
    let build = features("a v1|std\nb v2|\n");
    let everything = features("a v1|std\na v1|std (*)\nb v2|more\nc v3|std\n");
    assert_eq!(built_again(&build, &everything), [r#"b v2 has {""}, and {"more"} elsewhere"#]);
    assert_eq!(built_again(&everything, &everything), [""; 0]);
}
