//! Jackpots in an export: their movements, and the acts and terms that these follow from.

use super::{OTHER_OPERATOR, PLAYER, agree, amount_of, ask, contribute, started_with, terms, win_body};
use crate::operations::user_commands::run;
use evens_runtime::tokens::Role;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A win of 1,000 or more needs two operators.
const TWO_FROM_1000: &[(&str, &str)] =
    &[("JACKPOT_CONTRIBUTION_MAX", "10000"), ("JACKPOT_TWO_PERSONS_FROM", "1000")];

/// A manipulation of a file: its name, the file, the change, and a part of the finding.
type Tampering = (&'static str, &'static str, fn(&mut Vec<Value>), &'static str);

/// Runs a verifier from `docs/books` over an export. Returns its verdict and output, or `None` without Python.
fn says(verifier: &str, folder: &Path) -> Option<(bool, String)> {
    let script = format!("{}/../docs/books/{verifier}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3").arg(script).arg(folder).output().ok()?;
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

/// The first row whose field starts with this text.
fn first<'a>(rows: &'a mut [Value], field: &str, start: &str) -> &'a mut Value {
    let found = rows.iter_mut().find(|row| row[field].as_str().unwrap().starts_with(start));
    found.unwrap_or_else(|| panic!("no {field} begins with {start}"))
}

#[rustfmt::skip]
const IN_THE_CAUSES: &[Tampering] = &[
    ("a version is missing", "jackpots", |rows| first(rows, "startAmount", "2000")["number"] = json!("3"), "do not follow each other"),
    ("a win has another id", "jackpots", |rows| first(rows, "operation", "part")["operation"] = json!("none"), "was not paid"),
    ("a win is another player's", "jackpots", |rows| first(rows, "operation", "part")["user"] = json!("42"), "was not paid"),
    ("a win is larger", "jackpots", |rows| first(rows, "operation", "part")["amount"] = json!("501"), "was not paid"),
    ("a pool held more", "jackpots", |rows| first(rows, "operation", "part")["poolBefore"] = json!("1301"), "did not start again"),
    ("less came from the reserve", "jackpots", |rows| first(rows, "operation", "part")["refill"] = json!("99"), "as refill"),
    ("the start of the pool is larger", "jackpots", |rows| first(rows, "startAmount", "2000")["startAmount"] = json!("2001"), "did not start again"),
    ("no win is there", "jackpots", |rows| rows.retain(|row| row["kind"] != "win"), "no win explains"),
];

