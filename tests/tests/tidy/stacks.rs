//! All stacks of a stage merged into one template. Parameters are replaced by their values, and the globals of
//! functions are merged into each function. Therefore other rules need not know which stack has a resource.

use crate::composite_alarms::PROBE;
use crate::conditions::{chosen, decided};
use crate::template_yaml::parse;
use crate::{assert_none, is_of_kind, root, sources};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

const STACK: &str = "AWS::CloudFormation::Stack";
const FUNCTION: &str = "AWS::Serverless::Function";
const ROOT: &str = "template.yaml";
/// A small stack that is deployed on its own, before the first deployment into an account.
const SMOKE: &str = "infra/stacks/smoke.yaml";
/// The template of one box, which is deployed on its own and nests some of the other stacks.
pub(crate) const ONE_BOX: &str = "infra/stacks/compat.yaml";

/// The root template, and the nested ones by path.
pub(crate) struct Stacks {
    path: &'static str,
    pub(crate) root: Value,
    pub(crate) nested: BTreeMap<String, Value>,
}

/// The merged template under construction.
#[derive(Default)]
struct Flat {
    resources: Map<String, Value>,
    wrong: Vec<String>,
}

impl Stacks {
    pub(crate) fn read() -> Self {
        Self::of(ROOT)
    }

    /// A template that is deployed on its own, with the nested ones.
    fn of(path: &'static str) -> Self {
        let mut stacks = Self { path, root: read(path), nested: BTreeMap::new() };
        let mut places = places(path, &stacks.root);
        while let Some((_, place)) = places.pop() {
            let template = read(&place);
            places.extend(self::places(&place, &template));
            stacks.nested.insert(place, template);
        }
        stacks
    }

    /// Merges all stacks into one template. Also returns the wiring errors.
    pub(crate) fn flatten(&self) -> (Value, Vec<String>) {
        let mut flat = Flat::default();
        let nested: BTreeMap<_, _> = places(self.path, &self.root).into_iter().collect();
        for name in members(&self.root["Resources"]).map(|(name, _)| name) {
            if !nested.contains_key(name) {
                flat.wrong.push(format!("{name} at the root is no stack of ours"));
            }
        }
        // Queue name prefixes refer to any resource on this level, so the resources come first.
        let known = nested.values().filter_map(|place| self.nested.get(place));
        let known = known.flat_map(|stack| members(&stack["Resources"]));
        let known: Map<_, _> = known.map(|(name, resource)| (name.clone(), resource.clone())).collect();
        let outputs = |of: &str, output: &str| {
            Some(self.nested.get(nested.get(of)?)?["Outputs"].get(output)?["Value"].clone())
        };
        for (name, place) in &nested {
            let passed = &self.root["Resources"][name]["Properties"]["Parameters"];
            let passed = members(passed).map(|(parameter, value)| {
                let output = value["Fn::GetAtt"].as_str().and_then(|of| of.split_once(".Outputs."));
                (parameter.clone(), output.map_or(Some(value.clone()), |(of, output)| outputs(of, output)))
            });
            self.add(&mut flat, place, "", passed.collect(), &known);
        }
        let template = json!({ "Parameters": self.root["Parameters"], "Resources": flat.resources });
        (template, flat.wrong)
    }

    /// Adds a stack with its nested stacks. Its parameters refer to the merged resources.
    fn add(
        &self,
        flat: &mut Flat,
        place: &str,
        prefix: &str,
        passed: BTreeMap<String, Option<Value>>,
        known: &Map<String, Value>,
    ) {
        let Some(stack) = self.nested.get(place) else { return };
        let values = wired(place, stack, passed, &mut flat.wrong);
        let conditions = decided(&stack["Conditions"], &values);
        let nested: BTreeMap<_, _> = places(place, stack).into_iter().collect();
        for (inner, resource) in members(&stack["Resources"]) {
            let name = format!("{prefix}{inner}");
            if resource["Type"].is_null() {
                // For example Fn::ForEach, on which `sam package` fails.
                flat.wrong.push(format!("{name} in {place} is no resource"));
                continue;
            }
            let resource = chosen(&finished(stack, place, resource), &conditions);
            let resource = replaced(&resource, &values, known);
            if let Some(place) = nested.get(inner) {
                let passed = members(&resource["Properties"]["Parameters"]);
                let passed = passed.map(|(name, value)| (name.clone(), Some(value.clone())));
                self.add(flat, place, &name, passed.collect(), known);
            } else if flat.resources.insert(name.clone(), resource).is_some() {
                flat.wrong.push(format!("{name} stands in two stacks"));
            }
        }
    }
}

/// The merged template of a stage.
pub(crate) fn template() -> Value {
    Stacks::read().flatten().0
}

