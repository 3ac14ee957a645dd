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

/// The prefixes of IAM actions for resources, where they differ from the service's name in templates.
const PREFIXES: [(&str, &str); 3] =
    [("apigatewayv2", "apigateway"), ("serverless", "lambda"), ("route53", "")];

/// The services of the stacks of a stage, as prefixes of IAM actions.
fn services(stacks: &Stacks) -> BTreeSet<String> {
    let all = [&stacks.root].into_iter().chain(stacks.nested.values());
    let kinds =
        all.flat_map(|stack| members(&stack["Resources"])).filter_map(|(_, one)| one["Type"].as_str());
    let service = |kind: &str| {
        let name = kind.split("::").nth(1).unwrap_or_default().to_lowercase();
        PREFIXES.iter().find(|(of, _)| *of == name).map_or(name, |(_, prefix)| (*prefix).to_owned())
    };
    // A function of SAM has a role, an alias that CodeDeploy moves, and possibly a schedule.
    let of_sam = ["codedeploy", "events", "iam", "s3"].map(str::to_owned);
    kinds.map(service).chain(of_sam).filter(|service| !service.is_empty()).collect()
}

fn not_permitted(services: &BTreeSet<String>, policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().into_iter().flatten());
    let permitted: BTreeSet<_> =
        actions.filter_map(|action| action.as_str()?.split(':').next().map(str::to_owned)).collect();
    services
        .difference(&permitted)
        .map(|service| format!("the deployer may do nothing with {service}"))
        .collect()
}

#[test]
fn commands_name_a_region() {
    assert_none(&without_region(&sources()));
    let page = Source { path: "docs/other.md".to_owned(), bytes: b"    aws sqs list-queues".to_vec() };
    assert_eq!(without_region(&[page]).len(), 1);
}

#[test]
fn the_deployer_may_deploy() {
    let services = services(&Stacks::read());
    let policy: Value = serde_json::from_str(&file("infra/ops/deployer-policy.json")).unwrap();
    assert_none(&not_permitted(&services, &policy));
    assert_eq!(not_permitted(&services, &Value::Null).len(), services.len());
}
