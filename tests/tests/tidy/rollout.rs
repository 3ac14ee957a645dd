//! A function is called by its alias, which moves to a new version step by step and back on an alarm (M11), and moves
//! whenever anything has changed that the function depends on.

use crate::assert_none;
use crate::stacks::{members, template};
use crate::template::{functions, resources};
use serde_json::{Value, json};

/// Parameters that change nothing about a function that is there: its name has the stage.
const OF_NO_FUNCTION: [&str; 2] = ["Stage", "Rollout"];

/// The variable that has the values of all parameters.
const VALUES: &str = "EVENS_PARAMETERS";

fn wrong_rollout(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let alarm = json!({ "Fn::Sub": format!("evens-${{Stage}}-{folder}-errors") });
        let preference = &properties["DeploymentPreference"];
        for (what, found, expected) in [
            ("alias", &properties["AutoPublishAlias"], json!("live")),
            ("reason for a version", &properties["AutoPublishAliasAllProperties"], json!(true)),
            ("way of moving", &preference["Type"], json!({ "Ref": "Rollout" })),
            (
                "condition of moving",
                &preference["Enabled"],
                json!({ "Fn::If": ["IsOnAws", "true", "false"] }),
            ),
            ("alarms", &preference["Alarms"], json!([alarm])),
        ] {
            if *found != expected {
                wrong.push(format!("{name} has {found} as its {what}"));
            }
        }
        let is_there = resources(template, "AWS::CloudWatch::Alarm").any(|(_, found)| {
            found["AlarmName"] == alarm
                && found["Namespace"] == "AWS/Lambda"
                && found["MetricName"] == "Errors"
        });
        if !is_there {
            wrong.push(format!("{name} is rolled back by {alarm}, which is not there"));
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
        ("/Resources/MatchFunction/Properties/AutoPublishAliasAllProperties", json!(false)),
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Enabled", json!(false)),
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Type", json!("AllAtOnce")),
        ("/Resources/MatchFunction/Properties/DeploymentPreference/Alarms", json!([])),
        ("/Resources/MatchFunctionAlarmsErrors/Properties/AlarmName", json!("other")),
        ("/Resources/MatchFunctionAlarmsErrors/Properties/MetricName", json!("Throttles")),
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
