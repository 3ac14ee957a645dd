//! Two stages fit into one account: every explicit resource name contains the stage.

use crate::assert_none;
use crate::stacks::{members, template};
use serde_json::{Value, json};

/// The properties that name a resource. Roles, mappings and routes have none in these templates, so `CloudFormation`
/// names them.
const NAMES: [&str; 9] = [
    "AlarmName",
    "DashboardName",
    "FunctionName",
    "LogGroupName",
    "Name",
    "QueueName",
    "RoleName",
    "TableName",
    "TopicName",
];

/// Resource types in which such a property refers to another resource.
const REFERRING: [&str; 3] =
    ["AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission", "AWS::Logs::MetricFilter"];

fn wrong_names(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (resource, body) in members(&template["Resources"]) {
        if REFERRING.iter().any(|kind| body["Type"] == *kind) {
            continue;
        }
        let names = NAMES.iter().map(|name| (name, &body["Properties"][name]));
        let names = names.filter(|(_, said)| !said.is_null() && !said.to_string().contains("${Stage}"));
        wrong.extend(names.map(|(name, said)| format!("{name} of {resource} is {said} in every stage")));
    }
    wrong
}

#[test]
fn stages_fit_into_one_account() {
    assert_none(&wrong_names(&template()));
}

#[test]
fn a_name_without_the_stage_is_found() {
    let good = template();
    for place in [
        "/Resources/PlaceBetFunction/Properties/FunctionName",
        "/Resources/MatchQueue/Properties/QueueName",
        "/Resources/Table/Properties/TableName",
        "/Resources/FunctionLog/Properties/LogGroupName",
        "/Resources/Api/Properties/Name",
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = json!("evens");
        assert_ne!(wrong_names(&changed), Vec::<String>::new(), "{place}");
    }
}
