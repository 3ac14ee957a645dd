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
use evens_contracts::{Queue, ROUTES};
use evens_workers::folder_of;
use serde_json::{Value, json};

/// Parameters that do not affect an existing function, because its name already contains the stage.
const OF_NO_FUNCTION: [&str; 2] = ["Stage", "Rollout"];

/// The variable with the values of all parameters and the timeout.
const VALUES: &str = "EVENS_PARAMETERS";

/// The alarms that roll a function back: the ends of their names, and their metrics. The first one is shared by all
/// functions of a stack, and the second one counts errors of the new version only. Bad jobs of the sweeper show up as
/// jobs that workers give up. A failed run of the sweeper or the monitor counts as a Lambda error. Missing calls do not
/// depend on the version.
fn alarms(folder: &str) -> Vec<(String, &'static str)> {
    let shared = if ROUTES.iter().any(|route| route.function == folder) {
        ("api-error-rate".to_owned(), "5xx")
    } else {
        ("jobs-given-up".to_owned(), "JobsGivenUp")
    };
    let mut alarms = vec![shared, (format!("{folder}-version-errors"), "Errors")];
    if let Some(queue) = Queue::ALL.into_iter().find(|queue| folder_of(*queue) == folder) {
        alarms.push((format!("{}-given-up", queue.name()), "bullmq_jobs_total"));
        alarms.push((format!("{}-retries", queue.name()), "evens_job_retries_total"));
    }
    alarms
}

fn alarm_name(end: &str) -> Value {
    json!({ "Fn::Sub": format!("evens-${{Stage}}-{end}") })
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

fn wrong_rollout(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let alarms = alarms(&folder);
        let mut names: Vec<_> = alarms.iter().map(|(end, _)| alarm_name(end)).collect();
        let of_version = format!("{}VersionAlarm", name.trim_end_matches("Function"));
        names[1] = json!({ "Fn::GetAtt": format!("{of_version}.Outputs.Name") });
        let preference = &properties["DeploymentPreference"];
        let stated = &properties["Environment"]["Variables"][VALUES]["Fn::ToJsonString"];
        for (what, found, expected) in [
            ("alias", &properties["AutoPublishAlias"], json!("live")),
            // It would publish a version for another concurrency, which Lambda refuses.
            ("reason for a version", &properties["AutoPublishAliasAllProperties"], Value::Null),
            ("timeout in EVENS_PARAMETERS", &stated[1], properties["Timeout"].clone()),
            ("way of moving", &preference["Type"], json!({ "Ref": "Rollout" })),
            (
                "condition of moving",
                &preference["Enabled"],
                json!({ "Fn::If": ["IsOnAws", "true", "false"] }),
            ),
            ("alarms", &preference["Alarms"], json!(names)),
            ("version with an alarm", &version(template, &of_version), json!(format!("{name}.Version"))),
        ] {
            if *found != expected {
                wrong.push(format!("{name} has {found} as its {what}"));
            }
        }
        for (end, metric) in &alarms {
            if !looks_at(template, &alarm_name(end), metric) {
                wrong.push(format!("{name} is rolled back by {end}, which does not look at {metric}"));
            }
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
        ("/Resources/MatchFunction/Properties/AutoPublishAlias", json!("other")),
        ("/Resources/MatchFunction/Properties/AutoPublishAliasAllProperties", json!(true)),
        ("/Resources/MatchFunction/Properties/Timeout", json!(20)),
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Enabled", json!(false)),
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Type", json!("AllAtOnce")),
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Alarms", json!([])),
        (
            "/Resources/MatchFunction/Properties/DeploymentPreference/Alarms",
            json!([alarm_name("jobs-given-up"), alarm_name("match-version-errors")]),
        ),
        (
            "/Resources/BetsFunction/Properties/DeploymentPreference/Alarms",
            json!([alarm_name("bets-version-errors")]),
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
