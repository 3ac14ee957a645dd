//! The stacks of a stage as one template: loops unrolled, what the root passes put in the place of parameters, and what is
//! global to functions put into each. So the other rules need not know in which stack something stands.

use crate::template_yaml::parse;
use crate::{assert_none, root};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

const STACK: &str = "AWS::CloudFormation::Stack";
const FUNCTION: &str = "AWS::Serverless::Function";
const LOOP: &str = "Fn::ForEach::";

/// The template at the root, and those that it names, by path.
pub(crate) struct Stacks {
    pub(crate) root: Value,
    pub(crate) nested: BTreeMap<String, Value>,
}

impl Stacks {
    pub(crate) fn read() -> Self {
        let read = |path: &str| parse(&fs::read_to_string(root().join(path)).unwrap());
        let at_root = read("template.yaml");
        let places = members(&at_root["Resources"]).filter_map(|(_, resource)| place(resource));
        let nested = places.map(|place| (place.to_owned(), read(place))).collect();
        Self { root: at_root, nested }
    }

    /// All of it as one template, and what is wrong with how it is wired.
    pub(crate) fn flatten(&self) -> (Value, Vec<String>) {
        let mut wrong = Vec::new();
        let mut stacks: BTreeMap<&String, (&str, Value)> = BTreeMap::new();
        let mut resources = Map::new();
        for (name, resource) in members(&self.root["Resources"]) {
            let stack = place(resource).and_then(|place| Some((place, self.nested.get(place)?)));
            let Some((place, stack)) = stack else {
                wrong.push(format!("{name} at the root is no stack of ours"));
                continue;
            };
            let mut stack = stack.clone();
            stack["Resources"] = unrolled(&stack["Resources"]);
            for (inner, resource) in members(&stack["Resources"]) {
                if resources.insert(inner.clone(), finished(&stack, place, resource)).is_some() {
                    wrong.push(format!("{inner} stands in two stacks"));
                }
            }
            stacks.insert(name, (place, stack));
        }
        // Names are replaced by names until nothing changes: an output leads to a resource, which is in no other stack.
        let mut flat = Map::new();
        for (name, (place, stack)) in &stacks {
            let passed = &self.root["Resources"][name.as_str()]["Properties"]["Parameters"];
            let values = wired(place, stack, passed, &stacks, &mut wrong);
            for inner in members(&stack["Resources"]).map(|(inner, _)| inner) {
                flat.insert(inner.clone(), replaced(&resources[inner], &values, &resources));
            }
        }
        let template = json!({ "Parameters": self.root["Parameters"], "Resources": flat });
        (template, wrong)
    }
}

/// Everything that a stage consists of.
pub(crate) fn template() -> Value {
    Stacks::read().flatten().0
}

pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn place(resource: &Value) -> Option<&str> {
    resource["Properties"]["TemplateURL"].as_str().filter(|_| resource["Type"] == STACK)
}

/// What the parameters of a stack are, in terms of the resources of all stacks.
fn wired(
    place: &str,
    stack: &Value,
    passed: &Value,
    stacks: &BTreeMap<&String, (&str, Value)>,
    wrong: &mut Vec<String>,
) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for (name, _) in members(passed).filter(|(name, _)| stack["Parameters"].get(name).is_none()) {
        wrong.push(format!("{place} has no parameter {name}"));
    }
    for (name, parameter) in members(&stack["Parameters"]) {
        let value = match (passed.get(name), parameter.get("Default")) {
            (Some(value), _) => value,
            (None, Some(default)) => default,
            (None, None) => {
                wrong.push(format!("{place} is not given its parameter {name}"));
                continue;
            }
        };
        let output = value["Fn::GetAtt"].as_str().and_then(|of| of.split_once(".Outputs."));
        let value = match output {
            None => Some(value),
            Some((of, output)) => {
                stacks.get(&of.to_owned()).and_then(|(_, stack)| stack["Outputs"][output].get("Value"))
            }
        };
        match value {
            Some(value) => drop(values.insert(name.clone(), value.clone())),
            None => wrong.push(format!("{place} is given {name} from an output that is not there")),
        }
    }
    values
}

