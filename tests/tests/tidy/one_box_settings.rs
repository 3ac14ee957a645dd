//! Settings of one box: its secrets, and variables that are in the manual. Its parameters are written
//! (`shared/runtime/src/settings/table`).

use crate::assert_none;
use crate::one_box::{changed, file};
use crate::stacks::{ONE_BOX, read, template};
use serde_json::{Value, json};

/// Variables with a secret or its name, and the way each reaches the machine.
const OF_SECRETS: [(&str, &str); 4] = [
    (
        "EVENS_EXCLUSION_REGISTER_SECRET",
        "echo 'EVENS_EXCLUSION_REGISTER_SECRET=evens/${Stage}/${ExclusionRegisterSecret}'",
    ),
    (
        "EVENS_PAYMENT_PROVIDER_SECRET",
        "echo 'EVENS_PAYMENT_PROVIDER_SECRET=evens/${Stage}/${PaymentProviderSecret}'",
    ),
    ("EVENS_WEBHOOK_SECRET", "\"EVENS_WEBHOOK_SECRET=\" + ."),
    ("EVENS_WEBHOOK_URL", "\"EVENS_WEBHOOK_URL=\" + ."),
];

/// Secrets that the start of the machine does not pass on.
fn secrets_left_out(one_box: &Value) -> Vec<&'static str> {
    let start = &one_box["Resources"]["Machine"]["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"][0];
    let start = start.as_str().unwrap_or_default();
    OF_SECRETS.iter().filter(|(_, line)| !start.contains(line)).map(|(variable, ..)| *variable).collect()
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

/// Parameters in neither `docs/deploy.md` nor the manual.
fn not_in_guides(template: &Value, guides: &str) -> Vec<String> {
    let parameters = template["Parameters"].as_object().into_iter().flatten().map(|(parameter, _)| parameter);
    let unknown = parameters.filter(|parameter| !guides.contains(&format!("`{parameter}`")));
    unknown.map(|parameter| format!("no guide names {parameter}")).collect()
}

#[test]
fn the_guides_name_every_parameter() {
    let (template, guides) = (template(), file("docs/deploy.md") + &file("docs/manual.md"));
    assert_none(&not_in_guides(&template, &guides));
    assert_eq!(not_in_guides(&template, &guides.replace("`WarnEmail`", "it")).len(), 1);
}

#[test]
fn the_environment_is_in_the_manual() {
    assert_none(&wrong_environment(&file("infra/box/evens.env"), &file("docs/manual.md")));
}

#[test]
fn a_variable_without_a_row_of_the_manual_is_found() {
    let (environment, manual) = (file("infra/box/evens.env"), file("docs/manual.md"));
    let unknown = format!("{environment}EVENS_UNKNOWN=1\n");
    assert_eq!(wrong_environment(&unknown, &manual).len(), 1);
}

#[test]
fn a_box_is_told_every_secret() {
    let good = read(ONE_BOX);
    assert_eq!(secrets_left_out(&good), Vec::<&str>::new());
    let start = "/Resources/Machine/Properties/UserData/Fn::Base64/Fn::Sub/0";
    let said = good.pointer(start).unwrap().as_str().unwrap();
    for (from, to) in [
        ("\"EVENS_WEBHOOK_SECRET=\"", "\"SECRET=\""),
        ("'EVENS_PAYMENT_PROVIDER_SECRET=", "'PROVIDER_SECRET="),
    ] {
        let changed = changed(&good, start, json!(said.replace(from, to)));
        assert_eq!(secrets_left_out(&changed).len(), 1, "{from}");
    }
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
    let (gateway, binary) = (read("infra/stacks/gateway.yaml"), file("infra/evens/src/server/cors.rs"));
    assert_none(&wrong_cors(&gateway, &binary));
    for (good, bad) in
        [("Method::PATCH", "Method::PUT"), ("\"retry-after\"", "\"age\""), ("from_mins(10)", "from_mins(1)")]
    {
        assert_eq!(wrong_cors(&gateway, &binary.replace(good, bad)).len(), 1, "{good}");
    }
    assert_eq!(wrong_cors(&gateway, &binary.replace("ALLOWED: [&str; 4]", "ALLOWED: [&str; 5]")).len(), 1);
}
