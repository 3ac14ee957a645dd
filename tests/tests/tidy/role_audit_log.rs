//! Only the roles of certain functions may add lines to the audit log, whatever other code calls. These functions
//! decide on withdrawals, resolve stuck money, run rounds, cancel periods, award jackpots, block accounts, set
//! switches, act on dead letters, compare statements, or seal days.
//! `role_ledger` checks that no role changes or deletes a line.

use crate::assert_none;
use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use serde_json::{Value, json};

/// The functions that may.
const WRITERS: [&str; 10] = [
    "CompareStatementsFunction",
    "DeadLettersFunction",
    "JackpotPoolsFunction",
    "OperateBetsFunction",
    "OperateGamesFunction",
    "OperatePaymentsFunction",
    "OperateRoundsFunction",
    "OperateSwitchesFunction",
    "OperateUsersFunction",
    "VerifyFunction",
];

/// The prefix of the log's partition keys: of its lines, and of its head.
const LOG: &str = "AUDIT";

/// The actions allowed there: reads, and adding the next line.
const ACTIONS: [&str; 4] =
    ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"];

/// Returns whether an IAM pattern matches a key of the log, or more.
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
            // A scan changes nothing, and `role_scan` limits what it reads.
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
fn roles_that_decide_write_the_audit_log() {
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
