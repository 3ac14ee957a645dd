//! The `OpenAPI` document, generated from the table of routes and from the types of the bodies.

use crate::{FILE_TYPE, LIVE, Money, Parameter, ProblemBody, ProblemKind, ROUTES, Route, RouteAnswer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The routes in the document: those of functions, and the poll of the live channel.
fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain([&LIVE])
}

/// The `OpenAPI` document.
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for route in routes() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Evens",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "Bets at even odds. Amounts are exact decimals: parse the text of JSON numbers as \
             decimals.",
        },
        // The API is where the document is.
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": responses(route),
        // An empty list says that no token is needed.
        "security": if route.access.takes_token() { json!([{ "token": [] }]) } else { json!([]) },
    });
    if let Some(body) = route.body {
        let schema = json!({ "schema": body.schema() });
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": schema } });
    }
    if route.takes_file {
        operation["requestBody"] = json!({ "required": true, "content": { FILE_TYPE: {} } });
    }
    operation
}

/// `POST /api/rounds/{roundId}/close` is `postRoundsRoundIdClose`.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|character: char| !character.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty() && *word != "api");
    let mut id = route.method.as_str().to_lowercase();
    for word in words {
        let (first, rest) = word.split_at(1);
        id.push_str(&first.to_uppercase());
        id.push_str(rest);
    }
    id
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<_> = in_path
        .map(|name| {
            let row = route.in_path.iter().find(|row| row.name == name);
            let schema = row.map_or_else(|| json!({ "type": "string" }), |row| (row.schema)());
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    for Parameter { name, description, schema } in route.in_query {
        parameters
            .push(json!({ "name": name, "in": "query", "description": description, "schema": schema() }));
    }
    if route.takes_idempotency_key {
        let description = "A repeat with the same key and body gets the first answer again";
        let schema =
            json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -+\\--~]+$" });
        let name = "Idempotency-Key";
        parameters
            .push(json!({ "name": name, "in": "header", "description": description, "schema": schema }));
    }
    if route.has_etag {
        let description =
            "The ETag of an answer that the client has. If it is the current one, the answer is 304";
        let schema = json!({ "type": "string" });
        parameters.push(
            json!({ "name": "If-None-Match", "in": "header", "description": description, "schema": schema }),
        );
    }
    parameters
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    let any_object = json!({ "type": "object" });
    let schema = route.answer.map_or(any_object, |answer| reference(&answer.name()));
    let content = json!({ "application/json": { "schema": schema } });
    let mut success = json!({ "description": "Success", "content": content });
    if route.has_etag {
        let etag = json!({ "ETag": { "description": "For If-None-Match", "schema": { "type": "string" } } });
        let unchanged = json!({ "description": "Not modified, without a body", "headers": etag });
        responses.insert("304".to_owned(), unchanged);
        success["headers"] = etag;
    }
    if let Some(unchanged) = route.unchanged {
        let mut success = success.clone();
        success["description"] = json!("Success, and nothing new was stored");
        responses.insert(unchanged.to_string(), success);
    }
    responses.insert(route.success.to_string(), success);
    let mut titles = BTreeMap::<u16, Vec<&str>>::new();
    for &kind in ProblemKind::ALL {
        if route.may_answer(kind) {
            titles.entry(kind.status()).or_default().push(kind.title());
        }
    }
    for (status, titles) in titles {
        let content = json!({ "application/problem+json": { "schema": reference("ProblemBody") } });
        let described = json!({ "description": titles.join("; or: "), "content": content });
        responses.insert(status.to_string(), described);
    }
    if route.is_told_unavailable {
        responses["503"]["content"]["application/json"] = json!({ "schema": schema });
    }
    Value::Object(responses)
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// The schemas of all answers, and of types that occur in any answer.
fn schemas() -> Value {
    let mut all = Vec::new();
    let everywhere = [RouteAnswer::of::<Money>(), RouteAnswer::of::<ProblemBody>()];
    for answer in routes().filter_map(|route| route.answer).chain(everywhere) {
        answer.add_schemas(&mut all);
    }
    all.into_iter().map(|(name, schema)| (name, json!(schema))).collect()
}
