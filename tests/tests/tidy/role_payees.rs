//! The role that adds payees cannot pay them, and the role that pays cannot add payees, whatever their code calls. The
//! role that decides on withdrawals can do neither: it can only remove a payee, and read it without its sealed number.

use crate::assert_none;
use crate::roles::{allowed, texts};
use crate::stacks::template;
use crate::template::functions;
use evens_stacks::Allowed;
use serde_json::{Value, json};

/// Reads of a payee, which change nothing.
const READS: [&str; 3] = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"];

/// The prefixes of payees and of the owners of bank accounts.
const PAYEES: [&str; 2] = ["PAYEE#", "PAYEE-OF#"];

/// The functions that add payees and that send payouts.
const ADDS: &str = "WithdrawalsFunction";
const PAYS: [&str; 2] = ["FollowPaymentsFunction", "SendPayoutsFunction"];

/// The function that returns suspense money and writes debts off.
const DECIDES: &str = "OperatePaymentsFunction";
const DECISIONS: [&str; 2] = ["TRANSFER#SUSPENSE-OUT:", "TRANSFER#WRITE-OFF:"];

/// The attributes it may name when it removes a payee or an account's owner.
const ENDS: [&str; 6] = ["freed_at", "kept_for", "pk", "removed_at", "sk", "user"];

/// The attributes of a payee that it may read, which are not the sealed number.
const SEES: [&str; 8] = ["fingerprint", "mask", "payee", "pk", "removed_at", "since", "sk", "user"];

/// The functions that restart jackpots with house money that was in no wallet.
const STARTS: [(&str, &str); 3] = [
    ("JackpotPoolsFunction", "TRANSFER#JACKPOT-START:"),
    ("JackpotWinFunction", "TRANSFER#JACKPOT-REFILL:"),
    ("JackpotWinFunction", "TRANSFER#JACKPOT-TOP-UP:"),
];

/// The function that books provider statements and scans the ledger. `role_scan` limits its reads, which include no
/// payee data.
const BOOKS: &str = "ReconcileFunction";

/// The function that compares statements of cashiers, limited in the same way. It books nothing.
const COMPARES: &str = "CompareStatementsFunction";

/// The function that verifies all books, limited in the same way.
const VERIFIES: &str = "VerifyFunction";

/// The functions with the keys that open sealed payees.
const OPENS: [&str; 2] = ["SendPayoutsFunction", ADDS];

fn wrong_payees(template: &Value) -> Vec<String> {
    let roles = functions(template).into_values();
    roles
        .flat_map(|(name, properties)| {
            let ends = name == DECIDES && only_names(properties, "dynamodb:UpdateItem", &PAYEES, &ENDS);
            let sees = name == DECIDES && only_names(properties, "dynamodb:GetItem", &PAYEES[..1], &SEES);
            wrong_role(name, &allowed(properties), (ends, sees))
        })
        .collect()
}

/// Returns whether the policies allow this action on these keys only for requests that name no other attributes. Reads
/// must name some: a read that names none returns all.
fn only_names(properties: &Value, action: &str, on: &[&str], attributes: &[&str]) -> bool {
    let policies = properties["Policies"].as_array().into_iter().flatten();
    let statements = policies.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten());
    let on_payees = statements.filter(|statement| {
        let keys = texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
        texts(&statement["Action"]).contains(&action)
            && keys.iter().any(|key| on.contains(&key.trim_end_matches('*')))
    });
    on_payees.into_iter().all(|statement| {
        let condition = &statement["Condition"];
        let named = texts(&condition["ForAllValues:StringEquals"]["dynamodb:Attributes"]);
        let is_named =
            !READS.contains(&action) || condition["StringEquals"]["dynamodb:Select"] == "SPECIFIC_ATTRIBUTES";
        is_named && !named.is_empty() && named.iter().all(|attribute| attributes.contains(attribute))
    })
}

fn wrong_role(name: &str, allowed: &Allowed, (only_ends, only_sees): (bool, bool)) -> Vec<String> {
    let is_wrong = |(action, on): &&(String, String)| {
        let (action, on) = (action.as_str(), on.as_str());
        let is_read = READS.contains(&action);
        match on {
            "any item" => action != "dynamodb:Scan" || ![BOOKS, COMPARES, VERIFIES].contains(&name),
            on if on.starts_with("TRANSFER#") => {
                let is_decided = name == DECIDES && DECISIONS.contains(&on);
                let is_started = STARTS.contains(&(name, on));
                !is_read && !PAYS.contains(&name) && name != BOOKS && !is_decided && !is_started
            }
            "payee-keys" => !OPENS.contains(&name),
            on if PAYEES.contains(&on) => {
                let is_added = action == "dynamodb:PutItem" && name == ADDS;
                let is_looked_up = is_read && OPENS.contains(&name);
                // An item about an account's owner does not reveal the account number.
                let is_found = is_read && name == DECIDES && on == "PAYEE-OF#";
                let is_ended = action == "dynamodb:UpdateItem" && only_ends;
                let is_seen = action == "dynamodb:GetItem" && on == "PAYEE#" && only_sees;
                !is_added && !is_looked_up && !is_found && !is_ended && !is_seen
            }
            _ => false,
        }
    };
    let wrong = allowed.iter().filter(is_wrong);
    wrong.map(|(action, on)| format!("{name} may {action} on {on}: who says where does not pay")).collect()
}

