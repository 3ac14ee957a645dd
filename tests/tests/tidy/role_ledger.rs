//! No role can change or delete a ledger entry, a transfer (B6) or an audit line, whatever its code calls.

use crate::assert_none;
use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use evens_stacks::Allowed;
use serde_json::{Value, json};

/// Prefixes of append-only partitions: ledger entries and transfers between system accounts (B6), audit lines, and
/// daily seals.
const LEDGERS: [&str; 4] = ["AUDIT#", "LEDGER#", "SEAL", "TRANSFER#"];

/// The actions allowed there. None of them changes or deletes an existing item.
const LEDGER_ACTIONS: &[&str] =
    &["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"];

/// Returns whether an IAM pattern matches an append-only partition, or more.
fn fits_ledger(pattern: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    LEDGERS.iter().any(|ledger| ledger.starts_with(fixed) || fixed.starts_with(ledger))
}

/// Violations of B6: roles that could change or delete an entry.
fn wrong_ledger(template: &Value) -> Vec<String> {
    let roles = functions(template).into_values();
    roles.flat_map(|(name, properties)| changes_of_ledger(name, &allowed(properties))).collect()
}

/// The permissions of one role that could change or delete an entry.
pub(crate) fn changes_of_ledger(name: &str, allowed: &Allowed) -> Vec<String> {
    let mut wrong = Vec::new();
    for (action, on) in allowed {
        let is_items = action == "*" || action.starts_with("dynamodb:");
        let is_elsewhere = on == "index unfinished" && action == "dynamodb:Query";
        let is_harmless = LEDGER_ACTIONS.contains(&action.as_str());
        if is_items && !is_elsewhere && !is_harmless && (on == "any item" || fits_ledger(on)) {
            wrong.push(format!("{name} may {action} on {on}: the ledger is append-only"));
        }
    }
    wrong
}

#[test]
fn no_role_changes_the_ledger() {
    assert_none(&wrong_ledger(&template()));
}

#[test]
fn a_role_that_changes_the_ledger_is_found() {
    let good = template();
    let statement = "/Resources/WalletFunction/Properties/Policies/0/Statement/0";
    let on = |keys: Value| json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } });
    let rows = [
        (json!("dynamodb:UpdateItem"), on(json!(["LEDGER#*"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["LEDGER#*"])), 1),
        (json!("dynamodb:UpdateItem"), on(json!(["TRANSFER#*"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["T*"])), 1),
        (json!("dynamodb:UpdateItem"), on(json!(["AUDIT#*"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["SEAL"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["AUDIT#2026-11-23"])), 1),
        (json!("dynamodb:BatchWriteItem"), on(json!(["LEDGER#*"])), 1),
        (json!("dynamodb:PartiQLUpdate"), on(json!(["LEDGER#*"])), 1),
        (json!("dynamodb:*"), on(json!(["LEDGER#*"])), 1),
        (json!("*"), on(json!(["LEDGER#*"])), 1),
        (json!(["dynamodb:Query", "dynamodb:UpdateItem"]), on(json!(["LEDGER#4*"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["L*"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["*"])), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["USER#*", "LEDGER#*"])), 1),
        (json!("dynamodb:DeleteItem"), json!({}), 1),
        (json!("dynamodb:DeleteItem"), on(json!(["SESSION#*"])), 0),
        (json!(["dynamodb:PutItem", "dynamodb:Query"]), on(json!(["LEDGER#*"])), 0),
    ];
    for (action, condition, expected) in rows {
        let mut changed = good.clone();
        let found = changed.pointer_mut(statement).unwrap();
        (found["Action"], found["Condition"]) = (action.clone(), condition.clone());
        let wrong = wrong_ledger(&changed);
        assert_eq!(wrong.len(), expected, "{action} where {condition}: {wrong:?}");
    }
}
