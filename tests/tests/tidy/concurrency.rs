//! Concurrency in the templates: every function has a limit (C9), and a stage fits into the usual quota of an account.
//! Also the retention of dead letters. Both are parameters (L9, J15) whose defaults must match the table of queues.

use crate::assert_none;
use crate::one_box::file;
use crate::stacks::{ONE_BOX, Stacks, members, read, template};
use crate::template::{functions, resources};
use evens_contracts::{Queue, ROUTES};
use serde_json::{Value, json};

/// The executions that Lambda keeps for functions without a reservation, and an account's usual quota.
const UNRESERVED: u64 = 100;
const ACCOUNT: u64 = 1_000;

pub(crate) const STAGES: [&str; 3] = ["dev", "staging", "prod"];

/// A function behind the API answers 503 to a second call at the same time if it may run only once.
const API_MIN: u64 = 2;

/// The concurrency limit of a function in a stage: its own reservation (`true`), or its queue's mapping with twice the
/// usual workers (`false`).
fn limit(
    template: &Value,
    [concurrency, workers]: [&Value; 2],
    stage: &str,
    name: &str,
) -> Option<(u64, bool)> {
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
    let key = mapping["ScalingConfig"]["MaximumConcurrency"]["Fn::FindInMap"][2].as_str()?;
    workers["twice"][key].as_u64().map(|limit| (limit, false))
}

/// The sum of the reservations of a stage, which `docs/deploy.md` states.
fn reserved(template: &Value, concurrency: &Value, stage: &str) -> u64 {
    let names = functions(template).into_values().map(|(name, _)| name);
    let limits = names.filter_map(|name| limit(template, [concurrency, &Value::Null], stage, name));
    limits.filter(|(_, is_reserved)| *is_reserved).map(|(limit, _)| limit).sum()
}

/// Every function has a limit (C9), and each stage fits into one account with twice the usual workers.
fn wrong_concurrency(template: &Value, concurrency: &Value, workers: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for stage in STAGES.into_iter().chain(["local"]) {
        let (mut reserved, mut mapped) = (0, 0);
        for (folder, (name, _)) in functions(template) {
            let minimum = if ROUTES.iter().any(|route| route.function == folder) { API_MIN } else { 1 };
            match limit(template, [concurrency, workers], stage, name) {
                Some((limit, _)) if limit < minimum => {
                    wrong.push(format!("{name} needs {minimum} executions in {stage}, and has {limit}"));
                }
                Some((limit, true)) => reserved += limit,
                Some((limit, false)) => mapped += limit,
                None => wrong.push(format!("{name} has no limit in {stage}")),
            }
        }
        // Workers share what is not reserved.
        let needed = reserved + mapped.max(UNRESERVED);
        if needed > ACCOUNT {
            wrong.push(format!("{stage} needs {needed} executions, and an account has {ACCOUNT}"));
        }
    }
    wrong
}

/// The mapping with this name, merged over all stacks.
pub(crate) fn table(name: &str) -> Value {
    let mut all = json!({});
    for stack in Stacks::read().nested.values() {
        for (stage, limits) in members(&stack["Mappings"][name]) {
            for (function, limit) in members(limits) {
                all[stage][function] = limit.clone();
            }
        }
    }
    all
}

#[test]
fn every_function_has_a_limit() {
    assert_none(&wrong_concurrency(&template(), &table("Concurrency"), &table("Workers")));
}

#[test]
fn the_guide_states_the_reservations() {
    let (template, concurrency) = (template(), table("Concurrency"));
    let [dev, staging, prod] = STAGES.map(|stage| reserved(&template, &concurrency, stage));
    let stated = format!("Reserved concurrency is {dev} in dev, {staging} in staging and {prod} in prod,");
    let guide = file("docs/deploy.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(guide.contains(&stated), "docs/deploy.md must say: {stated}");
    // The check is not vacuous: another reservation changes the sum.
    let mut changed = concurrency.clone();
    changed["prod"]["Wallet"] = json!(1 + concurrency["prod"]["Wallet"].as_u64().unwrap());
    assert_eq!(reserved(&template, &changed, "prod"), prod + 1);
    let forecast = file("docs/runbooks/cost-forecast.md");
    let count = functions(&template).len();
    for stated in [format!("| functions | {count} |"), format!("{} for {count} functions", 2 * count)] {
        assert!(forecast.contains(&stated), "docs/runbooks/cost-forecast.md must say: {stated}");
    }
}

#[test]
fn a_stage_has_the_usual_workers_by_default() {
    let scale = &Stacks::read().root["Parameters"]["WorkerConcurrency"];
    assert_eq!(
        (&scale["AllowedValues"], &scale["Default"]),
        (&json!(["half", "usual", "twice"]), &json!("usual"))
    );
}

#[test]
fn a_function_without_a_limit_is_found() {
    let (good, concurrency, workers) = (template(), table("Concurrency"), table("Workers"));
    for place in [
        "/Resources/PlaceBetFunction/Properties/ReservedConcurrentExecutions",
        "/Resources/PlaceBetFunction/Properties/ReservedConcurrentExecutions/Fn::FindInMap/1",
        "/Resources/SweepFunction/Properties/ReservedConcurrentExecutions",
        "/Resources/MatchJobs/Properties/ScalingConfig",
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap() = Value::Null;
        assert_ne!(wrong_concurrency(&changed, &concurrency, &workers), Vec::<String>::new(), "{place}");
    }
    for (stage, limit) in [("prod", 0), ("prod", 1), ("prod", 900), ("local", 0)] {
        let mut changed = concurrency.clone();
        changed[stage]["Wallet"] = json!(limit);
        assert_ne!(wrong_concurrency(&good, &changed, &workers), Vec::<String>::new(), "{stage}: {limit}");
    }
}

/// The parameter for the retention of dead letters.
pub(crate) const KEPT: &str = "DeadLetterRetentionSeconds";

/// Checks the default retention of a stage against the rules of the queues.
fn wrong_retention(place: &str, parameters: &Value) -> Vec<String> {
    let longest = Queue::ALL.map(|queue| queue.rules().dead_letter_retention.as_secs());
    let default = parameters[KEPT]["Default"].as_u64().unwrap_or_default();
    let differing = longest.iter().filter(|seconds| **seconds != default);
    differing.map(|seconds| format!("{KEPT} of {place} is {default} and not {seconds}")).collect()
}

#[test]
fn dead_letters_are_kept_as_the_table_of_queues_says() {
    for place in ["template.yaml", ONE_BOX] {
        let parameters = &read(place)["Parameters"];
        assert_none(&wrong_retention(place, parameters));
        assert_eq!(wrong_retention(place, &json!({})).len(), Queue::ALL.len());
    }
}
