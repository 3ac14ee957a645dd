//! Limits on files: length, size, and a first line that describes each crate.

use crate::{Source, assert_none, is_page, is_rust, sources};
use std::collections::BTreeMap;

/// The largest number of lines in a code file.
const LINES_MAX: usize = 500;

/// The largest number of lines of a module or style sheet of the pages.
const PAGE_LINES_MAX: usize = 400;

/// The largest size of a file outside [`LARGE`], in bytes.
const BYTES_MAX: usize = 100 * 1_000;

/// Files that may be larger, with the reason.
const LARGE: &[(&str, &str)] = &[("Cargo.lock", "written by cargo")];

fn wrong(source: &Source) -> Vec<String> {
    let Source { path, bytes } = source;
    let mut wrong = Vec::new();
    let lines = source.text().lines().count();
    if source.is_rust() && lines > LINES_MAX {
        wrong.push(format!("{path} has {lines} lines: split it where its reasons to change differ"));
    }
    if is_page(path) && lines > PAGE_LINES_MAX {
        wrong.push(format!("{path} has {lines} lines: split it where its reasons to change differ"));
    }
    if bytes.len() > BYTES_MAX && !LARGE.iter().any(|(large, _)| large == path) {
        wrong.push(format!("{path} has {} bytes: keep it elsewhere", bytes.len()));
    }
    let is_root_of_crate = ["src/lib.rs", "src/main.rs"].iter().any(|name| path.ends_with(name));
    let is_main_of_function = path.starts_with("functions/") && path.ends_with("src/main.rs");
    if is_root_of_crate && !is_main_of_function && !source.text().starts_with("//! ") {
        wrong.push(format!("{path} does not begin with what the crate is for (//!)"));
    }
    if is_main_of_function && lines > 12 {
        wrong.push(format!("{path} has {lines} lines: a function's main is one expression"));
    }
    if source.is_rust() && source.text().lines().any(|line| line.trim_end() != line) {
        wrong.push(format!("{path} has lines that end with a space"));
    }
    wrong
}

/// Crates with more than one test binary, with the reason. Each binary links nearly everything.
const BINARIES: &[(&str, usize, &str)] =
    &[("tests", 5, "what they need differs: nothing, a built binary, functions, a quiet machine")];

/// The crate whose test binary has this file as its root.
fn tested_crate(path: &str) -> Option<&str> {
    let (folder, file) = path.rsplit_once("/tests/")?;
    let is_root = match file.split_once('/') {
        None => is_rust(file),
        Some((_, file)) => file == "main.rs",
    };
    is_root.then_some(folder)
}

fn wrong_binaries(sources: &[Source]) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for folder in sources.iter().filter_map(|source| tested_crate(&source.path)) {
        *counts.entry(folder).or_default() += 1;
    }
    let allowed =
        |folder: &str| BINARIES.iter().find(|(known, ..)| *known == folder).map_or(1, |(_, count, _)| *count);
    let wrong = counts.into_iter().filter(|(folder, count)| *count > allowed(folder));
    wrong.map(|(folder, count)| format!("{folder} has {count} binaries of tests: make them one")).collect()
}

#[test]
fn a_crate_has_one_binary_of_tests() {
    assert_none(&wrong_binaries(&sources()));
}

#[test]
fn a_second_binary_of_tests_is_found() {
    let source = |path: &&str| Source { path: (*path).to_owned(), bytes: Vec::new() };
    let one = ["shared/x/tests/suite/main.rs", "shared/x/tests/suite/a.rs", "shared/x/tests/wire/a.json"];
    let sources: Vec<_> = one.iter().map(source).collect();
    assert_eq!(wrong_binaries(&sources), Vec::<String>::new());
    for other in ["shared/x/tests/a.rs", "shared/x/tests/other/main.rs"] {
        let sources: Vec<_> = one.iter().chain([&other]).map(source).collect();
        assert_eq!(wrong_binaries(&sources).len(), 1, "{other}");
    }
}

/// Links to decisions that do not exist.
fn lost_decisions(source: &Source, all: &[Source]) -> Vec<String> {
    let named = source.text().split("decisions/").skip(1).filter_map(|rest| rest.split_once(".md"));
    let named = named.map(|(name, _)| name).filter(|name| {
        name.starts_with(|first: char| first.is_ascii_digit()) && !name.contains(char::is_whitespace)
    });
    let is_there = |name: &str| all.iter().any(|file| file.path == format!("docs/decisions/{name}.md"));
    named.filter(|name| !is_there(name)).map(|name| format!("{} names {name}", source.path)).collect()
}

#[test]
fn decisions_that_are_named_are_there() {
    let all = sources();
    assert_none(&all.iter().flat_map(|source| lost_decisions(source, &all)).collect::<Vec<_>>());
}

#[test]
fn a_decision_that_is_not_there_is_found() {
    let source = |path: &str, text: String| Source { path: path.to_owned(), bytes: text.into_bytes() };
    let [there, lost] = ["001-there.md", "002-lost.md"].map(|name| format!("decisions/{name}"));
    let script = source("infra/a.sh", format!("# {there}, {lost}"));
    let there = source(&format!("docs/{there}"), String::new());
    assert_eq!(lost_decisions(&script, &[there]), ["infra/a.sh names 002-lost"]);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    assert_none(&sources().iter().flat_map(wrong).collect::<Vec<_>>());
}

#[test]
fn files_that_are_not_are_found() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    let rows = [
        (source("shared/x/src/lib.rs", "mod a;\n"), "begin with"),
        (source("shared/x/src/a.rs", &"\n".repeat(501)), "501 lines"),
        (source("docs/picture.png", &"x".repeat(100_001)), "100001 bytes"),
        (source("web/player/a.js", &"\n".repeat(401)), "401 lines"),
        (source("web/vendor/a.js", &"x".repeat(100_001)), "100001 bytes"),
        (source("functions/x/src/main.rs", &"\n".repeat(13)), "one expression"),
        (source("shared/x/src/a.rs", "let a = 1; \n"), "end with a space"),
    ];
    for (source, expected) in rows {
        let wrong = wrong(&source);
        assert!(wrong.len() == 1 && wrong[0].contains(expected), "{wrong:?}");
    }
    assert_eq!(wrong(&source("Cargo.lock", &"x".repeat(200_000))), Vec::<String>::new());
    assert_eq!(wrong(&source("shared/x/src/lib.rs", "//! What it is.\n")), Vec::<String>::new());
}
