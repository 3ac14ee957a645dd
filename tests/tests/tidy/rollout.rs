//! Functions are called through an alias. It shifts to a new version in steps, rolls back on alarms (M11), and moves
//! whenever anything that the function depends on has changed. `infra/checks/versions.py` expands the templates and
//! checks which changes publish a version.
//!
//! Lambda counts only calls without an answer as errors. A function behind the API therefore also rolls back on its
//! HTTP errors, and a worker on failed jobs.

use crate::alarms::ALARM;
use crate::assert_none;
use crate::stacks::{members, template};
use crate::template::{functions, resources};
use serde_json::{Value, json};

/// Parameters that do not affect an existing function, because its name already contains the stage.
const OF_NO_FUNCTION: [&str; 2] = ["Stage", "Rollout"];

/// The variable with the values of all parameters and the timeout.
const VALUES: &str = "EVENS_PARAMETERS";

/// The metrics of the alarms that roll functions back, by the ends of their names. `version-errors` counts errors of
/// the new version only. Bad jobs of the sweeper show up as jobs that workers give up. Missing calls do not depend on
/// the version.
const METRICS: [(&str, &str); 5] = [
    ("-api-error-rate", "5xx"),
    ("-jobs-given-up", "JobsGivenUp"),
    ("-version-errors", "Errors"),
    ("-given-up", "bullmq_jobs_total"),
    ("-retries", "evens_job_retries_total"),
];

fn alarm_name(end: &str) -> Value {
    json!({ "Fn::Sub": format!("evens-${{Stage}}{end}") })
}

/// Returns whether an alarm with this name uses the metric.
fn looks_at(template: &Value, name: &Value, metric: &str) -> bool {
    let mut named = resources(template, ALARM).filter(|(_, alarm)| alarm["AlarmName"] == *name);
    named.any(|(_, alarm)| {
        let parts = alarm["Metrics"].as_array().into_iter().flatten();
        let metrics = parts.map(|part| &part["MetricStat"]["Metric"]["MetricName"]);
        metrics.chain([&alarm["MetricName"]]).any(|found| found == metric)
    })
}

/// The version that an alarm looks at in both of its metrics.
fn version(template: &Value, alarm: &str) -> Value {
    let metrics = &template["Resources"][format!("{alarm}Errors")]["Properties"]["Metrics"];
    let of = |part: usize| {
        let dimension = &metrics[part]["MetricStat"]["Metric"]["Dimensions"][2];
        let is_executed = dimension["Name"] == "ExecutedVersion" && dimension["Value"]["Fn::Select"][0] == 7;
        dimension["Value"]["Fn::Select"][1]["Fn::Split"][1]["Ref"].as_str().filter(|_| is_executed)
    };
    if of(1) == of(2) { json!(of(1)) } else { Value::Null }
}

/// The end of the name of an alarm that a function names.
fn end_of(folder: &str, alarm: &Value) -> String {
    let stated = alarm["Fn::Sub"].as_str().and_then(|name| name.strip_prefix("evens-${Stage}"));
    stated.map_or_else(|| format!("-{folder}-version-errors"), str::to_owned)
}

fn wrong_rollout(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let alarms = properties["DeploymentPreference"]["Alarms"].as_array().into_iter().flatten();
        let ends: Vec<_> = alarms.map(|alarm| end_of(&folder, alarm)).collect();
        if ends.len() < 2 {
            wrong.push(format!("{name} is rolled back by {ends:?} only"));
        }
        for end in ends {
            let metric =
                METRICS.iter().find(|(known, _)| end.ends_with(known)).map_or("", |(_, metric)| *metric);
            if !looks_at(template, &alarm_name(&end), metric) {
                wrong.push(format!("{name} is rolled back by {end}, which does not look at {metric:?}"));
            }
        }
        let of_version = format!("{}VersionAlarm", name.trim_end_matches("Function"));
        let version = version(template, &of_version);
        if version != format!("{name}.Version") {
            wrong.push(format!("{of_version} looks at {version}"));
        }
        let mut others = properties.clone();
        let values = others["Environment"]["Variables"][VALUES].take();
        let values = &values["Fn::ToJsonString"][0]["Fn::Join"][1];
        let text = others.to_string();
        for (parameter, _) in members(&template["Parameters"]) {
            let reference = json!({ "Ref": parameter });
            let is_used =
                text.contains(&reference.to_string()) || text.contains(&format!("${{{parameter}}}"));
            let is_said = values.as_array().is_some_and(|values| values.contains(&reference));
            if is_used && !is_said && !OF_NO_FUNCTION.contains(&parameter.as_str()) {
                wrong.push(format!("no version of {name} is published where only {parameter} changes"));
            }
        }
    }
    wrong
}

#[test]
fn versions_are_rolled_out_and_back() {
    assert_none(&wrong_rollout(&template()));
}

#[test]
fn a_function_that_is_not_rolled_back_is_found() {
    let good = template();
    let differences = [
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Alarms", json!([])),
        (
            "/Resources/BetsFunction/Properties/DeploymentPreference/Alarms",
            json!([alarm_name("-other-error-rate"), alarm_name("-bets-version-errors")]),
        ),
        ("/Resources/ApiErrorRate/Properties/AlarmName", json!("other")),
        ("/Resources/ApiErrorRate/Properties/Metrics", json!([])),
        ("/Resources/JobsGivenUp/Properties/MetricName", json!("SlowRequests")),
        ("/Resources/MatchQueueAlarmsFailureRate/Properties/AlarmName", json!("other")),
        ("/Resources/MatchQueueAlarmsRetries/Properties/MetricName", json!("other")),
        ("/Resources/MatchVersionAlarmErrors/Properties/AlarmName", json!("other")),
        ("/Resources/MatchVersionAlarmErrors/Properties/Metrics/1/MetricStat", json!({})),
        ("/Resources/MatchVersionAlarmErrors/Properties/Metrics/2/MetricStat", json!({})),
        ("/Resources/MatchFunction/Properties/Environment/Variables/EVENS_PARAMETERS", json!("1")),
        ("/Resources/MatchFunction/Properties/MemorySize", json!({ "Ref": "RequestsBurst" })),
        ("/Resources/MatchFunction/Properties/Environment/Variables/A", json!({ "Fn::Sub": "${PageEmail}" })),
    ];
    for (place, value) in differences {
        let mut changed = good.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {parent}"))[name] = value;
        assert_ne!(wrong_rollout(&changed), Vec::<String>::new(), "{place}");
    }
}
