//! Concurrency in the templates: no function runs without a limit (C9), and all stages fit into one account.

use crate::assert_none;
use crate::stacks::{Stacks, members, template};
use crate::template::{functions, resources};
use serde_json::{Value, json};

/// What Lambda keeps for functions without a reservation, and what an account has unless its quota is raised.
const UNRESERVED: u64 = 100;
const ACCOUNT: u64 = 1_000;

/// The stages that share an account.
const STAGES: [&str; 3] = ["dev", "staging", "prod"];

/// How many of a function may run at once in a stage: by its own reservation, or by the mapping of its queue.
fn limit(template: &Value, concurrency: &Value, stage: &str, name: &str) -> Option<(u64, bool)> {
    let reserved = &template["Resources"][name]["Properties"]["ReservedConcurrentExecutions"];
    let by_stage = || {
        let [map, of, key] = reserved["Fn::FindInMap"].as_array()?.as_slice() else { return None };
        let is_by_stage = *map == "Concurrency" && *of == json!({ "Ref": "Stage" });
        concurrency[stage][key.as_str()?].as_u64().filter(|_| is_by_stage)
    };
    if let Some(reserved) = reserved.as_u64().or_else(by_stage) {
        return Some((reserved, true));
    }
    let mut mappings = resources(template, "AWS::Lambda::EventSourceMapping");
    let (_, mapping) = mappings.find(|(_, mapping)| {
        let called = mapping["FunctionName"]["Ref"].as_str().unwrap_or_default();
        called.split('.').next() == Some(name)
    })?;
    mapping["ScalingConfig"]["MaximumConcurrency"].as_u64().map(|limit| (limit, false))
}

/// No function runs without a limit (C9), and all stages fit into one account.
fn wrong_concurrency(template: &Value, concurrency: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut reserved = UNRESERVED;
    for stage in STAGES.into_iter().chain(["local"]) {
        let mut mapped = 0;
        for (_, (name, _)) in functions(template) {
            match limit(template, concurrency, stage, name) {
                Some((limit @ 1.., true)) if STAGES.contains(&stage) => reserved += limit,
                Some((1.., true)) => {}
                Some((limit @ 1.., false)) => mapped += limit,
                _ => wrong.push(format!("{name} may run without a limit in {stage}, or not at all")),
            }
        }
        if mapped > UNRESERVED {
            wrong.push(format!(
                "workers of {stage} may need {mapped} of the {UNRESERVED} unreserved executions"
            ));
        }
    }
    if reserved > ACCOUNT {
        wrong.push(format!("{STAGES:?} need {reserved} executions, and an account has {ACCOUNT}"));
    }
    wrong
}

/// The tables of all stacks as one.
fn concurrency() -> Value {
    let mut all = json!({});
    for stack in Stacks::read().nested.values() {
        for (stage, limits) in members(&stack["Mappings"]["Concurrency"]) {
            for (function, limit) in members(limits) {
                all[stage][function] = limit.clone();
            }
        }
    }
    all
}

#[test]
fn every_function_has_a_limit() {
    assert_none(&wrong_concurrency(&template(), &concurrency()));
}

#[test]
fn a_function_without_a_limit_is_found() {
    let (good, concurrency) = (template(), concurrency());
    for place in [
        "/Resources/PlaceBetFunction/Properties/ReservedConcurrentExecutions",
        "/Resources/PlaceBetFunction/Properties/ReservedConcurrentExecutions/Fn::FindInMap/1",
        "/Resources/SweepFunction/Properties/ReservedConcurrentExecutions",
        "/Resources/MatchJobs/Properties/ScalingConfig",
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap() = Value::Null;
        assert_ne!(wrong_concurrency(&changed, &concurrency), Vec::<String>::new(), "{place}");
    }
    for (stage, limit) in [("prod", 0), ("prod", 900), ("local", 0)] {
        let mut changed = concurrency.clone();
        changed[stage]["Wallet"] = json!(limit);
        assert_ne!(wrong_concurrency(&good, &changed), Vec::<String>::new(), "{stage}: {limit}");
    }
}