/// Resources without loops.
fn unrolled(resources: &Value) -> Value {
    let mut found = Map::new();
    for (name, resource) in members(resources) {
        if !name.starts_with(LOOP) {
            found.insert(name.clone(), resource.clone());
            continue;
        }
        let identifier = resource[0].as_str().unwrap();
        for item in resource[1].as_array().unwrap().iter().map(|item| item.as_str().unwrap()) {
            let letters: String = item.chars().filter(|part| part.is_alphanumeric()).collect();
            let values = BTreeMap::from([(identifier.to_owned(), json!(item))]);
            for (name, body) in members(&resource[2]) {
                let name = name.replace(&format!("${{{identifier}}}"), item);
                let name = name.replace(&format!("&{{{identifier}}}"), &letters);
                assert!(found.insert(name.clone(), replaced(body, &values, &Map::new())).is_none(), "{name}");
            }
        }
    }
    Value::Object(found)
}

/// A function with what is global to the functions of its stack, and with the path of its code from the root.
fn finished(stack: &Value, place: &str, resource: &Value) -> Value {
    let mut resource = resource.clone();
    if resource["Type"] == FUNCTION {
        let mut properties = stack["Globals"]["Function"].clone();
        merge(&mut properties, &resource["Properties"]);
        let code =
            Path::new(place).parent().unwrap().join(properties["CodeUri"].as_str().unwrap_or_default());
        properties["CodeUri"] = json!(without_detours(&code));
        resource["Properties"] = properties;
    }
    resource
}

fn without_detours(path: &Path) -> PathBuf {
    let mut found = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            found.pop();
        } else {
            found.push(part);
        }
    }
    found
}

