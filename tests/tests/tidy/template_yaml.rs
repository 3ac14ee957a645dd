//! Parses YAML with the short function tags of `CloudFormation` into JSON: `!Ref x` is `{"Ref": "x"}`, `!Sub x` is
//! `{"Fn::Sub": "x"}`.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

pub(crate) fn parse(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1, "documents in the file");
    value(&documents[0])
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(boolean)) => json!(boolean),
        Yaml::Value(Scalar::Integer(integer)) => json!(integer),
        Yaml::Value(Scalar::FloatingPoint(float)) => json!(float.into_inner()),
        Yaml::Value(Scalar::String(text)) => json!(text),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(members) => {
            let member = |(key, found): (&Yaml<'_>, &Yaml<'_>)| {
                let key = match value(key) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (key, value(found))
            };
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, inner) => {
            let name = match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            json!({ name: value(inner) })
        }
        other => panic!("cannot be read: {other:?}"),
    }
}

#[test]
fn short_functions_are_read() {
    let text =
        "A: !Ref B\nC: !Sub x-${Y}\nD: {e: !GetAtt F.Arn, g: [1, true, \"2\"]}\nH: !If [I, 1, !Ref J]\n";
    let expected = json!({
        "A": { "Ref": "B" },
        "C": { "Fn::Sub": "x-${Y}" },
        "D": { "e": { "Fn::GetAtt": "F.Arn" }, "g": [1, true, "2"] },
        "H": { "Fn::If": ["I", 1, { "Ref": "J" }] },
    });
    assert_eq!(parse(text), expected);
}
