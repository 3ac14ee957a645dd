//! Settings of one box: all settings of functions, through parameters of the same names, and none that is unused.

use crate::assert_none;
use crate::one_box::{changed, file};
use crate::stacks::{ONE_BOX, read, template};
use crate::template::functions;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Variables of functions that a box gets in another way. The table follows from the stage, an endpoint is only for
/// emulators, and key names are options of `install.sh`.
const OTHERWISE: [&str; 6] = [
    "AWS_ENDPOINT_URL",
    "EVENS_PAYEE_KEYS_SECRET",
    "EVENS_STAGE",
    "EVENS_TABLE",
    "EVENS_TOKEN_PUBLIC_KEYS",
    "EVENS_TOKEN_SIGNING_KEY_SECRET",
];

/// Variables that name a secret: the parameter with its name, and the way it reaches the machine.
const OF_SECRETS: [(&str, &str, &str); 4] = [
    (
        "EVENS_EXCLUSION_REGISTER_SECRET",
        "ExclusionRegisterSecret",
        "echo 'EVENS_EXCLUSION_REGISTER_SECRET=evens/${Stage}/${ExclusionRegisterSecret}'",
    ),
    (
        "EVENS_PAYMENT_PROVIDER_SECRET",
        "PaymentProviderSecret",
        "echo 'EVENS_PAYMENT_PROVIDER_SECRET=evens/${Stage}/${PaymentProviderSecret}'",
    ),
    ("EVENS_WEBHOOK_SECRET", "WebhookSecret", "\"EVENS_WEBHOOK_SECRET=\" + ."),
    ("EVENS_WEBHOOK_URL", "WebhookSecret", "\"EVENS_WEBHOOK_URL=\" + ."),
];

/// The parameter behind each variable of functions.
fn parameters(template: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (_, properties) in functions(template).into_values() {
        for (variable, value) in properties["Environment"]["Variables"].as_object().into_iter().flatten() {
            if let Some(parameter) = value["Ref"].as_str().filter(|_| !OTHERWISE.contains(&variable.as_str()))
            {
                found.insert(variable.clone(), parameter.to_owned());
            }
        }
    }
    found.retain(|_, parameter| !template["Parameters"][parameter.as_str()].is_null());
    found.extend(OF_SECRETS.map(|(variable, parameter, _)| (variable.to_owned(), parameter.to_owned())));
    found
}

fn wrong_settings(one_box: &Value, functions_of: &Value, environment: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let start = &one_box["Resources"]["Machine"]["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"][0];
    let start = start.as_str().unwrap_or_default();
    for (variable, parameter) in parameters(functions_of) {
        let (of_box, of_stage) =
            (&one_box["Parameters"][&parameter], &functions_of["Parameters"][&parameter]);
        if of_box != of_stage {
            wrong.push(format!("{parameter} of the box is {of_box}, and that of a stage is {of_stage}"));
        }
        let default = of_stage["Default"].as_str().unwrap_or_default();
        if !environment.lines().any(|line| line == format!("{variable}={default}")) {
            wrong.push(format!("{variable} is not {default:?} in evens.env"));
        }
        let of_secret = OF_SECRETS.iter().find(|(of_secret, ..)| *of_secret == variable);
        let line = of_secret
            .map_or_else(|| format!("\n{variable}=${{{parameter}}}\n"), |(_, _, line)| (*line).to_owned());
        if !start.contains(&line) {
            wrong.push(format!("the machine is not told {variable}"));
        }
    }
    wrong
}

/// Variables in a box's environment file that no code reads.
fn wrong_environment(environment: &str, manual: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in environment.lines() {
        let Some((name, _)) = line.trim_start_matches('#').split_once('=') else { continue };
        let is_of_name = |part: char| part.is_ascii_uppercase() || part.is_ascii_digit() || part == '_';
        if name.chars().all(is_of_name) && !manual.contains(&format!("`{name}`")) {
            wrong.push(format!("{name} is not in the manual"));
        }
    }
    wrong
}

/// Parameters that `docs/deploy.md` misses, or does not list among those shared by box and stage.
fn not_in_guide(template: &Value, guide: &str) -> Vec<String> {
    let shared = guide.split_once("ReleaseSha256=\"$sum\" AlarmEmail=").map_or("", |(_, after)| after);
    let shared = shared.split("are those of [a stage]").next().unwrap_or_default();
    let named = |text: &str, parameter: &str| text.contains(&format!("`{parameter}`"));
    let of_stage = template["Parameters"].as_object().into_iter().flatten().map(|(parameter, _)| parameter);
    let unknown = of_stage.filter(|parameter| !named(guide, parameter));
    let unknown = unknown.map(|parameter| format!("deploy.md does not name {parameter}"));
    let actual = parameters(template).into_values().collect::<BTreeSet<_>>();
    let other = actual.into_iter().filter(|parameter| !named(shared, parameter));
    unknown
        .chain(other.map(|parameter| format!("deploy.md does not say that a box shares {parameter}")))
        .collect()
}

