//! The role that changes passwords can write two attributes of wallets, the epoch of sessions and the time of a
//! recovery, and no money.

use crate::assert_none;
use crate::roles::texts;
use crate::stacks::template;
use crate::template::functions;
use serde_json::{Value, json};

/// The function that signs tokens and changes passwords.
const LOGS_IN: &str = "LoginFunction";

/// The partition keys of wallets.
const WALLETS: &str = "USER#*";

/// The attributes of a wallet that it may name.
const EPOCH: [&str; 4] = ["pk", "recovered_at", "session_epoch", "sk"];

/// The statements of the role that allow to change wallets, and are not limited to these attributes.
fn wrong_statements(template: &Value) -> Vec<String> {
    let functions = functions(template);
    let (_, properties) = functions.values().find(|(name, _)| *name == LOGS_IN).expect("the function");
    let policies = properties["Policies"].as_array().into_iter().flatten();
    let statements = policies.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten());
    let changes = statements.filter(|statement| {
        let keys = texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
        let is_change = |action: &&str| action.starts_with("dynamodb:") && !action.ends_with(":GetItem");
        let is_of_wallets = |key: &&str| WALLETS.starts_with(key.trim_end_matches('*'));
        statement["Effect"] == "Allow"
            && texts(&statement["Action"]).iter().any(is_change)
            && keys.iter().any(is_of_wallets)
    });
    let is_limited = |statement: &&Value| {
        let condition = &statement["Condition"];
        let named = texts(&condition["ForAllValues:StringEquals"]["dynamodb:Attributes"]);
        texts(&statement["Action"]) == ["dynamodb:UpdateItem"]
            && named == EPOCH
            && condition["Null"]["dynamodb:Attributes"] == "false"
    };
    let wrong = changes.filter(|statement| !is_limited(statement));
    wrong
        .map(|statement| format!("{LOGS_IN} may change more of a wallet than the epoch: {statement}"))
        .collect()
}

#[test]
fn a_login_changes_nothing_of_a_wallet_but_the_epoch() {
    assert_none(&wrong_statements(&template()));
}

#[test]
fn a_login_that_may_change_money_is_found() {
    let good = template();
    let role = "/Resources/LoginFunction/Properties/Policies/0/Statement";
    let statements = good.pointer(role).and_then(Value::as_array).expect("statements");
    let on_wallets = statements.iter().position(|statement| {
        texts(&statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == EPOCH
    });
    let statement = format!("{role}/{}", on_wallets.expect("a statement"));
    let attributes = "/Condition/ForAllValues:StringEquals/dynamodb:Attributes";
    #[rustfmt::skip]
    let table = [
        (attributes,                             json!(["balance", "pk", "recovered_at", "session_epoch", "sk"])),
        (attributes,                             json!([])),
        ("/Condition/Null/dynamodb:Attributes",  json!("true")),
        ("/Action",                              json!(["dynamodb:PutItem", "dynamodb:UpdateItem"])),
        ("/Action",                              json!("dynamodb:DeleteItem")),
    ];
    for (at, value) in table {
        let mut changed = good.clone();
        *changed.pointer_mut(&format!("{statement}{at}")).expect("a part of it") = value.clone();
        assert_eq!(wrong_statements(&changed).len(), 1, "{at}: {value}");
    }
    // Each other statement of the role, if it were about wallets.
    let mut changed = good.clone();
    let keys = "/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys";
    for number in 0..statements.len() {
        if let Some(keys) = changed.pointer_mut(&format!("{role}/{number}{keys}")) {
            *keys = json!([WALLETS]);
        }
    }
    assert_eq!(wrong_statements(&changed).len(), 4, "codes, places in lists, sessions, and other updates");
}