/// A state without its act, or an act without its state.
#[rustfmt::skip]
const IN_THE_ACTS: &[Tampering] = &[
    ("terms have another rate", "jackpots", |rows| first(rows, "kind", "terms")["rate"] = json!("0.002"),
        "no audit line changed the terms of major"),
    ("terms are valid earlier", "jackpots", |rows| first(rows, "kind", "terms")["at"] = json!("2026-01-01T00:00:00Z"),
        "no audit line changed the terms of major at 2026-01-01T00:00:00Z"),
    ("a change of terms made no version", "audit", |rows| {
        first(rows, "after", "version 2")["after"] = json!("version 3: start 2000, rate 0.003 and 0.001, odds 1000000");
    }, "changed the terms of minor, which has no such version"),
    ("a change of terms is of another time", "audit", |rows| {
        first(rows, "after", "version 2")["at"] = json!("2026-01-01T00:00:00Z");
    }, "changed the terms of minor, which has no such version"),
    ("a jackpot without terms has a change of them", "audit", |rows| {
        first(rows, "after", "version 2")["subject"] = json!("mega");
    }, "changed the terms of mega, which has no such version"),
    ("nobody proposed terms", "audit", |rows| {
        first(rows, "after", "proposed: version 2")["after"] = json!("proposed: version 9");
    }, "no second operator proposed the terms of minor"),
    ("one operator proposed terms and changed them", "audit", |rows| {
        let by = first(rows, "after", "version 2")["actor"].clone();
        first(rows, "after", "proposed: version 2")["actor"] = by;
    }, "no second operator proposed the terms of minor"),
    ("another operator awarded a win", "jackpots", |rows| {
        first(rows, "operation", "part")["cause"] = json!("manual 7");
    }, "no audit line says that 7 awarded the win part"),
    ("one operator awarded a win for two", "jackpots", |rows| {
        let win = first(rows, "operation", "all");
        let by = win["cause"].as_str().unwrap().split(' ').nth(1).unwrap().to_owned();
        win["cause"] = json!(format!("manual {by} {by}"));
    }, "the same operator proposed the win all and agreed to it"),
    ("a second operator agreed without a line", "jackpots", |rows| {
        let win = first(rows, "operation", "all");
        win["cause"] = json!(win["cause"].as_str().unwrap().rsplit_once(' ').unwrap().0);
    }, "the win all is not the one of its audit line"),
    ("an award was another player's", "audit", |rows| {
        first(rows, "after", "won: 500")["after"] = json!("won: 500 of minor to user 42");
    }, "the win part is not the one of its audit line"),
    ("an award was smaller", "audit", |rows| {
        first(rows, "after", "won: 500")["after"] = json!("won: 5 of minor to user 41");
    }, "the win part is not the one of its audit line"),
    ("an award became no win", "audit", |rows| first(rows, "after", "won: 500")["subject"] = json!("gone"),
        "the award gone began, and is neither paid nor in progress"),
    ("a pool paid more wins", "jackpots", |rows| {
        rows.iter_mut().find(|row| row["kind"] == "pool" && row["group"] == "minor").unwrap()["number"] = json!("3");
    }, "the pools have paid"),
    ("a pool is gone", "jackpots", |rows| rows.retain(|row| row["kind"] != "pool" || row["group"] != "major"),
        "the pools have paid"),
    ("a pool is reserved for a win without an award", "jackpots", |rows| {
        let pool = first(rows, "kind", "pool");
        (pool["operation"], pool["cause"], pool["user"]) = (json!("more"), json!("manual 7"), json!("41"));
    }, "no audit line says that 7 awarded the win more"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_makes_jackpots_again_from_an_export() {
    let scenario = started_with(TWO_FROM_1000).await;
    let (operator, other) = (scenario.operator(), scenario.client(OTHER_OPERATOR, Role::Operator));
    contribute(&scenario, "op-1", json!({ "minor": 400 })).await.expect(200);
    ask(&operator, "POST", "minor/win", win_body("part", Some("500"))).await.expect(200);
    agree(&scenario, "minor", terms(1, 2_000)).await;
    for by in [&operator, &other] {
        ask(by, "POST", "minor/win", win_body("all", None)).await.expect(200);
    }
    assert_eq!(amount_of(&scenario, 0).await.to_string(), "2000");
    assert_eq!(PLAYER, 41, "the winner in the tables above");
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    let exported = run(&scenario, &["export", books.to_str().unwrap()]).await;
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let Some(said) = says("verify_books.py", &books) else {
        return eprintln!("skipped: there is no python3 to run docs/books/verify_books.py");
    };
    assert!(said.0, "{}", said.1);
    let in_order = (true, "The jackpots are in order: 2 wins.\n".to_owned());
    assert_eq!(says("verify_jackpots.py", &books), Some(in_order));
    for (what, file, tamper, found) in IN_THE_CAUSES.iter().chain(IN_THE_ACTS) {
        let path = books.join(format!("{file}.jsonl"));
        let text = fs::read_to_string(&path).unwrap();
        let mut rows: Vec<Value> = text.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
        tamper(&mut rows);
        fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
        let (is_right, said) = says("verify_jackpots.py", &books).unwrap();
        assert!(!is_right && said.contains(found), "{what}: {said}");
        fs::write(&path, text).unwrap();
    }
    the_newest_win_is_not_left_out(&books);
    scenario.finish().await;
}

/// The files agree with each other, except for the pool and the audit log.
fn the_newest_win_is_not_left_out(books: &Path) {
    for (file, field) in [("jackpots", "operation"), ("entries", "reference"), ("transfers", "reference")] {
        let path = books.join(format!("{file}.jsonl"));
        let text = fs::read_to_string(&path).unwrap();
        let is_other = |row: &&str| serde_json::from_str::<Value>(row).unwrap()[field] != "all";
        fs::write(&path, text.split_inclusive('\n').filter(is_other).collect::<String>()).unwrap();
    }
    let (is_right, said) = says("verify_jackpots.py", books).unwrap();
    assert!(!is_right && said.contains("the pools have paid"), "{said}");
    assert!(said.contains("the award all began, and is neither paid nor in progress"), "{said}");
}
