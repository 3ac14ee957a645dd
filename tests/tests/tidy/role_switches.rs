//! Only one function may write the switches of the stage, so that no other compromised function can allow what
//! operators have stopped.

use crate::assert_none;
use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use serde_json::{Value, json};

const WRITER: &str = "OperateSwitchesFunction";

/// The partition key of the switches.
const SWITCHES: &str = "SWITCHES";

const READ: &str = "dynamodb:GetItem";

/// Returns whether an IAM pattern matches the key.
fn fits(pattern: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    pattern == "any item" || fixed.starts_with(SWITCHES) || SWITCHES.starts_with(fixed)
}

fn wrong_switches(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, properties) in functions(template).into_values() {
        for (action, on) in allowed(properties) {
            let is_items = action == "*" || action.starts_with("dynamodb:");
            // A scan changes nothing, and `role_scan` limits what it reads.
            let is_read = [READ, "dynamodb:BatchGetItem", "dynamodb:Scan"].contains(&action.as_str());
            let may = name == WRITER && action == "dynamodb:PutItem" && on == SWITCHES;
            if is_items && fits(&on) && !is_read && !may {
                wrong.push(format!("{name} may {action} on {on}: only {WRITER} writes the switches"));
            }
        }
    }
    wrong
}

#[test]
fn one_role_writes_the_switches() {
    assert_none(&wrong_switches(&template()));
}

#[test]
fn another_role_that_writes_the_switches_is_found() {
    let good = template();
    #[rustfmt::skip]
    let table = [
        ("OperateSwitches", "dynamodb:PutItem",    "SWITCHES",  0),
        ("OperateSwitches", "dynamodb:DeleteItem", "SWITCHES",  1),
        ("PlaceBet",        "dynamodb:GetItem",    "SWITCHES",  0),
        ("PlaceBet",        "dynamodb:PutItem",    "SWITCHES",  1),
        ("PlaceBet",        "dynamodb:PutItem",    "S*",        1),
        ("PlaceBet",        "dynamodb:UpdateItem", "SWITCHES*", 1),
        ("PlaceBet",        "dynamodb:PutItem",    "SEAL",      0),
    ];
    for (function, action, keys, expected) in table {
        let mut changed = good.clone();
        let statement = format!("/Resources/{function}Function/Properties/Policies/0/Statement/1");
        let found = changed.pointer_mut(&statement).unwrap();
        found["Action"] = json!(action);
        found["Condition"] = json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [keys] } });
        let wrong = wrong_switches(&changed);
        assert_eq!(wrong.len(), expected, "{function}: {action} on {keys}: {wrong:?}");
    }
}
