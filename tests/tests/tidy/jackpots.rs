//! F17: jackpot items are accessed in one module of the store. Only the two jackpot functions and the function that
//! settles periods write them.

use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use crate::{Source, assert_none, sources};
use serde_json::{Value, json};

/// The only folder that may name the keys of jackpot items.
const MODULE: &str = "shared/store/src/jackpots/";

/// The functions that may write jackpot items.
const WRITERS: [&str; 3] = ["jackpot-pools", "jackpot-win", "settle-period"];

/// The beginnings of jackpot keys in code.
const KEYS: [&str; 2] = ["\"JACKPOT#", "\"JACKPOT-"];

/// The folders that name jackpot movements in the ledger: rules and audit.
const MOVEMENTS: [&str; 2] = ["shared/jackpots/src/", "shared/audit/src/jackpots/"];

fn named_elsewhere(sources: &[Source]) -> Vec<String> {
    let is_code = |source: &&Source| {
        let is_rule = MOVEMENTS.iter().any(|folder| source.path.starts_with(folder));
        // The simulator injects defects in front of the table.
        let is_test = source.path.starts_with("tests/");
        source.is_rust()
            && source.path.contains("/src/")
            && !source.path.starts_with(MODULE)
            && !is_rule
            && !is_test
    };
    let named = |source: &Source| {
        let lines = source.text().lines().zip(1..);
        let found = lines.filter(|(line, _)| KEYS.iter().any(|key| line.contains(key)));
        let path = source.path.clone();
        found.map(|(line, number)| format!("{path}:{number}: {}", line.trim())).collect::<Vec<_>>()
    };
    sources.iter().filter(is_code).flat_map(named).collect()
}

fn written_elsewhere(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let writes = ["PutItem", "UpdateItem", "DeleteItem"].map(|action| format!("dynamodb:{action}"));
        for (action, key) in allowed(properties) {
            if writes.contains(&action) && key.starts_with("JACKPOT") && !WRITERS.contains(&folder.as_str()) {
                wrong.push(format!("{name} may do {action} to {key}"));
            }
        }
    }
    wrong
}

#[test]
fn jackpots_are_touched_in_one_module() {
    assert_none(&named_elsewhere(&sources()));
}

#[test]
fn jackpots_are_written_by_their_functions() {
    assert_none(&written_elsewhere(&template()));
}

#[test]
fn a_key_that_is_named_elsewhere_is_found() {
    let source =
        |path: &str| Source { path: path.to_owned(), bytes: b"let key = \"JACKPOT#minor\";".to_vec() };
    let found =
        named_elsewhere(&[source("functions/bets/src/handler.rs"), source("shared/store/src/jackpots/a.rs")]);
    assert_eq!(found, ["functions/bets/src/handler.rs:1: let key = \"JACKPOT#minor\";"]);
}

#[test]
fn a_role_that_writes_jackpots_is_found() {
    let mut changed = template();
    let statement = json!({
        "Effect": "Allow",
        "Action": "dynamodb:UpdateItem",
        "Resource": { "Fn::GetAtt": "Table.Arn" },
        "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["JACKPOT-METER#*"] } },
    });
    let statements = "/Resources/BetsFunction/Properties/Policies/0/Statement";
    changed.pointer_mut(statements).unwrap().as_array_mut().unwrap().push(statement);
    assert_eq!(written_elsewhere(&changed).len(), 1);
}
