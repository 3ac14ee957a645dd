//! Functions that scan the whole table see only the attributes they need, and no secret. IAM can restrict a scan by
//! attribute, but not by item.

use crate::assert_none;
use crate::roles::texts;
use crate::stacks::{ONE_BOX, read, template};
use crate::template::functions;
use evens_store::{attributes_of_books, attributes_of_ledgers};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a scan asks for.
type Attributes = fn() -> BTreeSet<&'static str>;

/// The roles that scan, with what they ask for. A box does both, and the books include the ledger.
const SCANS: [(&str, Attributes); 4] = [
    ("CompareStatementsFunction", attributes_of_ledgers),
    ("ReconcileFunction", attributes_of_ledgers),
    ("VerifyFunction", attributes_of_books),
    ("the box", attributes_of_books),
];

/// Secret attributes of any item.
const SECRETS: [&str; 4] = ["password_hash", "sealed", "secret", "seed"];

/// Personal attributes outside the ledger.
const PERSONAL: [&str; 5] = ["fingerprint", "last_login_address", "phone", "picture", "user_name"];

/// Statements that allow a scan, with the role that has them.
fn scans<'a>(template: &'a Value, one_box: &'a Value) -> Vec<(String, &'a Value)> {
    let of_functions = functions(template).into_values();
    let of_functions = of_functions.flat_map(|(name, properties)| {
        let policies = properties["Policies"].as_array().into_iter().flatten();
        policies.map(move |policy| (name.clone(), &policy["Statement"]))
    });
    let of_box = &one_box["Resources"]["EnginesPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let all = of_functions.chain([("the box".to_owned(), of_box)]);
    let each = all.flat_map(|(name, statements)| {
        statements.as_array().into_iter().flatten().map(move |statement| (name.clone(), statement))
    });
    each.filter(|(_, statement)| texts(&statement["Action"]).contains(&"dynamodb:Scan")).collect()
}

fn wrong_scans(template: &Value, one_box: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let (ledger, books) = (attributes_of_ledgers(), attributes_of_books());
    let scans = scans(template, one_box);
    let who: Vec<_> = scans.iter().map(|(name, _)| name.as_str()).collect();
    if who != SCANS.map(|(name, _)| name) {
        wrong.push(format!("{who:?} may scan"));
    }
    for (name, statement) in scans {
        let condition = &statement["Condition"];
        let seen = &condition["ForAllValues:StringEquals"]["dynamodb:Attributes"];
        let seen: BTreeSet<_> = texts(seen).into_iter().collect();
        let known =
            SCANS.iter().find(|(known, _)| *known == name).map_or(BTreeSet::new(), |(_, asked)| asked());
        if seen != known {
            wrong.push(format!("{name} may see {seen:?}, and asks for {known:?}"));
        }
        if condition["StringEquals"]["dynamodb:Select"] != "SPECIFIC_ATTRIBUTES" {
            wrong.push(format!("{name} may ask for all attributes without naming them"));
        }
    }
    let secret = SECRETS.into_iter().filter(|name| ledger.contains(name) || books.contains(name));
    let personal = PERSONAL.into_iter().filter(|name| ledger.contains(name));
    wrong.extend(secret.chain(personal).map(|name| format!("{name} is read")));
    if !ledger.is_subset(&books) {
        wrong.push("a box may not see all of the ledger".to_owned());
    }
    wrong
}

#[test]
fn a_scan_sees_nothing_that_is_secret() {
    assert_none(&wrong_scans(&template(), &read(ONE_BOX)));
}

#[test]
fn a_scan_that_sees_more_is_found() {
    let (good, one_box) = (template(), read(ONE_BOX));
    for function in ["CompareStatements", "Reconcile", "Verify"] {
        let statement = format!("/Resources/{function}Function/Properties/Policies/0/Statement/0");
        for (place, value) in [
            ("/Condition", json!({})),
            ("/Condition/StringEquals", json!({})),
            ("/Condition/ForAllValues:StringEquals/dynamodb:Attributes", json!(["pk", "sealed"])),
            ("/Action", json!("dynamodb:Query")),
        ] {
            let mut changed = good.clone();
            *changed.pointer_mut(&format!("{statement}{place}")).expect(place) = value;
            assert_ne!(wrong_scans(&changed, &one_box), Vec::<String>::new(), "{function} {place}");
        }
    }
    let mut changed = good.clone();
    let wallet = "/Resources/WalletFunction/Properties/Policies/0/Statement/0/Action";
    *changed.pointer_mut(wallet).expect(wallet) = json!("dynamodb:Scan");
    assert_ne!(wrong_scans(&changed, &one_box), Vec::<String>::new());
}
