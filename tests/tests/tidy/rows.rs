//! `docs/rows.md` tells auditors which test covers each requirement row. Every row must be listed, and every named test
//! must exist.

use crate::{assert_none, root};
use std::fs;

const PAGE: &str = "docs/rows.md";

/// The groups that are listed completely, with their numbers of rows.
const GROUPS: [(&str, usize); 13] = [
    ("A", 26),
    ("B", 19),
    ("C", 30),
    ("D", 25),
    ("E", 16),
    ("F", 17),
    ("G", 13),
    ("H", 6),
    ("I", 20),
    ("J", 17),
    ("K", 17),
    ("L", 10),
    ("M", 13),
];

/// Single rows of other groups, about money, games and jackpots.
const SINGLE: [&str; 13] =
    ["U2", "U4", "U5", "U6", "U7", "U8", "X22", "X35", "X39", "X41", "X42", "X43", "X44"];

/// A row: id, requirement, tests, and status.
fn rows(page: &str) -> Vec<[&str; 4]> {
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row "));
    let cells = lines.map(|line| line.split('|').skip(1).map(str::trim).collect::<Vec<_>>());
    cells.map(|cells| [0, 1, 2, 3].map(|index| cells.get(index).copied().unwrap_or_default())).collect()
}

/// The first row out of order.
fn wrong_order(rows: &[[&str; 4]]) -> Option<String> {
    let of_group = |(group, count): (&str, usize)| {
        (1..=count).map(|number| format!("{group}{number}")).collect::<Vec<_>>()
    };
    let expected = GROUPS.into_iter().flat_map(of_group).chain(SINGLE.map(str::to_owned));
    let expected: Vec<_> = expected.collect();
    let pair = |index: usize| (rows.get(index).map_or("nothing", |row| row[0]), expected.get(index));
    let mut pairs = (0..rows.len().max(expected.len())).map(pair);
    let differs = pairs.find(|(found, expected)| expected.is_none_or(|expected| expected != found));
    differs.map(|(found, expected)| format!("{found} stands where {expected:?} should"))
}

/// Tests named as `file`, `file::test` or `file::{one, other}` that do not exist.
fn lost_tests([id, _, held_by, _]: &[&str; 4]) -> Vec<String> {
    let mut lost = Vec::new();
    for named in held_by.split('`').skip(1).step_by(2) {
        let (path, tests) = named.split_once("::").unwrap_or((named, ""));
        let tests = tests.trim_matches(['{', '}']).split(", ").filter(|test| !test.is_empty());
        match fs::read_to_string(root().join(path)) {
            Ok(text) => {
                let gone = tests.filter(|test| !text.contains(&format!("fn {test}(")));
                lost.extend(gone.map(|test| format!("{id}: {path} has no {test}")));
            }
            Err(error) => lost.push(format!("{id}: {path}: {error}")),
        }
    }
    lost
}

fn wrong_state([id, _, held_by, state]: &[&str; 4]) -> Vec<String> {
    let is_held = state.starts_with("held");
    let is_known = is_held || ["not held: ", "[decision "].iter().any(|start| state.starts_with(start));
    let mut wrong = Vec::new();
    if !is_known || is_held && !held_by.contains('`') {
        wrong.push(format!("{id}: {state:?} says neither what holds it nor why nothing does"));
    }
    for link in state.split("[decision ").skip(1).filter_map(|link| link.split(')').next()) {
        let file = link.split_once("](").filter(|(number, file)| file.contains(&format!("/{number}-")));
        if !file.is_some_and(|(_, file)| root().join("docs").join(file).is_file()) {
            wrong.push(format!("{id}: there is no decision {link}"));
        }
    }
    wrong
}

fn wrong(page: &str) -> Vec<String> {
    let rows = rows(page);
    let of_rows = rows.iter().flat_map(|row| [lost_tests(row), wrong_state(row)].concat());
    wrong_order(&rows).into_iter().chain(of_rows).collect()
}

#[test]
fn each_row_names_what_holds_it() {
    assert_none(&wrong(&fs::read_to_string(root().join(PAGE)).unwrap()));
}

#[test]
fn a_row_that_is_not_true_is_found() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    for (said, changed, sentence) in [
        ("::the_reference_timeline`", "::another_timeline`", "has no another_timeline"),
        ("{funds_once_per_order, ", "{funds_twice, ", "has no funds_twice"),
        ("`tests/tests/tidy/loops.rs::", "`tests/tests/tidy/lost.rs::", "C26: tests/tests/tidy/lost.rs"),
        ("(decisions/017-", "(decisions/018-", "there is no decision 017"),
        ("(decisions/043-", "(decisions/043-lost-", "there is no decision 043"),
        ("| not held: ", "| gone: ", "says neither"),
        ("| nothing | [decision ", "| nothing | held: [decision ", "says neither"),
        ("| B2 |", "| B1 |", "B1 stands where Some(\"B2\") should"),
        ("| M13 |", "M13", "U2 stands where Some(\"M13\") should"),
        ("| X44 |", "X44", "nothing stands where Some(\"X44\") should"),
    ] {
        let wrong = wrong(&page.replacen(said, changed, 1));
        assert!(wrong.iter().any(|line| line.contains(sentence)), "{said}: {wrong:?}");
    }
    assert_eq!(wrong(""), ["nothing stands where Some(\"A1\") should"]);
}
