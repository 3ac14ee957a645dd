//! [`Document`]: the published schema of the API, and the check of answers against it.

use evens_contracts::Time;
use serde_json::{Map, Value, json};

/// An `OpenAPI` document from `GET /openapi.json`.
#[derive(Debug, Clone)]
pub struct Document(pub Value);

/// The place and kind of a schema violation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

impl Document {
    /// Checks an answer against the schema. `path` is a concrete path. An unpublished path or method must be answered
    /// with a problem. The body is null if there is none.
    pub fn check(
        &self,
        method: &str,
        path: &str,
        status: u16,
        content_type: &str,
        body: &Value,
    ) -> Result<(), Violation> {
        let published = self.operation(method, path);
        let response = published.map(|operation| &operation["responses"][status.to_string()]);
        let schema = match response {
            None => &self.0["components"]["schemas"]["ProblemBody"],
            Some(response) if response.is_object() && response["content"].is_null() => {
                let has_body = !body.is_null();
                let published = || Violation(format!("{method} {path} publishes no body with {status}"));
                return if has_body { Err(published()) } else { Ok(()) };
            }
            Some(response) => {
                let schema = &response["content"][content_type]["schema"];
                if !schema.is_object() {
                    return Err(Violation(format!(
                        "{method} {path} publishes no {status} with {content_type}"
                    )));
                }
                check_title(response, content_type, body)
                    .map_err(|what| Violation(format!("{method} {path} {status}: {what}")))?;
                schema
            }
        };
        self.check_value("$", schema, body)
            .map_err(|Violation(what)| Violation(format!("{method} {path} {status}: {what}")))
    }

    /// Checks a value against the schema of that name.
    ///
    /// # Errors
    /// The first violation.
    pub fn check_schema(&self, name: &str, value: &Value) -> Result<(), Violation> {
        self.check_value("$", &json!({ "$ref": format!("#/components/schemas/{name}") }), value)
    }

    /// The best matching operation of a path: one without parameters precedes one with them.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let path = path.split('?').next()?;
        let paths = self.0["paths"].as_object()?;
        let mut fitting: Vec<_> = paths.iter().filter(|(template, _)| fits(template, path)).collect();
        fitting.sort_by_key(|(template, _)| template.contains('{'));
        fitting.into_iter().find_map(|(_, operations)| operations.get(method.to_lowercase()))
    }

    fn check_value(&self, at: &str, schema: &Value, value: &Value) -> Result<(), Violation> {
        let wrong = |what: String| Err(Violation(format!("{at} {what}: {value}")));
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let found = target.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer));
            return match found {
                Some(schema) => self.check_value(at, schema, value),
                None => wrong(format!("has a schema that is nowhere, {target}")),
            };
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            return self.check_value(at, &self.joined(parts), value);
        }
        if let Some(known) = schema.as_object().and_then(|schema| {
            let known = [
                "type",
                "properties",
                "required",
                "items",
                "oneOf",
                "discriminator",
                "enum",
                "description",
                "format",
                "minimum",
                "pattern",
                "propertyNames",
                "additionalProperties",
                "default",
            ];
            schema.keys().find(|name| !known.contains(&name.as_str()))
        }) {
            return wrong(format!("has a schema with {known}, which this check does not know"));
        }
        if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
            let fits = choices.iter().filter(|choice| self.check_value(at, choice, value).is_ok()).count();
            return if fits == 1 { Ok(()) } else { wrong(format!("fits {fits} of the choices")) };
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array)
            && !values.contains(value)
        {
            return wrong("is none of the values".to_owned());
        }
        let kinds: Vec<_> = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind.as_str()],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(kind, value)) {
            return wrong(format!("is not {}", kinds.join(" or ")));
        }
        if !schema.get("pattern").is_none_or(|pattern| has_form(pattern, value)) {
            return wrong("does not have the form of the pattern".to_owned());
        }
        if schema.get("minimum").and_then(Value::as_i64) == Some(0)
            && value.as_i64().is_some_and(|value| value < 0)
        {
            return wrong("is negative".to_owned());
        }
        match value {
            Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                schema
                    .get("items")
                    .map_or(Ok(()), |schema| self.check_value(&format!("{at}[{index}]"), schema, item))
            }),
            Value::Object(members) => self.check_members(at, schema, members, value),
            _ => Ok(()),
        }
    }

    /// The schema of an object whose members several schemas describe.
    fn joined(&self, parts: &[Value]) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in parts {
            let target = part["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
            let part = target.and_then(|pointer| self.0.pointer(pointer)).unwrap_or(part);
            properties.extend(
                part["properties"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, schema)| (name.clone(), schema.clone())),
            );
            required.extend(part["required"].as_array().into_iter().flatten().cloned());
        }
        json!({ "type": "object", "properties": properties, "required": required })
    }

    fn check_members(
        &self,
        at: &str,
        schema: &Value,
        members: &Map<String, Value>,
        value: &Value,
    ) -> Result<(), Violation> {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return Ok(());
        };
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                return Err(Violation(format!("{at} has no {name}: {value}")));
            }
        }
        members.iter().try_for_each(|(name, value)| match properties.get(name) {
            Some(schema) => self.check_value(&format!("{at}.{name}"), schema, value),
            None => Err(Violation(format!("{at} has {name}, which is not published: {value}"))),
        })
    }
}

