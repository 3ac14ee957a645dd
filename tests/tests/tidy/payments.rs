//! Functions that work with money in and out are told all that `evens_providers::Payments` reads, others none of it;
//! and where an operator says nothing, they do what the code does by itself.

use crate::roles::{Code, codes};
use crate::stacks::{members, template};
use crate::template::functions;
use crate::{assert_none, root};
use evens_providers::PaymentSettings;
use evens_runtime::Settings;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What reads the variables, and lists them.
const READER: &str = "shared/providers/src/payments.rs";

/// How a function asks for all of them.
const ASKS: &str = "Payments::from_env(";

/// Those that stand in the provider's secret, and where in it.
const OF_SECRET: [(&str, &str); 3] =
    [("EVENS_SANDBOX_KEY", "key"), ("EVENS_SANDBOX_SECRET", "secret"), ("EVENS_SANDBOX_URL", "url")];

/// The variables that the code reads.
fn variables() -> BTreeSet<String> {
    let reader = fs::read_to_string(root().join(READER)).expect("what reads the variables");
    let texts = reader.split('"').skip(1).step_by(2);
    let is_part = |part: char| part.is_ascii_uppercase() || part == '_';
    texts.filter(|text| text.starts_with("EVENS_") && text.chars().all(is_part)).map(str::to_owned).collect()
}

/// What a variable is that stands in the secret.
fn in_secret(part: &str) -> Value {
    let place = format!("evens/${{Stage}}/${{PaymentProviderSecret}}:SecretString:{part}");
    let resolved = json!({ "Fn::Sub": format!("{{{{resolve:secretsmanager:{place}}}}}") });
    json!({ "Fn::If": ["HasProvider", resolved, { "Ref": "AWS::NoValue" }] })
}

fn wrong_settings(template: &Value, codes: &BTreeMap<String, Code>) -> Vec<String> {
    let (mut wrong, known) = (Vec::new(), variables());
    for (folder, (name, properties)) in functions(template) {
        let asks = codes.get(&folder).is_some_and(|code| code.text.contains(ASKS));
        let variables = &properties["Environment"]["Variables"];
        let told: BTreeSet<_> = members(variables).map(|(variable, _)| variable.clone()).collect();
        let told: BTreeSet<_> = told.intersection(&known).cloned().collect();
        let expected = if asks { known.clone() } else { BTreeSet::new() };
        if told != expected {
            wrong.push(format!("{name} is told {told:?} of payments, and has use for {expected:?}"));
        }
        for (variable, part) in OF_SECRET.iter().filter(|(variable, _)| told.contains(*variable)) {
            if variables[variable] != in_secret(part) {
                wrong.push(format!("{variable} of {name} is not {part:?} of the provider's secret"));
            }
        }
    }
    wrong
}

/// What an operator who says nothing tells the functions of payments.
fn said_by_default(template: &Value, variable: &str) -> Option<String> {
    let functions = functions(template);
    let (_, properties) = functions.get("deposits")?;
    let parameter = properties["Environment"]["Variables"][variable]["Ref"].as_str()?;
    template["Parameters"][parameter]["Default"].as_str().map(str::to_owned)
}

#[test]
fn functions_of_payments_are_told_what_they_read() {
    assert_eq!(variables().len(), 8, "{:?}", variables());
    assert_none(&wrong_settings(&template(), &codes()));
}

#[test]
fn defaults_of_payments_are_those_of_the_code() {
    let (template, settings) = (template(), Settings::local());
    let of_secret = |variable: &&String| OF_SECRET.iter().any(|(name, _)| variable == name);
    for variable in variables().iter().filter(|variable| !of_secret(variable)) {
        assert!(said_by_default(&template, variable).is_some(), "{variable} has no default");
    }
    let said = PaymentSettings::from_lookup(&settings, |name| said_by_default(&template, name)).unwrap();
    let unsaid = PaymentSettings::from_lookup(&settings, |_| None).unwrap();
    assert_eq!((said.currency, said.deposits), (unsaid.currency, unsaid.deposits));
    assert!(said.provider.is_none() && unsaid.provider.is_none());
}

#[test]
fn functions_that_are_told_something_else_of_payments_are_found() {
    let (good, codes) = (template(), codes());
    let of = |function: &str| format!("/Resources/{function}Function/Properties/Environment/Variables");
    for (function, variable, value) in [
        ("Bets", "EVENS_CURRENCY", json!({ "Ref": "Currency" })),
        ("Notifications", "EVENS_SANDBOX_KEY", in_secret("key")),
        ("Deposits", "EVENS_SANDBOX_KEY", in_secret("secret")),
        ("PaymentCallbacks", "EVENS_SANDBOX_SECRET", json!("whsec_")),
    ] {
        let mut changed = good.clone();
        changed.pointer_mut(&of(function)).unwrap()[variable] = value;
        assert_eq!(wrong_settings(&changed, &codes).len(), 1, "{function}: {variable}");
    }
    let mut changed = good;
    changed
        .pointer_mut(&of("FollowPayments"))
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove("EVENS_CONFIRM_ABOVE");
    assert_eq!(wrong_settings(&changed, &codes).len(), 1);
}
