//! Commands that operators run against AWS: each page names a region, and the deployer may do what templates need.

use crate::one_box::file;
use crate::stacks::{Stacks, members};
use crate::{Source, assert_none, is_of_kind, sources};
use serde_json::Value;
use std::collections::BTreeSet;

/// Without a region, `aws` fails, or changes another stage.
fn without_region(sources: &[Source]) -> Vec<String> {
    let pages =
        sources.iter().filter(|source| source.path.starts_with("docs/") && is_of_kind(&source.path, "md"));
    let is_command = |line: &&str| line.starts_with("    ") && line.trim_start().starts_with("aws ");
    let missing = pages.filter(|page| {
        page.text().lines().any(|line| is_command(&line) && !line.contains("--region"))
            && !page.text().contains("export AWS_REGION=")
    });
    missing.map(|page| format!("{} has commands of aws without a region", page.path)).collect()
}

/// The actions that the handlers of `CloudFormation` call to create, change and delete resources of each type, by the
/// published schemas of resources, without those of properties that no template has.
const HANDLERS: &str = "infra/ops/handlers.json";

/// The health check of the probe, which is deployed by hand.
const BY_HAND: [&str; 1] = ["AWS::Route53::HealthCheck"];

/// The types of the resources of a stage.
fn types(stacks: &Stacks) -> BTreeSet<&str> {
    let all = [&stacks.root].into_iter().chain(stacks.nested.values());
    let named =
        all.flat_map(|stack| members(&stack["Resources"])).filter_map(|(_, one)| one["Type"].as_str());
    // A function of SAM has a role.
    named.chain(["AWS::IAM::Role"]).collect()
}

/// Returns `true` if a pattern such as `sns:*` is this name, or ends in a star after its beginning.
fn is_match(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

fn not_permitted(types: &BTreeSet<&str>, handlers: &Value, policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().into_iter().flatten());
    let permitted: Vec<_> = actions.filter_map(Value::as_str).collect();
    let mut wrong = Vec::new();
    for kind in types.iter().filter(|kind| !BY_HAND.contains(kind)) {
        let Some((_, called)) = members(handlers).find(|(known, _)| is_match(known, kind)) else {
            wrong.push(format!("{HANDLERS} has no row for {kind}"));
            continue;
        };
        let called = called.as_array().into_iter().flatten().filter_map(Value::as_str);
        let missing = called.filter(|action| !permitted.iter().any(|pattern| is_match(pattern, action)));
        wrong.extend(missing.map(|action| format!("{kind} needs {action}")));
    }
    wrong
}

#[test]
fn commands_name_a_region() {
    assert_none(&without_region(&sources()));
    let page = Source { path: "docs/other.md".to_owned(), bytes: b"    aws sqs list-queues".to_vec() };
    assert_eq!(without_region(&[page]).len(), 1);
}

#[test]
fn the_deployer_may_deploy() {
    let stacks = Stacks::read();
    let types = types(&stacks);
    let read = |path: &str| -> Value { serde_json::from_str(&file(path)).unwrap() };
    let (handlers, policy) = (read(HANDLERS), read("infra/ops/deployer-policy.json"));
    assert_none(&not_permitted(&types, &handlers, &policy));
    assert!(not_permitted(&types, &Value::Null, &policy).len() > 12, "each type needs a row");
    let without: Value = serde_json::from_str(
        &file("infra/ops/deployer-policy.json").replace("\"iam:ListRolePolicies\", ", ""),
    )
    .unwrap();
    assert_eq!(not_permitted(&types, &handlers, &without), ["AWS::IAM::Role needs iam:ListRolePolicies"]);
}