#[test]
fn roles_that_set_payees_do_not_pay() {
    assert_none(&wrong_payees(&template()));
}

#[test]
fn a_role_that_says_where_and_pays_is_found() {
    let good = template();
    let statement =
        |function: &str| format!("/Resources/{function}Function/Properties/Policies/0/Statement/1");
    #[rustfmt::skip]
    let table = [
        ("Withdrawals",     "dynamodb:PutItem",     "PAYEE#*",     0),
        ("Withdrawals",     "dynamodb:UpdateItem",  "PAYEE#*",     1),
        ("Withdrawals",     "dynamodb:DeleteItem",  "PAYEE-OF#*",  1),
        ("Withdrawals",     "dynamodb:PutItem",     "TRANSFER#*",  1),
        ("SendPayouts",     "dynamodb:PutItem",     "TRANSFER#*",  0),
        ("SendPayouts",     "dynamodb:Query",       "PAYEE#*",     0),
        ("SendPayouts",     "dynamodb:PutItem",     "PAYEE#*",     1),
        ("OperatePayments", "dynamodb:PutItem",     "PAYEE#*",     1),
        ("OperatePayments", "dynamodb:PutItem",     "PAYEE-OF#*",  1),
        ("OperatePayments", "dynamodb:DeleteItem",  "PAYEE-OF#*",  1),
        ("OperatePayments", "dynamodb:GetItem",     "PAYEE#*",     1),
        ("OperatePayments", "dynamodb:GetItem",     "PAYEE-OF#*",  0),
        ("OperatePayments", "dynamodb:PutItem",     "TRANSFER#*",  1),
        ("OperatePayments", "dynamodb:PutItem",     "TRANSFER#PAYOUT:*", 1),
        ("Deposits",        "dynamodb:GetItem",     "PAYEE#*",     1),
        ("Deposits",        "dynamodb:PutItem",     "TRANSFER#*",  1),
        ("Reconcile",       "dynamodb:GetItem",     "PAYEE#*",     1),
        ("Reconcile",       "dynamodb:UpdateItem",  "PAYEE#*",     1),
        ("Verify",          "dynamodb:GetItem",     "PAYEE#*",     1),
        ("Verify",          "dynamodb:PutItem",     "TRANSFER#*",  1),
        ("JackpotWin",      "dynamodb:PutItem",     "TRANSFER#*",  1),
        ("JackpotWin",      "dynamodb:PutItem",     "PAYEE#*",     1),
    ];
    for (function, action, keys, expected) in table {
        let mut changed = good.clone();
        let found = changed.pointer_mut(&statement(function)).unwrap();
        found["Action"] = json!(action);
        found["Condition"] = json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [keys] } });
        let wrong = wrong_payees(&changed);
        assert_eq!(wrong.len(), expected, "{function}: {action} on {keys}: {wrong:?}");
    }
}

#[test]
fn a_role_that_decides_reads_no_sealed_number() {
    let good = template();
    let role = "/Resources/OperatePaymentsFunction/Properties/Policies/0/Statement";
    let statements = good.pointer(role).and_then(Value::as_array).unwrap();
    let sees = statements.iter().position(|statement| {
        texts(&statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == SEES
    });
    let condition = format!("{role}/{}/Condition", sees.expect("a statement"));
    for (at, value) in [
        ("/ForAllValues:StringEquals/dynamodb:Attributes", json!(["pk", "sk", "sealed"])),
        ("/ForAllValues:StringEquals/dynamodb:Attributes", json!([])),
        ("/StringEquals/dynamodb:Select", json!("ALL_ATTRIBUTES")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(&format!("{condition}{at}")).unwrap() = value.clone();
        assert_eq!(wrong_payees(&changed).len(), 1, "{at}: {value}");
    }
}

#[test]
fn a_role_that_frees_accounts_names_no_other_attribute() {
    let good = template();
    let role = "/Resources/OperatePaymentsFunction/Properties/Policies/0/Statement";
    let statements = good.pointer(role).and_then(Value::as_array).unwrap();
    let ends = statements.iter().position(|statement| {
        texts(&statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == ENDS
    });
    let condition = format!("{role}/{}/Condition/ForAllValues:StringEquals", ends.expect("a statement"));
    for attributes in [json!(["pk", "sk", "sealed"]), json!([])] {
        let mut changed = good.clone();
        changed.pointer_mut(&condition).unwrap()["dynamodb:Attributes"] = attributes.clone();
        assert_eq!(wrong_payees(&changed).len(), 2, "{attributes}");
    }
}
