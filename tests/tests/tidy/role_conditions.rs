//! Conditions of roles must have an effect: a condition that is true for a missing key restricts nothing. Neither
//! functions nor a box can change a user's role.

use crate::assert_none;
use crate::roles::texts;
use crate::stacks::{ONE_BOX, read, template};
use crate::template::functions;
use serde_json::{Map, Value, json};

/// The attribute of an account with its user's role.
const ROLE: &str = "user_role";

/// The partition keys of accounts.
const ACCOUNTS: &str = "ACCOUNT#*";

/// Actions that cannot change an account's role. The deny statement must cover all others.
const READS: &[&str] = &["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"];

/// A role's name and statements.
type Role = (String, Vec<Value>);

fn statements(policies: &Value, at: &str) -> Vec<Value> {
    let policies = policies.as_array().into_iter().flatten();
    policies
        .flat_map(|policy| policy.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default())
        .collect()
}

/// The roles of all functions and of a box.
fn roles(template: &Value, one_box: &Value) -> Vec<Role> {
    let of_functions = functions(template).into_values();
    let mut roles: Vec<_> = of_functions
        .map(|(name, properties)| (name.to_owned(), statements(&properties["Policies"], "/Statement")))
        .collect();
    let resources = &one_box["Resources"];
    let policies = json!([resources["EnginesPolicy"]["Properties"]]);
    let mut of_box = statements(&policies, "/PolicyDocument/Statement");
    of_box.extend(statements(&resources["Role"]["Properties"]["Policies"], "/PolicyDocument/Statement"));
    roles.push(("the box".to_owned(), of_box));
    roles
}

fn conditions(statement: &Value) -> Map<String, Value> {
    statement["Condition"].as_object().cloned().unwrap_or_default()
}

/// `ForAllValues` is true for a request without the key, so a `Null` condition must require the key.
fn wrong_conditions(roles: &[Role]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, statements) in roles {
        for statement in statements {
            let conditions = conditions(statement);
            let asked = conditions.iter().filter(|(operator, _)| operator.starts_with("ForAllValues:"));
            for key in asked.flat_map(|(_, values)| values.as_object().into_iter().flat_map(Map::keys)) {
                if conditions.get("Null").is_none_or(|null| null[key] != "false") {
                    wrong.push(format!("{name}: nothing asks that {key} be there: {statement}"));
                }
            }
        }
    }
    wrong
}

/// A role that may write accounts must deny requests that name the role attribute.
fn wrong_writers(roles: &[Role]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, statements) in roles {
        let (denied, allowed): (Vec<_>, Vec<_>) =
            statements.iter().partition(|statement| statement["Effect"] == "Deny");
        let is_of_role = |statement: &&&Value| {
            let condition = &statement["Condition"]["ForAnyValue:StringEquals"]["dynamodb:Attributes"];
            texts(condition).contains(&ROLE) && conditions(statement).len() == 1
        };
        let denials = denied.iter().filter(is_of_role);
        let denied: Vec<_> = denials.flat_map(|statement| texts(&statement["Action"])).collect();
        let on_accounts = allowed.iter().filter(|statement| {
            let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
            texts(keys).iter().any(|key| *key == ACCOUNTS || *key == "*")
        });
        for action in on_accounts.flat_map(|statement| texts(&statement["Action"])) {
            if !READS.contains(&action) && !denied.contains(&action) {
                wrong.push(format!("{name} may {action} on accounts, and so give somebody a role"));
            }
        }
    }
    wrong
}

#[test]
fn no_condition_is_true_of_what_is_not_there() {
    assert_none(&wrong_conditions(&roles(&template(), &read(ONE_BOX))));
}

#[test]
fn only_an_operators_command_gives_a_role() {
    let roles = roles(&template(), &read(ONE_BOX));
    let denies = |statement: &Value| statement["Effect"] == "Deny" && !statement["Condition"].is_null();
    let writes = |(_, statements): &&Role| statements.iter().any(denies);
    let writers: Vec<_> = roles.iter().filter(writes).map(|(name, _)| name.as_str()).collect();
    let expected = [
        "AccountFunction",
        "FollowDepositsFunction",
        "LoginFunction",
        "OperateUsersFunction",
        "RegisterFunction",
        "RegistrationFunction",
        "the box",
    ];
    assert_eq!(writers, expected);
    assert_none(&wrong_writers(&roles));
}

#[test]
fn roles_that_hold_nothing_are_found() {
    let keys = json!({ "dynamodb:LeadingKeys": [ACCOUNTS] });
    let there = json!({ "dynamodb:LeadingKeys": "false" });
    let statement = |condition: Value| json!({ "Effect": "Allow", "Action": "dynamodb:UpdateItem", "Condition": condition });
    let good = statement(json!({ "ForAllValues:StringLike": keys, "Null": there }));
    let denial = json!({ "ForAnyValue:StringEquals": { "dynamodb:Attributes": [ROLE] } });
    let deny = |action: &str, condition: &Value| json!({ "Effect": "Deny", "Action": [action], "Condition": condition });
    let mut narrow = denial.clone();
    narrow["Null"] = there.clone();
    let rows = [
        (vec![good.clone(), deny("dynamodb:UpdateItem", &denial)], (0, 0)),
        (vec![good.clone()], (0, 1)),
        (vec![good.clone(), deny("dynamodb:PutItem", &denial)], (0, 1)),
        (vec![good, deny("dynamodb:UpdateItem", &narrow)], (0, 1)),
        (
            vec![statement(json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["BET#*"] } }))],
            (1, 0),
        ),
        (
            vec![statement(json!({
                "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["BET#*"] },
                "Null": { "dynamodb:LeadingKeys": "true" },
            }))],
            (1, 0),
        ),
    ];
    for (statements, expected) in rows {
        let role = [("a role".to_owned(), statements.clone())];
        let found = (wrong_conditions(&role).len(), wrong_writers(&role).len());
        assert_eq!(found, expected, "{statements:?}");
    }
}
