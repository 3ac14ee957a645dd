//! Conditions of nested stacks whose parameters are literal texts, so that the merged template has one value for them.

use crate::stacks::members;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The conditions with a known result. The others depend on the parameters of the stage.
pub(crate) fn decided(conditions: &Value, values: &BTreeMap<String, Value>) -> BTreeMap<String, bool> {
    let literal = |side: &Value| {
        let value = side["Ref"].as_str().and_then(|name| values.get(name)).unwrap_or(side);
        value.as_str().map(str::to_owned)
    };
    let result = |condition: &Value| {
        let [one, other] = condition["Fn::Equals"].as_array()?.as_slice() else { return None };
        Some(literal(one)? == literal(other)?)
    };
    let results = members(conditions).map(|(name, condition)| Some((name.clone(), result(condition)?)));
    results.flatten().collect()
}

/// The value with each decided `Fn::If` replaced by its branch, and without members that have no value.
pub(crate) fn chosen(value: &Value, decided: &BTreeMap<String, bool>) -> Value {
    if let Some([name, yes, no]) = value["Fn::If"].as_array().map(Vec::as_slice)
        && let Some(is_true) = decided.get(name.as_str().unwrap_or_default())
    {
        return chosen(if *is_true { yes } else { no }, decided);
    }
    match value {
        Value::Array(items) => items.iter().map(|item| chosen(item, decided)).collect(),
        Value::Object(object) => {
            let members = object.iter().map(|(name, inner)| (name.clone(), chosen(inner, decided)));
            Value::Object(members.filter(|(_, inner)| *inner != json!({ "Ref": "AWS::NoValue" })).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn a_condition_is_decided_by_literal_parameters_only() {
    let conditions = json!({
        "IsMany": { "Fn::Equals": [{ "Ref": "Calls" }, "many"] },
        "IsLocal": { "Fn::Equals": [{ "Ref": "Stage" }, "local"] },
    });
    let values =
        BTreeMap::from([("Calls".to_owned(), json!("few")), ("Stage".to_owned(), json!({ "Ref": "Stage" }))]);
    let decided = decided(&conditions, &values);
    assert_eq!(decided, BTreeMap::from([("IsMany".to_owned(), false)]));
    let no_value = json!({ "Ref": "AWS::NoValue" });
    let value = json!({
        "A": { "Fn::If": ["IsMany", "p95", no_value] },
        "B": { "Fn::If": ["IsMany", no_value, { "Fn::If": ["IsMany", 1, 2] }] },
        "C": { "Fn::If": ["IsLocal", 1, no_value] },
    });
    let expected = json!({ "B": 2, "C": { "Fn::If": ["IsLocal", 1, no_value] } });
    assert_eq!(chosen(&value, &decided), expected);
}
