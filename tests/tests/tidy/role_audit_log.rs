//! Only whoever decides about withdrawals, gives stuck money back, runs rounds, cancels periods of games, awards
//! jackpots, or acts on dead letters puts lines into the audit log, whatever the others' code calls.
//! That nobody changes or deletes a line stands in `role_ledger`.

use crate::assert_none;
use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use serde_json::{Value, json};

/// Whose roles may.
const WRITERS: [&str; 6] = [
    "DeadLettersFunction",
    "JackpotPoolsFunction",
    "OperateBetsFunction",
    "OperateGamesFunction",
    "OperatePaymentsFunction",
    "OperateRoundsFunction",
];

/// What the partition keys of the log begin with: of its lines, and of what the newest one is.
const LOG: &str = "AUDIT";

/// What may be done there: reading, and putting what comes next.
const ACTIONS: [&str; 4] =
    ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"];

/// Whether a pattern of IAM fits a key of the log, or more than that.
fn fits_log(pattern: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    pattern == "any item" || fixed.starts_with(LOG) || LOG.starts_with(fixed)
}

fn wrong_log(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, properties) in functions(template).into_values() {
        for (action, on) in allowed(properties) {
            let is_items = action == "*" || action.starts_with("dynamodb:");
            let may =
                WRITERS.contains(&name.as_str()) && on.starts_with(LOG) && ACTIONS.contains(&action.as_str());
            // It changes nothing, and `role_scan` holds what it sees.
            let is_scan = action == "dynamodb:Scan";
            if is_items && fits_log(&on) && !may && !is_scan {
                wrong.push(format!(
                    "{name} may {action} on {on}: the audit log is of {WRITERS:?}, and append-only"
                ));
            }
        }
    }
    wrong
}

#[test]
fn whoever_decides_alone_writes_the_audit_log() {
    assert_none(&wrong_log(&template()));
}

#[test]
fn a_role_that_reaches_the_audit_log_is_found() {
    let good = template();
    #[rustfmt::skip]
    let table = [
        ("OperatePayments", "dynamodb:PutItem",     "AUDIT#*",  0),
        ("OperatePayments", "dynamodb:PutItem",     "AUDIT",    0),
        ("OperatePayments", "dynamodb:UpdateItem",  "AUDIT",    1),
        ("OperatePayments", "dynamodb:UpdateItem",  "AUDIT#*",  1),
        ("OperatePayments", "dynamodb:DeleteItem",  "AUDIT#*",  1),
        ("OperatePayments", "dynamodb:PutItem",     "*",        1),
        ("Rounds",          "dynamodb:PutItem",     "AUDIT#*",  1),
        ("Withdrawals",     "dynamodb:PutItem",     "AUDIT",    1),
        ("Withdrawals",     "dynamodb:Query",       "AUDIT#*",  1),
        ("Withdrawals",     "dynamodb:PutItem",     "A*",       1),
        ("Withdrawals",     "dynamodb:PutItem",     "ORDER#*",  0),
    ];
    for (function, action, keys, expected) in table {
        let mut changed = good.clone();
        let statement = format!("/Resources/{function}Function/Properties/Policies/0/Statement/1");
        let found = changed.pointer_mut(&statement).unwrap();
        found["Action"] = json!(action);
        found["Condition"] = json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [keys] } });
        let wrong = wrong_log(&changed);
        assert_eq!(wrong.len(), expected, "{function}: {action} on {keys}: {wrong:?}");
    }
}
