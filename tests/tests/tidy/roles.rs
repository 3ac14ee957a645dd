//! What the roles in the templates permit, for the policies in `role_*.rs`. The roles themselves are written from the
//! code (`infra/stacks`). Also where secrets may be.

use crate::assert_none;
use crate::stacks::template;
use crate::template::functions;
use evens_contracts::Queue;
use evens_runtime::settings_table;
use evens_stacks::{Allowed, dead_letters, resource};
use serde_json::{Value, json};

/// The prefix of all queue ARNs.
pub(crate) const QUEUES: &str = "${QueueArnPrefix}";

/// The memory in MB from which Lambda provides a full vCPU.
const ONE_VCPU: u64 = 1769;

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
    values.into_iter().filter_map(Value::as_str).collect()
}

/// The resource of a statement, and whether a condition names its items.
fn named(resource: &Value) -> (String, bool) {
    let attribute = resource["Fn::GetAtt"].as_str().and_then(|name| name.strip_suffix(".Arn"));
    let said = attribute.or(resource["Fn::Sub"].as_str()).unwrap_or("?");
    match said {
        "Table" => ("any item".to_owned(), true),
        "${Table.Arn}/index/unfinished" => ("index unfinished".to_owned(), false),
        said if said.ends_with(":secret:evens/${Stage}/${TokenSigningKeySecret}-??????") => {
            ("token-signing-key".to_owned(), false)
        }
        said if said.ends_with(":secret:evens/${Stage}/${PayeeKeysSecret}-??????") => {
            ("payee-keys".to_owned(), false)
        }
        said if said.ends_with(":secret:evens/${Stage}/${PaymentProviderSecret}-??????") => {
            ("payment-provider".to_owned(), false)
        }
        said if said.ends_with(":secret:evens/${Stage}/${ExclusionRegisterSecret}-??????") => {
            ("exclusion-register".to_owned(), false)
        }
        said => (said.to_owned(), false),
    }
}

/// The queues whose name in the stage matches the pattern, in which a leading `*` matches anything.
fn queues_like(pattern: &str) -> Vec<String> {
    let names = Queue::ALL.into_iter().flat_map(|queue| {
        [(queue.name_in_stage(), resource(queue)), (queue.dead_letter_name_in_stage(), dead_letters(queue))]
    });
    let fits = |name: &str| pattern.strip_prefix('*').map_or(name == pattern, |end| name.ends_with(end));
    names.filter(|(name, _)| fits(name)).map(|(_, resource)| resource).collect()
}

/// The permissions in the policies of a function or of another resource with the same structure.
pub(crate) fn allowed(function: &Value) -> Allowed {
    let (mut allowed, mut denied) = (Allowed::new(), Allowed::new());
    let policies = function["Policies"].as_array().into_iter().flatten();
    let statements: Vec<_> =
        policies.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten()).collect();
    for statement in statements {
        if statement["Effect"] != "Deny" {
            allowed.extend(said(statement));
        } else if statement["Condition"].is_null() {
            denied.extend(said(statement));
        }
    }
    allowed.difference(&denied).cloned().collect()
}

/// The permissions that a statement names.
fn said(statement: &Value) -> Allowed {
    let mut about = Allowed::new();
    let resources = &statement["Resource"];
    let resources = resources.as_array().map_or_else(|| vec![resources], |all| all.iter().collect());
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    let fits = conditions.filter(|(operator, _)| operator.starts_with("ForAllValues:"));
    let keys: Vec<_> = fits.flat_map(|(_, values)| texts(&values["dynamodb:LeadingKeys"])).collect();
    for action in texts(&statement["Action"]) {
        let mut add = |on: &str| about.insert((action.to_owned(), on.to_owned()));
        for resource in &resources {
            let (name, has_keys) = named(resource);
            if has_keys && !keys.is_empty() {
                for key in &keys {
                    add(key.trim_end_matches('*'));
                }
            } else if let Some(pattern) = name.strip_prefix(QUEUES) {
                for queue in queues_like(pattern) {
                    add(&queue);
                }
            } else {
                add(&name);
            }
        }
    }
    about
}

/// Statements name `BatchGetItem` beside `GetItem`, so the two are treated as one.
pub(crate) fn items(pairs: &Allowed) -> Allowed {
    let one = |action: &String| action.replace("BatchGetItem", "GetItem");
    pairs.iter().map(|(action, on)| (one(action), on.clone())).collect()
}

/// Variables with what is secret itself. On AWS a function reads secrets by name.
const SECRETS: [&str; 4] =
    ["EVENS_EXCLUSION_REGISTER", "EVENS_PAYEE_KEYS", "EVENS_PAYMENT_PROVIDER", "EVENS_TOKEN_SIGNING_KEY"];

fn wrong_functions(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, properties) in functions(template).into_values() {
        let variables = &properties["Environment"]["Variables"];
        for variable in SECRETS.into_iter().filter(|variable| !variables[variable].is_null()) {
            wrong.push(format!("{name} has what is secret of {variable} in its environment"));
        }
        let hashes = !variables[settings_table::ARGON2].is_null();
        if hashes && properties["MemorySize"].as_u64().unwrap_or_default() < ONE_VCPU {
            wrong.push(format!("{name} hashes passwords with less than a vCPU"));
        }
    }
    wrong
}

#[test]
fn secrets_stay_out_of_environments_and_passwords_get_a_processor() {
    let good = template();
    assert_none(&wrong_functions(&good));
    let variables = "/Resources/BetsFunction/Properties/Environment/Variables";
    for (place, value) in [
        (variables, json!({ "EVENS_TOKEN_SIGNING_KEY": "a" })),
        (variables, json!({ "EVENS_PAYEE_KEYS": "a" })),
        ("/Resources/LoginFunction/Properties/MemorySize", json!(512)),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap() = value;
        assert_eq!(wrong_functions(&changed).len(), 1, "{place}");
    }
}

#[test]
fn rights_are_read_with_what_is_denied() {
    let arn = |name: &str| json!({ "Fn::Sub": format!("{QUEUES}{name}") });
    let function = json!({ "Policies": [{ "Statement": [
        { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn("*.fifo") },
        { "Effect": "Deny", "Action": "sqs:SendMessage", "Resource": arn("*-dead-letter.fifo") },
        { "Effect": "Deny", "Action": "sqs:SendMessage", "Resource": arn("*.fifo"), "Condition": {} },
    ] }] });
    let expected: Allowed =
        Queue::ALL.into_iter().map(|queue| ("sqs:SendMessage".to_owned(), resource(queue))).collect();
    assert_eq!(allowed(&function), expected);
}