/// Checks that the response of a route documents the problem that it is.
fn check_title(response: &Value, content_type: &str, body: &Value) -> Result<(), String> {
    if content_type != "application/problem+json" {
        return Ok(());
    }
    let (titles, title) = (response["description"].as_str(), body["title"].as_str().unwrap_or_default());
    if titles.is_some_and(|titles| titles.split("; or: ").any(|documented| documented == title)) {
        Ok(())
    } else {
        Err(format!("{title} is not among {}", response["description"]))
    }
}

/// Answers have one pattern, [`Time::PATTERN`]. A value that is no text has any form.
fn has_form(pattern: &Value, value: &Value) -> bool {
    let form = |text: &str| text.replace(|digit: char| digit.is_ascii_digit(), "0");
    pattern == Time::PATTERN && value.as_str().is_none_or(|text| form(text) == "0000-00-00T00:00:00.000Z")
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let mut pairs = template.iter().zip(&path);
    template.len() == path.len()
        && pairs.all(|(expected, found)| expected.starts_with('{') || expected == found)
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, path: &str, status: u16, body: &Value) -> Result<(), String> {
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        let checked = Document(evens_contracts::openapi()).check(method, path, status, kind, body);
        checked.map_err(|Violation(what)| what)
    }

    #[test]
    fn an_answer_that_is_not_as_published_is_found() {
        let wallet = |data: Value| json!({ "data": data });
        let good =
            json!({ "userId": 1, "balance": 2.5, "bonusBalance": 0, "lockedBalance": 0, "version": 3 });
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            wallet(changed)
        };
        let mut short = good.clone();
        short.as_object_mut().unwrap().remove("version");
        let rows = [
            (200, wallet(good.clone()), Ok(())),
            (200, with("updatedAt", json!("2026-03-01T12:00:00.000Z")), Ok(())),
            (200, with("updatedAt", json!(null)), Ok(())),
            (
                200,
                with("updatedAt", json!("2026-03-01T12:00:00Z")),
                Err("$.data.updatedAt fits 0 of the choices"),
            ),
            (200, with("balance", json!("2.5")), Err("$.data.balance is not number: \"2.5\"")),
            (200, with("version", json!(-1)), Err("$.data.version is negative: -1")),
            (200, with("userId", json!(1.5)), Err("$.data.userId is not integer: 1.5")),
            (200, with("seed", json!("x")), Err("$.data has seed, which is not published: \"x\"")),
            (200, wallet(json!([])), Err("$.data is not object: []")),
            (200, wallet(short), Err("$.data has no version")),
            (201, wallet(good.clone()), Err("publishes no 201")),
            (409, wallet(good.clone()), Err("publishes no 409")),
            (401, wallet(good.clone()), Err("is not among")),
        ];
        for (status, body, expected) in rows {
            let checked = check("GET", "/api/wallet", status, &body);
            match expected {
                Ok(()) => assert_eq!(checked, Ok(())),
                Err(part) => {
                    let what = checked.unwrap_err();
                    assert!(what.contains(part), "{what} does not say {part}");
                }
            }
        }
    }

    #[test]
    fn lists_and_what_may_be_null_are_checked() {
        assert_eq!(check("GET", "/api/bets", 200, &json!({ "data": [], "nextCursor": null })), Ok(()));
        assert_eq!(
            check("GET", "/api/bets?cursor=x", 200, &json!({ "data": [], "nextCursor": "x" })),
            Ok(())
        );
        assert!(check("GET", "/api/bets", 200, &json!({ "data": [{}], "nextCursor": null })).is_err());
        assert!(check("GET", "/api/bets", 200, &json!({ "data": null, "nextCursor": null })).is_err());
    }
}
