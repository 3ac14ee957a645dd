//! Each function gets the `evens_providers::PaymentSettings` that its rules need, and no others. Functions that use the
//! provider get the name of its secret. Template defaults equal the code's defaults.

use crate::roles::{Code, codes};
use crate::stacks::template;
use crate::template::functions;
use crate::{assert_none, root};
use evens_contracts::Queue;
use evens_payments::PayoutTiming;
use evens_providers::{PaymentNeed, PaymentSettings};
use evens_runtime::Settings;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The file that reads and lists the variables.
const READER: &str = "shared/providers/src/payments.rs";

/// Each variable with the calls that use it.
const USES: [(&str, &[&str]); 11] = [
    ("EVENS_CONFIRM_ABOVE", &["settle_deposit(", "settle_payout("]),
    ("EVENS_CURRENCY", &["payments.currency", "settings.currency"]),
    ("EVENS_DEPOSITS", &["open_deposit("]),
    ("EVENS_DEPOSIT_MAX", &["open_deposit("]),
    ("EVENS_DEPOSIT_MIN", &["open_deposit("]),
    ("EVENS_FIRST_DEPOSIT_BONUS", &["settle_deposit("]),
    ("EVENS_HOLDS", &["approve_withdrawal(", "request_withdrawal("]),
    ("EVENS_KYC_ABOVE", &["claim_suspended(", "open_deposit(", "settle_deposit("]),
    ("EVENS_TURNOVER_FACTOR", &["claim_suspended(", "settle_deposit("]),
    ("EVENS_WITHDRAWALS", &["request_withdrawal(", "withdrawals.is_open"]),
    ("EVENS_WITHDRAWAL_MIN", &["request_withdrawal(", "withdrawals.amount_min"]),
];

/// The settings that code requests at its start.
fn asked_for(code: &Code) -> BTreeSet<&'static str> {
    let is_asked = |need: &PaymentNeed| {
        let word = format!("PaymentNeed::{need:?}");
        let mut after = code.text.split(&word).skip(1);
        after.any(|after| !after.starts_with(char::is_alphanumeric))
    };
    PaymentNeed::ALL.into_iter().filter(is_asked).map(PaymentNeed::variable).collect()
}

/// The variable that names the provider's secret, and the call that reads it.
const PROVIDER: (&str, &str) = ("EVENS_PAYMENT_PROVIDER_SECRET", "Payments::from_env(");

/// The variables that the code reads.
fn variables() -> BTreeSet<String> {
    let reader = fs::read_to_string(root().join(READER)).expect("what reads the variables");
    let texts = reader.split('"').skip(1).step_by(2);
    let is_part = |part: char| part.is_ascii_uppercase() || part == '_';
    texts.filter(|text| text.starts_with("EVENS_") && text.chars().all(is_part)).map(str::to_owned).collect()
}

/// The value of that variable for a function that uses the provider.
fn secret() -> Value {
    let name = json!({ "Fn::Sub": "evens/${Stage}/${PaymentProviderSecret}" });
    json!({ "Fn::If": ["HasProvider", name, { "Ref": "AWS::NoValue" }] })
}

fn wrong_settings(template: &Value, codes: &BTreeMap<String, Code>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let asks = |way: &str| codes.get(&folder).is_some_and(|code| code.text.contains(way));
        let variables = &properties["Environment"]["Variables"];
        let asked_for = codes.get(&folder).map(asked_for).unwrap_or_default();
        for (variable, uses) in USES {
            let (is_told, is_used) = (!variables[variable].is_null(), uses.iter().any(|way| asks(way)));
            if [is_told, asked_for.contains(variable)] != [is_used, is_used] {
                wrong.push(format!("not all of {name}, its code and its needs have to do with {variable}"));
            }
        }
        let (variable, way) = PROVIDER;
        let expected = asks(way).then(secret).unwrap_or_default();
        if variables[variable] != expected {
            wrong.push(format!("{variable} of {name} is {}, not {expected}", variables[variable]));
        }
    }
    wrong
}

/// The template's default for a variable of payment functions.
fn said_by_default(template: &Value, variable: &str) -> Option<String> {
    let functions = functions(template);
    let mut variables = functions.values().map(|(_, properties)| &properties["Environment"]["Variables"]);
    let parameter = variables.find_map(|variables| variables[variable]["Ref"].as_str())?;
    template["Parameters"][parameter]["Default"].as_str().map(str::to_owned)
}

#[test]
fn functions_of_payments_are_told_what_they_read() {
    assert_eq!(variables(), USES.map(|(variable, _)| variable.to_owned()).into());
    assert_eq!(variables(), PaymentNeed::ALL.map(|need| need.variable().to_owned()).into());
    assert_none(&wrong_settings(&template(), &codes()));
}

#[test]
fn defaults_of_payments_are_those_of_the_code() {
    let (template, settings) = (template(), Settings::local());
    for variable in variables() {
        assert!(said_by_default(&template, &variable).is_some(), "{variable} has no default");
    }
    let said = PaymentSettings::from_lookup(&settings, |name| said_by_default(&template, name)).unwrap();
    let unsaid = PaymentSettings::from_lookup(&settings, |_| None).unwrap();
    assert_eq!((said.currency, said.deposits), (unsaid.currency, unsaid.deposits));
    assert_eq!(said.withdrawals, unsaid.withdrawals);
}

#[test]
fn functions_that_are_told_something_else_of_payments_are_found() {
    let (good, codes) = (template(), codes());
    let of = |function: &str| format!("/Resources/{function}Function/Properties/Environment/Variables");
    for (function, variable, value) in [
        ("Bets", "EVENS_CURRENCY", json!({ "Ref": "Currency" })),
        ("Notifications", PROVIDER.0, secret()),
        ("OperatePayments", PROVIDER.0, secret()),
        ("SendPayouts", PROVIDER.0, json!({ "Ref": "PaymentProviderSecret" })),
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

/// The job of a process that died returns after the visibility timeout. Its claim is over then, so that the payout does
/// not wait for the next sweep.
#[test]
fn a_claim_ends_before_its_job_returns() {
    let visibility_timeout = Queue::Withdrawals.rules().visibility_timeout;
    assert!(PayoutTiming::default().lease.unsigned_abs() < visibility_timeout);
}
