//! The first deployment of a stage succeeds, or can be repeated.

use crate::assert_none;
use crate::stacks::{Stacks, members};
use serde_json::Value;
use std::collections::BTreeMap;

/// The stacks with routes, each with those stacks with routes that `CloudFormation` creates before it.
fn order(stacks: &Stacks) -> BTreeMap<&String, Vec<&String>> {
    let has_routes = |resource: &Value| {
        let path = resource["Properties"]["TemplateURL"].as_str().unwrap_or_default();
        let resources = stacks.nested.get(path).map(|stack| &stack["Resources"]);
        resources
            .is_some_and(|found| members(found).any(|(_, one)| one["Type"] == "AWS::ApiGatewayV2::Route"))
    };
    let with_routes: BTreeMap<_, _> =
        members(&stacks.root["Resources"]).filter(|(_, resource)| has_routes(resource)).collect();
    let before = |resource: &Value| {
        let mut found = Vec::new();
        let mut next = resource["DependsOn"].as_str();
        while let Some((name, resource)) = next.and_then(|name| with_routes.get_key_value(&name.to_owned())) {
            if found.contains(name) {
                break;
            }
            found.push(*name);
            next = resource["DependsOn"].as_str();
        }
        found
    };
    with_routes.iter().map(|(name, resource)| (*name, before(resource))).collect()
}

/// API Gateway refuses concurrent changes of one API, so no two stacks with routes may be created at once.
fn wrong_order(stacks: &Stacks) -> Vec<String> {
    let order = order(stacks);
    let mut wrong = Vec::new();
    for (number, (one, before_one)) in order.iter().enumerate() {
        for (other, before_other) in order.iter().skip(number + 1) {
            if before_one.contains(other) == before_other.contains(one) {
                wrong.push(format!("{one} and {other} change the routes at the same time"));
            }
        }
    }
    wrong
}

#[test]
fn stacks_with_routes_follow_one_another() {
    let mut stacks = Stacks::read();
    assert!(order(&stacks).len() > 1);
    assert_none(&wrong_order(&stacks));
    stacks.root["Resources"]["Payments"]["DependsOn"] = "Exchange".into();
    assert_ne!(wrong_order(&stacks), Vec::<String>::new());
}
