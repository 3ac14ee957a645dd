//! The simulator's README states the number of seeds that CI runs.

use crate::root;
use std::fs;

/// The numbers after an option in each CI call of the simulator.
fn numbers(ci: &str, option: &str) -> Vec<u64> {
    let calls = ci.split("simulate ").skip(1).map(|call| call.split("&&").next().unwrap_or_default());
    let behind = calls.filter_map(|call| {
        let number = call.split(option).nth(1)?.split([' ', ';']).next()?;
        number.parse().ok()
    });
    behind.collect()
}

/// The sentences about CI that the README lacks.
fn missing_sentences(ci: &str, readme: &str) -> Vec<String> {
    let thousands = |number: u64| match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    };
    let first = numbers(ci, "--seeds ").into_iter().map(|seeds| format!("the first {}", thousands(seeds)));
    let minutes = numbers(ci, "--minutes ").into_iter().map(|minutes| format!("for {minutes} minutes"));
    let flowing = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    first.chain(minutes).filter(|sentence| !flowing.contains(sentence)).collect()
}

#[test]
fn the_readme_says_how_many_seeds_ci_runs() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (ci, readme) = (read(".ci/run"), read("tests/simulator/README.md"));
    assert_eq!((numbers(&ci, "--seeds ").len(), numbers(&ci, "--minutes ").len()), (1, 1));
    assert_eq!(missing_sentences(&ci, &readme), [""; 0]);
}

#[test]
fn another_number_is_found() {
    let ci = "simulate --seeds 1000 > one & one=$!\nsimulate --from 7 --minutes 8 > other &";
    assert_eq!(missing_sentences(ci, "CI runs the first 1,000, and\nthen for 8 minutes others."), [""; 0]);
    let missing = missing_sentences(ci, "CI runs the first 200, and then for 5 minutes others.");
    assert_eq!(missing, ["the first 1,000", "for 8 minutes"]);
}
