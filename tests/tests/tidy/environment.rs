//! The settings of each function fit into its environment, and the manual says which ones no stack sets.

use crate::assert_none;
use crate::stacks::{members, template};
use crate::template::functions;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Three quarters of Lambda's limit, with the longest value of each variable.
const BYTES_MAX: usize = 3_072;

/// The longest values of variables that follow from no parameter, in bytes: an address, and a URL with two signing
/// secrets during a rotation.
const LONGEST: [(&str, usize); 3] =
    [("EVENS_QUEUE_URL_PREFIX", 100), ("EVENS_WEBHOOK_SECRET", 220), ("EVENS_WEBHOOK_URL", 220)];

fn longest(name: &str) -> Option<usize> {
    LONGEST.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

/// The longest value of a parameter, in bytes.
fn length_of_parameter(template: &Value, name: &str) -> usize {
    let parameter = &template["Parameters"][name];
    let allowed = parameter["AllowedValues"].as_array().into_iter().flatten();
    let allowed = allowed.map(|value| value.as_str().unwrap_or_default().len());
    let default = parameter["Default"].as_str().map(str::len);
    let actual = parameter["MaxLength"].as_u64().and_then(|bytes| bytes.try_into().ok());
    let pattern =
        || regex_syntax::parse(parameter["AllowedPattern"].as_str()?).ok()?.properties().maximum_len();
    // Generated names contain the stage and a few words.
    actual.or_else(pattern).unwrap_or_else(|| allowed.chain(default).max().unwrap_or(64))
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

fn long_environments(template: &Value) -> Vec<String> {
    let sizes =
        functions(template).into_values().map(|(name, properties)| (name, size(template, properties)));
    let long = sizes.filter(|(_, size)| *size >= BYTES_MAX);
    long.map(|(name, size)| format!("the environment of {name} gets {size} bytes long")).collect()
}

#[test]
fn environments_fit() {
    let template = template();
    assert_none(&long_environments(&template));
    let sizes = functions(&template).into_values();
    let mut sizes: Vec<_> = sizes.map(|(name, properties)| (size(&template, properties), name)).collect();
    sizes.sort_unstable();
    for (bytes, name) in sizes.iter().rev().take(5) {
        println!("the environment of {name} gets {bytes} bytes long");
    }
    let largest = sizes.last().map_or(0, |(bytes, _)| *bytes);
    assert!(largest > 500, "{largest} bytes: values of parameters are counted, too");
}

#[test]
fn a_long_environment_is_found() {
    let mut changed = template();
    let variables = "/Resources/SettleFunction/Properties/Environment/Variables";
    changed.pointer_mut(variables).unwrap()["A"] = json!("a".repeat(BYTES_MAX));
    assert_eq!(long_environments(&changed).len(), 1);
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