fn merge(into: &mut Value, from: &Value) {
    match (into.as_object_mut(), from.as_object()) {
        (Some(into), Some(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        _ => *into = from.clone(),
    }
}

/// A value in which parameters are replaced by what they are.
fn replaced(value: &Value, values: &BTreeMap<String, Value>, resources: &Map<String, Value>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| replaced(item, values, resources)).collect(),
        Value::Object(object) => {
            if let Some(known) = object.get("Ref").and_then(|name| values.get(name.as_str()?)) {
                return known.clone();
            }
            if let Some(text) = object.get("Fn::Sub").and_then(Value::as_str) {
                return substituted(text, values, resources);
            }
            let member =
                |(name, inner): (&String, &Value)| (name.clone(), replaced(inner, values, resources));
            Value::Object(object.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

fn substituted(text: &str, values: &BTreeMap<String, Value>, resources: &Map<String, Value>) -> Value {
    let mut text = text.to_owned();
    for (name, value) in values {
        let variable = format!("${{{name}}}");
        if let Some(queue) = text.strip_prefix(&variable).and_then(|rest| queue(value, rest, resources)) {
            return queue;
        }
        let known = match (value["Ref"].as_str(), value["Fn::GetAtt"].as_str(), value.as_str()) {
            (Some(resource), _, _) => format!("${{{resource}}}"),
            (_, Some(attribute), _) => format!("${{{attribute}}}"),
            (_, _, Some(literal)) => literal.to_owned(),
            _ => continue,
        };
        text = text.replace(&variable, &known);
    }
    json!({ "Fn::Sub": text })
}

/// The queue whose name begins as that of another one, of whose URL or ARN the prefix was cut, and ends with the rest.
fn queue(prefix: &Value, rest: &str, resources: &Map<String, Value>) -> Option<Value> {
    let (first, split) = (&prefix["Fn::Select"][0], &prefix["Fn::Select"][1]["Fn::Split"]);
    let (end, of) = (split[0].as_str()?, &split[1]);
    let attribute = of["Fn::GetAtt"].as_str().and_then(|attribute| attribute.strip_suffix(".Arn"));
    let name = |resource: &Value| resource["Properties"]["QueueName"]["Fn::Sub"].as_str().map(str::to_owned);
    let known = name(resources.get(attribute.or(of["Ref"].as_str())?)?)?;
    let wanted = known.strip_suffix(end).filter(|_| *first == 0)?.to_owned() + rest;
    let (found, _) = resources.iter().find(|(_, resource)| name(resource).as_ref() == Some(&wanted))?;
    Some(match attribute {
        Some(_) => json!({ "Fn::GetAtt": format!("{found}.Arn") }),
        None => json!({ "Ref": found }),
    })
}

#[test]
fn stacks_are_wired() {
    assert_none(&Stacks::read().flatten().1);
}

/// A file of the folder that nothing names would be deployed by nobody.
#[test]
fn every_stack_is_nested() {
    let stacks = Stacks::read();
    let files = fs::read_dir(root().join("infra/stacks")).unwrap().map(|entry| entry.unwrap().file_name());
    let files: Vec<_> = files.map(|name| format!("infra/stacks/{}", name.into_string().unwrap())).collect();
    let unused: Vec<_> = files.into_iter().filter(|file| !stacks.nested.contains_key(file)).collect();
    assert_none(&unused);
}

#[test]
fn wires_that_lead_nowhere_are_found() {
    let rows = [
        ("/Resources/Api/Properties/Parameters", json!({}), "is not given its parameter ApiId"),
        ("/Resources/Queues/Properties/Parameters/More", json!("1"), "has no parameter More"),
        (
            "/Resources/Api/Properties/Parameters/ApiId",
            json!({ "Fn::GetAtt": "Gateway.Outputs.Id" }),
            "from an output that is not there",
        ),
        ("/Resources/Queues/Properties/TemplateURL", json!("infra/stacks/data.yaml"), "stands in two stacks"),
        ("/Resources/Queues/Type", json!("AWS::SQS::Queue"), "is no stack of ours"),
    ];
    for (pointer, value, expected) in rows {
        let mut stacks = Stacks::read();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        stacks.root.pointer_mut(parent).unwrap()[name] = value;
        let wrong = stacks.flatten().1;
        assert!(wrong.iter().any(|line| line.contains(expected)), "{pointer}: {wrong:?}");
    }
}

#[test]
fn what_is_wired_is_replaced() {
    let queues = json!({
        "MatchQueue": { "Properties": { "QueueName": { "Fn::Sub": "evens-${Stage}-match.fifo" } } },
        "RoundsQueue": { "Properties": { "QueueName": { "Fn::Sub": "evens-${Stage}-rounds.fifo" } } },
    });
    let cut = |of: Value| json!({ "Fn::Select": [0, { "Fn::Split": ["match.fifo", of] }] });
    let values = BTreeMap::from([
        ("TableArn".to_owned(), json!({ "Fn::GetAtt": "Table.Arn" })),
        ("Urls".to_owned(), cut(json!({ "Ref": "MatchQueue" }))),
        ("Arns".to_owned(), cut(json!({ "Fn::GetAtt": "MatchQueue.Arn" }))),
    ]);
    let rows = [
        (json!({ "Ref": "TableArn" }), json!({ "Fn::GetAtt": "Table.Arn" })),
        (json!([{ "Fn::Sub": "${TableArn}/x" }]), json!([{ "Fn::Sub": "${Table.Arn}/x" }])),
        (json!({ "Fn::Sub": "${Urls}rounds.fifo" }), json!({ "Ref": "RoundsQueue" })),
        (json!({ "Fn::Sub": "${Arns}rounds.fifo" }), json!({ "Fn::GetAtt": "RoundsQueue.Arn" })),
        (json!({ "Fn::Sub": "${Arns}other.fifo" }), json!({ "Fn::Sub": "${Arns}other.fifo" })),
    ];
    for (value, expected) in rows {
        assert_eq!(replaced(&value, &values, queues.as_object().unwrap()), expected);
    }
}

#[test]
fn loops_are_unrolled() {
    let resources = json!({
        "A": 1,
        "Fn::ForEach::Some": ["Item", ["b-c", "d"], { "X&{Item}": [{ "Ref": "Item" }, { "Fn::Sub": "${Item}-${Y}" }] }],
    });
    let expected = json!({
        "A": 1,
        "Xbc": ["b-c", { "Fn::Sub": "b-c-${Y}" }],
        "Xd": ["d", { "Fn::Sub": "d-${Y}" }],
    });
    assert_eq!(unrolled(&resources), expected);
}