#[test]
fn the_guide_names_every_parameter() {
    let (template, guide) = (template(), file("docs/deploy.md"));
    assert_none(&not_in_guide(&template, &guide));
    for (name, faults) in [("`StakeMin`", 2), ("`WarnEmail`", 1)] {
        assert_eq!(not_in_guide(&template, &guide.replace(name, "it")).len(), faults, "{name}");
    }
}

#[test]
fn a_box_is_told_what_functions_are_told() {
    let template = template();
    assert!(parameters(&template).len() >= 8, "{:?}", parameters(&template));
    assert_none(&wrong_settings(&read(ONE_BOX), &template, &file("infra/box/evens.env")));
}

#[test]
fn the_environment_is_in_the_manual() {
    assert_none(&wrong_environment(&file("infra/box/evens.env"), &file("docs/manual.md")));
}

#[test]
fn a_box_that_is_told_something_else_is_found() {
    let (good, template, environment) = (read(ONE_BOX), template(), file("infra/box/evens.env"));
    let start = "/Resources/Machine/Properties/UserData/Fn::Base64/Fn::Sub/0";
    let said = good.pointer(start).unwrap().as_str().unwrap();
    for (place, value) in [
        ("/Parameters/RegistrationBonus/Default", json!("10.00")),
        ("/Parameters/PhoneCountry/AllowedPattern", json!(".*")),
        ("/Parameters/RateLimits", Value::Null),
        (start, json!(said.replace("${ReferralBonus}", "0"))),
        (start, json!(said.replace("\"EVENS_WEBHOOK_SECRET=\"", "\"SECRET=\""))),
        (start, json!(said.replace("'EVENS_PAYMENT_PROVIDER_SECRET=", "'PROVIDER_SECRET="))),
    ] {
        let wrong = wrong_settings(&changed(&good, place, value), &template, &environment);
        assert_eq!(wrong.len(), 1, "{place}: {wrong:?}");
    }
    let other = environment.replace("ATTENDANCE_TZ_OFFSET=+05:30", "ATTENDANCE_TZ_OFFSET=+00:00");
    assert_eq!(wrong_settings(&good, &template, &other).len(), 1);
    let manual = file("docs/manual.md");
    let unknown = format!("{environment}EVENS_UNKNOWN=1\n");
    assert_eq!(wrong_environment(&unknown, &manual).len(), 1);
}

/// The allowed CORS headers and methods, compared between gateway and binary.
fn wrong_cors(gateway: &Value, binary: &str) -> Vec<String> {
    let cors = &gateway["Resources"]["Api"]["Properties"]["CorsConfiguration"];
    let texts = |name: &str| cors[name].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut lines: Vec<_> = texts("AllowMethods").map(|method| format!("Method::{method}")).collect();
    for name in ["AllowHeaders", "ExposeHeaders"] {
        lines.extend(texts(name).map(|header| format!("\"{}\"", header.to_lowercase())));
    }
    lines.push(format!("Duration::from_mins({})", cors["MaxAge"].as_u64().unwrap_or_default() / 60));
    let count = |what: &str| binary.split("#[cfg(test)]").next().unwrap_or_default().matches(what).count();
    let mut wrong: Vec<_> = lines
        .iter()
        .filter(|line| count(line) == 0)
        .map(|line| format!("the binary has no {line}"))
        .collect();
    let methods = texts("AllowMethods").count();
    if count("Method::") != methods {
        wrong.push(format!("the binary allows other methods than the {methods} of the gateway"));
    }
    for (constant, name) in [("ALLOWED", "AllowHeaders"), ("EXPOSED", "ExposeHeaders")] {
        let line = format!("const {constant}: [&str; {}]", texts(name).count());
        if count(&line) != 1 {
            wrong.push(format!("the binary has not as many {constant} headers as the gateway"));
        }
    }
    wrong
}

#[test]
fn a_box_answers_browsers_as_the_gateway_does() {
    let (gateway, binary) = (read("infra/stacks/gateway.yaml"), file("infra/evens/src/cors.rs"));
    assert_none(&wrong_cors(&gateway, &binary));
    for (good, bad) in
        [("Method::PATCH", "Method::PUT"), ("\"retry-after\"", "\"age\""), ("from_mins(10)", "from_mins(1)")]
    {
        assert_eq!(wrong_cors(&gateway, &binary.replace(good, bad)).len(), 1, "{good}");
    }
    assert_eq!(wrong_cors(&gateway, &binary.replace("ALLOWED: [&str; 4]", "ALLOWED: [&str; 5]")).len(), 1);
}