pub(crate) fn read(path: &str) -> Value {
    parse(&fs::read_to_string(root().join(path)).unwrap())
}

pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The nested stacks of a template: names, and paths from the root.
fn places(of: &str, template: &Value) -> Vec<(String, String)> {
    let stacks = members(&template["Resources"]).filter(|(_, resource)| resource["Type"] == STACK);
    let place = |resource: &Value| beside(of, resource["Properties"]["TemplateURL"].as_str()?);
    stacks.filter_map(|(name, resource)| Some((name.clone(), place(resource)?))).collect()
}

/// Resolves a path relative to a file into a path from the root.
fn beside(file: &str, path: &str) -> Option<String> {
    let mut found = PathBuf::new();
    for part in Path::new(file).parent()?.join(path).components() {
        if part == Component::ParentDir {
            found.pop();
        } else {
            found.push(part);
        }
    }
    found.to_str().map(str::to_owned)
}

/// The parameter values of a nested stack.
fn wired(
    place: &str,
    stack: &Value,
    passed: BTreeMap<String, Option<Value>>,
    wrong: &mut Vec<String>,
) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for (name, parameter) in members(&stack["Parameters"]) {
        if let Some(default) = parameter.get("Default") {
            values.insert(name.clone(), default.clone());
        } else if !passed.contains_key(name) {
            wrong.push(format!("{place} is not given its parameter {name}"));
        }
    }
    for (name, value) in passed {
        match value {
            _ if stack["Parameters"].get(&name).is_none() => {
                wrong.push(format!("{place} has no parameter {name}"));
            }
            Some(value) => drop(values.insert(name, value)),
            None => wrong.push(format!("{place} is given {name} from an output that is not there")),
        }
    }
    values
}

/// A function with its stack's globals merged, and with its code path from the root.
fn finished(stack: &Value, place: &str, resource: &Value) -> Value {
    let mut resource = resource.clone();
    if resource["Type"] == FUNCTION {
        let mut properties = stack["Globals"]["Function"].clone();
        merge(&mut properties, &resource["Properties"]);
        properties["CodeUri"] = json!(beside(place, properties["CodeUri"].as_str().unwrap_or_default()));
        resource["Properties"] = properties;
    }
    resource
}

/// Merges as SAM does: maps by key, and lists by appending.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from.iter().cloned()),
        (into, from) => *into = from.clone(),
    }
}

/// Replaces the parameters in a value.
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

/// The queue whose name has this suffix after the prefix, which is cut from the URL or ARN of another queue.
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
    for path in [ROOT, SMOKE] {
        assert_none(&Stacks::of(path).flatten().1);
    }
}

/// An unreferenced file in the folder would never be deployed.
#[test]
fn every_stack_is_nested() {
    let mut nested = Stacks::read().nested;
    nested.extend(Stacks::of(SMOKE).nested);
    let files = sources().into_iter().map(|source| source.path);
    let files = files.filter(|path| path.starts_with("infra/stacks/") && is_of_kind(path, "yaml"));
    let files = files.filter(|path| !path.starts_with("infra/stacks/parts/"));
    let files = files.filter(|path| ![ONE_BOX, PROBE, SMOKE].contains(&path.as_str()));
    let files = files.filter(|path| !nested.contains_key(path));
    assert_none(&files.collect::<Vec<_>>());
}

#[test]
fn wires_that_lead_nowhere_are_found() {
    let rows = [
        ("/Resources/Exchange/Properties/Parameters", json!({}), "is not given its parameter ApiId"),
        ("/Resources/Queues/Properties/Parameters/More", json!("1"), "has no parameter More"),
        (
            "/Resources/Exchange/Properties/Parameters/ApiId",
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
    let mut stacks = Stacks::read();
    let queues = stacks.nested.get_mut("infra/stacks/queues.yaml").unwrap();
    queues["Resources"]["Fn::ForEach::Queues"] = json!(["Queue", ["match"], {}]);
    assert_eq!(stacks.flatten().1, ["Fn::ForEach::Queues in infra/stacks/queues.yaml is no resource"]);
}

#[test]
fn references_between_stacks_are_replaced() {
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
fn global_properties_are_merged() {
    let mut global = json!({ "Timeout": 10, "Environment": { "A": 1, "B": 1 }, "Alarms": ["every"] });
    merge(
        &mut global,
        &json!({ "Timeout": 30, "Environment": { "B": 2 }, "Alarms": ["one"], "Memory": 512 }),
    );
    let expected = json!({
        "Timeout": 30,
        "Environment": { "A": 1, "B": 2 },
        "Alarms": ["every", "one"],
        "Memory": 512,
    });
    assert_eq!(global, expected);
}
