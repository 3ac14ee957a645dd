//! Each function gets exactly the settings it uses, and they fit into its environment.

use crate::assert_none;
use crate::roles::{Code, codes};
use crate::stacks::{members, template};
use crate::template::functions;
use evens_contracts::ROUTES;
use evens_runtime::Need;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Half of Lambda's limit, to leave room for growth.
const BYTES_MAX: usize = 2_048;

/// The longest values of parameters without `MaxLength`, in bytes. They are amounts, limited by their patterns,
/// secrets, and a URL with two signing secrets during a rotation.
const LONGEST: &[(&str, usize)] = &[
    ("Commission", 6),
    ("ConfirmAbove", 12),
    ("DepositMax", 12),
    ("DepositMin", 12),
    ("EVENS_QUEUE_URL_PREFIX", 100),
    ("EVENS_WEBHOOK_SECRET", 220),
    ("EVENS_WEBHOOK_URL", 220),
    ("FirstDepositBonus", 9),
    ("KycAbove", 12),
    ("RefundAfterSeconds", 6),
    ("StakeMin", 18),
    ("TurnoverFactor", 5),
    ("WaitingBetsMax", 5),
    ("WithdrawalMin", 12),
];

fn longest(name: &str) -> Option<usize> {
    LONGEST.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

/// The longest value of a parameter, in bytes.
fn length_of_parameter(template: &Value, name: &str) -> usize {
    let parameter = &template["Parameters"][name];
    let allowed = parameter["AllowedValues"].as_array().into_iter().flatten();
    let allowed = allowed.map(|value| value.as_str().unwrap_or_default().len());
    let default = parameter["Default"].as_str().map(str::len);
    let actual =
        parameter["MaxLength"].as_u64().and_then(|bytes| bytes.try_into().ok()).or_else(|| longest(name));
    // Generated names contain the stage and a few words.
    actual.unwrap_or_else(|| allowed.chain(default).max().unwrap_or(64))
}

fn length(template: &Value, variable: &str, value: &Value) -> usize {
    let parameters = |value: &Value| -> usize {
        let parts = value.as_array().into_iter().flatten();
        parts.map(|part| length_of_parameter(template, part["Ref"].as_str().unwrap_or_default()) + 1).sum()
    };
    if let Some(values) = value.pointer("/Fn::ToJsonString/0/Fn::Join/1") {
        return parameters(values) + 4;
    }
    if let Some(bytes) = longest(variable) {
        return bytes;
    }
    // The longer of the two alternatives.
    if let Some([_, one, other]) = value["Fn::If"].as_array().map(Vec::as_slice) {
        return length(template, variable, one).max(length(template, variable, other));
    }
    match (value["Ref"].as_str(), value["Fn::Sub"].as_str()) {
        (Some("AWS::NoValue"), _) => 0,
        (Some(parameter), _) => length_of_parameter(template, parameter),
        (None, Some(text)) => length_of_text(template, text),
        (None, None) => value.to_string().len(),
    }
}

/// The longest expansion of a text with parameter names, in bytes.
fn length_of_text(template: &Value, text: &str) -> usize {
    let mut parts = text.split("${");
    let before = parts.next().map_or(0, str::len);
    let named = parts.map(|part| match part.split_once('}') {
        Some((name, after)) => length_of_parameter(template, name) + after.len(),
        None => part.len(),
    });
    before + named.sum::<usize>()
}

/// The largest size of a function's environment, in bytes.
fn size(template: &Value, properties: &Value) -> usize {
    let variables = members(&properties["Environment"]["Variables"]);
    variables.map(|(name, value)| name.len() + length(template, name, value)).sum()
}

/// Returns whether the code contains this exact name, not only a longer name that begins with it.
fn names(text: &str, name: &str) -> bool {
    let mut after = text.match_indices(name).map(|(at, _)| &text[at + name.len()..]);
    after.any(|after| !after.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
}

fn has_setting(code: &Code, name: &str) -> bool {
    names(&code.text, &format!("settings.{name}"))
}

/// The settings that a function uses, from its routes and its code.
fn needs(folder: &str, code: &Code) -> BTreeSet<&'static str> {
    let routes = || ROUTES.iter().filter(|route| route.function == folder);
    let places = || code.text.contains("store.place_bet(");
    let has_use = |need: &Need| match need {
        Need::TokenPublicKeys => code.signs() || routes().any(|route| route.access.takes_token()),
        Need::RateLimits => routes().any(|route| route.rate.is_some()),
        Need::PhoneCountry => code.text.contains("settings.phone_country"),
        // The days of limits begin at the same time as attendance days.
        Need::Bets => {
            ["store.place_bet(", "settings.betting.is_open"].iter().any(|use_| code.text.contains(use_))
        }
        Need::StakeMin => has_setting(code, "betting.stake_min") || places(),
        Need::Commission => has_setting(code, "commission"),
        Need::WaitingBetsMax => places(),
        // The oldest placing time of a bet that may still be unmatched.
        Need::RefundAfter => has_setting(code, "betting.refund_after") || places(),
        Need::AttendanceOffset => [
            "settings.attendance_offset",
            "Payments::from_env",
            "PaymentSettings::from_env",
            "store.place_bet(",
        ]
        .iter()
        .any(|use_| code.text.contains(use_)),
        // The first name of each pair is a prefix of the second.
        Need::RegistrationBonus => has_setting(code, "registration_bonus"),
        Need::RegistrationBonusAfter => has_setting(code, "registration_bonus_after"),
        Need::ReferralBonus => has_setting(code, "referral_bonus"),
        // A function that credits first deposits creates the follow-up work.
        Need::ReferralBonusAfter => {
            has_setting(code, "referral_bonus_after") || code.text.contains("settle_deposit(")
        }
        Need::ReferralBonusesPerDay => has_setting(code, "referral_bonuses_per_day"),
        Need::GamesBankroll => code.text.contains("settings.games_bankroll"),
        Need::GamesLimits => code.text.contains("settings.games_limits"),
        Need::JackpotTwoPersonsFrom => code.text.contains("two_persons_from"),
        Need::JackpotContributionMax => code.text.contains("contribution_max"),
        Need::JackpotContributionsPerDayMax => code.text.contains("contributions_per_day_max"),
    };
    Need::ALL.iter().copied().filter(has_use).map(Need::variable).collect()
}

fn wrong_environment(template: &Value, codes: &BTreeMap<String, Code>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let Some(code) = codes.get(&folder) else { continue };
        let needs = needs(&folder, code);
        let asks = Need::ALL.iter().copied().filter(|need| names(&code.text, &format!("Need::{need:?}")));
        let asks: BTreeSet<_> = asks.map(Need::variable).collect();
        if asks != needs {
            wrong.push(format!("{name} asks at its start for {asks:?}, and has use for {needs:?}"));
        }
        let actual = |variable: &&str| properties["Environment"]["Variables"].get(variable).is_some();
        let actual: BTreeSet<_> = Need::ALL.iter().map(|need| need.variable()).filter(actual).collect();
        if actual != needs {
            wrong.push(format!("{name} gets {actual:?}, but needs {needs:?}"));
        }
        let size = size(template, properties);
        if size >= BYTES_MAX {
            wrong.push(format!("the environment of {name} gets {size} bytes long"));
        }
    }
    wrong
}

