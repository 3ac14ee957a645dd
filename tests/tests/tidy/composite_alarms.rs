//! Notifications beyond alarms on one metric: composite alarms, so that one slow table notifies once; the account's
//! cost; and a probe of the stage from outside.

use crate::alarms::{ALARM, text};
use crate::assert_none;
use crate::stacks::{Stacks, read, template};
use crate::template::resources;
use evens_contracts::ROUTES;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) const SUM: &str = "AWS::CloudWatch::CompositeAlarm";
/// A stack of its own, deployed in the region to which Route 53 reports its health checks.
pub(crate) const PROBE: &str = "infra/stacks/probe.yaml";

/// The largest number of alarms in the rule of a composite alarm.
const PARTS_MAX: usize = 100;

/// The topic that an alarm notifies, directly or through its composite alarm. Empty if it notifies none.
pub(crate) fn topic(template: &Value, alarm: &Value) -> String {
    if let Some(topic) = alarm["AlarmActions"][0]["Ref"].as_str() {
        return topic.to_owned();
    }
    let called = text(&alarm["AlarmName"]);
    let mut sums = resources(template, SUM).map(|(_, sum)| sum);
    let sum = sums.find(|sum| parts(template, sum).iter().any(|part| part == called));
    sum.map_or_else(String::new, |sum| topic(template, sum))
}

/// The alarm names in a composite alarm's rule, given as text or as outputs of other stacks.
fn parts(template: &Value, sum: &Value) -> Vec<String> {
    let rule = &sum["AlarmRule"];
    if let Some(outputs) = rule["Fn::Join"][1].as_array() {
        return outputs.iter().map(|output| name_behind(template, output)).collect();
    }
    let names = text(rule).split("ALARM(\"").skip(1).filter_map(|part| part.split('"').next());
    names.map(str::to_owned).collect()
}

/// The name of the alarm behind an output such as `BetsFunctionAlarms.Outputs.Slow`.
fn name_behind(template: &Value, output: &Value) -> String {
    let resource = output["Fn::GetAtt"].as_str().unwrap_or_default().replace(".Outputs.", "");
    text(&template["Resources"][resource]["Properties"]["AlarmName"]).to_owned()
}

fn wrong_sums(template: &Value) -> Vec<String> {
    let alarms = resources(template, ALARM).chain(resources(template, SUM));
    let names: BTreeSet<_> = alarms.map(|(_, alarm)| text(&alarm["AlarmName"])).collect();
    let mut wrong = Vec::new();
    for (name, sum) in resources(template, SUM) {
        let parts = parts(template, sum);
        if !(1..=PARTS_MAX).contains(&parts.len()) {
            wrong.push(format!("{name} has {} parts", parts.len()));
        }
        let unknown = parts.iter().filter(|part| !names.contains(part.as_str()));
        wrong.extend(unknown.map(|part| format!("{name} has {part:?}, which is no alarm")));
        let topic = topic(template, sum);
        if topic.is_empty() {
            wrong.push(format!("{name} tells nobody"));
        }
        if topic == "PageTopic" && !sum["ActionsSuppressor"].is_null() {
            wrong.push(format!("{name} is kept quiet, and is a matter of now"));
        }
    }
    wrong
}

fn wrong_probe(probe: &Value) -> Vec<String> {
    let resources = &probe["Resources"];
    let asked = &resources["HealthCheck"]["Properties"]["HealthCheckConfig"];
    let alarm = &resources["Unreachable"]["Properties"];
    let path = asked["ResourcePath"].as_str().unwrap_or_default();
    let rows = [
        ("asks for what is there", ROUTES.iter().any(|route| route.path == path)),
        ("asks as clients do", asked["Type"] == "HTTPS" && asked["Port"] == 443),
        ("looks at what was found", alarm["Dimensions"][0]["Value"]["Ref"] == "HealthCheck"),
        ("takes silence for bad", alarm["TreatMissingData"] == "breaching"),
        ("tells somebody", alarm["AlarmActions"][0]["Ref"] == "Topic"),
        ("has an address", probe["Parameters"]["PageEmail"]["Default"].is_null()),
    ];
    let missing = rows.into_iter().filter(|(_, is_so)| !is_so);
    missing.map(|(what, _)| format!("nobody outside {what}")).collect()
}

#[test]
fn sums_are_of_alarms_that_are_there() {
    assert_none(&wrong_sums(&template()));
}

#[test]
fn a_sum_that_lacks_something_is_found() {
    let good = template();
    for (place, value) in [
        ("/Resources/SlowTable/Properties/AlarmRule", json!("ALARM(\"other\")")),
        ("/Resources/SlowTable/Properties/AlarmRule", json!("FALSE")),
        ("/Resources/SlowTable/Properties/AlarmActions", json!([])),
        ("/Resources/ExchangeSlowCallsSlow/Properties/AlarmRule", json!("FALSE")),
        ("/Resources/PlayersSlowCallsTooSlow/Properties/AlarmName", json!("other")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        let faults = |template: &Value| {
            let alarms = resources(template, ALARM).filter(|(_, alarm)| topic(template, alarm).is_empty());
            alarms.count() + wrong_sums(template).len()
        };
        assert!(faults(&changed) > faults(&good), "{place}");
    }
    let mut quiet = good.clone();
    quiet["Resources"]["TooSlowCalls"]["Properties"]["ActionsSuppressor"] = json!("SlowTable");
    assert!(wrong_sums(&quiet).iter().all(|line| line.contains("is kept quiet")) && quiet != good);
    assert_ne!(wrong_sums(&quiet), Vec::<String>::new());
}

#[test]
fn a_stage_is_asked_from_outside() {
    let good = read(PROBE);
    assert_none(&wrong_probe(&good));
    for (place, value) in [
        ("/Resources/HealthCheck/Properties/HealthCheckConfig/ResourcePath", json!("/")),
        ("/Resources/HealthCheck/Properties/HealthCheckConfig/Type", json!("HTTP")),
        ("/Resources/Unreachable/Properties/TreatMissingData", json!("notBreaching")),
        ("/Resources/Unreachable/Properties/AlarmActions", json!([])),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        assert_eq!(wrong_probe(&changed).len(), 1, "{place}");
    }
}

/// A budget without an address would be deployed, but would notify no operator.
#[test]
fn the_budget_notifies_an_operator() {
    let stacks = Stacks::read();
    let has_address = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "PageEmail" }, ""] }] });
    assert_eq!(stacks.root["Rules"]["BudgetIsTold"]["Assertions"][0]["Assert"], has_address);
    let budget = &stacks.nested["infra/stacks/alarms.yaml"]["Resources"]["Budget"]["Properties"];
    for row in budget["NotificationsWithSubscribers"].as_array().unwrap() {
        assert_eq!(row["Subscribers"][0]["Address"]["Ref"], "PageEmail", "{row}");
    }
}