#[test]
fn a_function_is_told_what_it_has_use_for() {
    let template = template();
    assert_none(&wrong_environment(&template, &codes()));
    let sizes = functions(&template).into_values();
    let mut sizes: Vec<_> = sizes.map(|(name, properties)| (size(&template, properties), name)).collect();
    sizes.sort_unstable();
    for (bytes, name) in sizes.iter().rev().take(5) {
        println!("the environment of {name} gets {bytes} bytes long");
    }
}

#[test]
fn a_superfluous_or_missing_variable_of_a_function_is_found() {
    let (good, codes) = (template(), codes());
    let sizes = functions(&good).into_values().map(|(_, properties)| size(&good, properties));
    let largest = sizes.max().unwrap();
    assert!(largest > 500, "{largest} bytes: values of parameters are counted, too");
    let variables =
        |function: &str| format!("/Resources/{function}Function/Properties/Environment/Variables");
    for (function, variable, value) in [
        ("Bets", "REG_BONUS", json!({ "Ref": "RegistrationBonus" })),
        ("Bets", "EVENS_PHONE_COUNTRY", json!("IN")),
        ("Settle", "EVENS_TOKEN_PUBLIC_KEYS", json!({ "Ref": "TokenPublicKeys" })),
        ("Settle", "EVENS_REFUND_AFTER_SECONDS", json!({ "Ref": "RefundAfterSeconds" })),
        ("Settle", "A", json!("a".repeat(BYTES_MAX))),
    ] {
        let mut changed = good.clone();
        changed.pointer_mut(&variables(function)).unwrap()[variable] = value;
        assert_eq!(wrong_environment(&changed, &codes).len(), 1, "{function}: {variable}");
    }
    for (function, variable) in [
        ("Login", "ATTENDANCE_TZ_OFFSET"),
        ("Registration", "REG_BONUS"),
        ("OperateRounds", "EVENS_STAKE_MIN"),
        ("OperateRounds", "EVENS_COMMISSION"),
        ("PlaceBet", "EVENS_WAITING_BETS_MAX"),
        ("Refund", "EVENS_REFUND_AFTER_SECONDS"),
        ("JackpotPools", "JACKPOT_TWO_PERSONS_FROM"),
    ] {
        let mut changed = good.clone();
        changed.pointer_mut(&variables(function)).unwrap().as_object_mut().unwrap().remove(variable);
        assert_eq!(wrong_environment(&changed, &codes).len(), 1, "{function}: {variable}");
    }
}

/// The manual's section with all settings, including those that no stack sets.
const SETTINGS: &str = "## Settings\n";
const FIXED: &str = "Fixed on Lambda, at their defaults";

/// The variables in the manual's table that functions have, and those marked as fixed.
fn manual_settings(manual: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let section = manual.split_once(SETTINGS).map_or("", |(_, after)| after);
    let section = section.split("\n## ").next().unwrap_or_default();
    let named = |text: &str| -> Vec<String> {
        let quoted = text.split('`').skip(1).step_by(2);
        let ours = quoted
            .filter(|name| !name.starts_with("AWS_") && name.contains('_') && !name.contains('\u{2026}'));
        ours.filter(|name| !["NO_COLOR", "RUST_LOG"].contains(name)).map(str::to_owned).collect()
    };
    let rows = section.lines().filter(|line| line.starts_with("| `") && !line.contains("(binary only)"));
    let rows = rows.filter_map(|row| row.split('|').nth(1)).flat_map(named).collect();
    let fixed = section.split_once(FIXED).map_or("", |(_, after)| after);
    (rows, named(fixed).into_iter().collect())
}

#[test]
fn settings_that_no_stack_sets_are_documented_as_fixed() {
    let manual = std::fs::read_to_string(crate::root().join("docs/manual.md")).unwrap();
    let (settings, fixed) = manual_settings(&manual);
    let template = template();
    let actual: BTreeSet<_> = functions(&template)
        .into_values()
        .flat_map(|(_, properties)| members(&properties["Environment"]["Variables"]))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert!(settings.len() > 40 && actual.len() > 30, "the table and the stacks are read");
    let untold: BTreeSet<_> = settings.difference(&actual).cloned().collect();
    assert_eq!(untold, fixed);
}
