//! The table of routes, and the `OpenAPI` document that is made from it.

#![cfg(test)]

use evens_contracts::{Access, Method, ProblemKind, ROUTES, Route, openapi};
use serde_json::{Value, json};
use std::collections::HashSet;

fn operation<'a>(document: &'a Value, route: &Route) -> &'a Value {
    let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
    assert!(operation.is_object(), "{} {} is not there", route.method.as_str(), route.path);
    operation
}

/// Every value in the document, with the way to it.
fn walk<'a>(way: &str, value: &'a Value, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(way, value);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                walk(&format!("{way}/{name}"), value, visit);
            }
        }
        Value::Array(items) => {
            for value in items {
                walk(&format!("{way}/-"), value, visit);
            }
        }
        _ => {}
    }
}

#[test]
fn no_route_stands_in_the_table_twice() {
    let mut places = HashSet::new();
    for Route { method, path, .. } in ROUTES {
        assert!(places.insert((method.as_str(), *path)), "{} {path}", method.as_str());
    }
}

#[test]
fn routes_are_filled_in() {
    for route in ROUTES {
        let Route { path, function, success, answer, summary, .. } = *route;
        assert!(path.starts_with('/') && !path.ends_with('/'), "{path}");
        assert!(!function.is_empty() && !summary.is_empty() && !summary.ends_with('.'), "{path}");
        assert!((200..300).contains(&success), "{path}");
        assert!(!answer.is_empty() || path == "/openapi.json", "{path}");
        assert!(route.body.is_none() || route.method == Method::Post, "{path}");
        assert!(!route.paged || route.method == Method::Get, "{path}");
    }
}

#[test]
fn every_function_is_a_folder() {
    let functions = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    for Route { function, .. } in ROUTES {
        assert!(functions.join(function).is_dir(), "functions/{function}");
    }
}

#[test]
fn only_reads_are_public() {
    for route in ROUTES.iter().filter(|route| route.access == Access::Public) {
        assert_eq!(route.method, Method::Get, "{}", route.path);
    }
}

#[test]
fn the_document_has_the_routes_and_no_others() {
    let document = openapi();
    let paths = document["paths"].as_object().unwrap();
    let operations: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(operations, ROUTES.len());
    let ids: HashSet<_> =
        ROUTES.iter().map(|route| operation(&document, route)["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), ROUTES.len(), "{ids:?}");
    assert!(ids.contains("postRoundsRoundIdClose"), "{ids:?}");
}

#[test]
fn operations_say_what_the_table_says() {
    let document = openapi();
    for route in ROUTES {
        let operation = operation(&document, route);
        let path = route.path;
        assert_eq!(operation["summary"], route.summary);
        assert_eq!(operation.get("security").is_some(), route.access != Access::Public, "{path}");
        assert_eq!(operation.get("requestBody").is_some(), route.body.is_some(), "{path}");
        let success =
            &operation["responses"][route.success.to_string()]["content"]["application/json"]["schema"];
        let expected = match route.answer {
            "" => json!({ "type": "object" }),
            name => json!({ "$ref": format!("#/components/schemas/{name}") }),
        };
        assert_eq!(success, &expected, "{path}");
        let parameters = operation["parameters"].as_array().unwrap();
        let named = |place: &str| -> Vec<_> {
            let here = parameters.iter().filter(|parameter| parameter["in"] == place);
            here.map(|parameter| parameter["name"].as_str().unwrap()).collect()
        };
        let in_path: Vec<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(named("path"), in_path, "{path}");
        assert_eq!(named("query"), if route.paged { vec!["cursor"] } else { vec![] }, "{path}");
    }
}

#[test]
fn the_idempotency_key_belongs_to_placing_a_bet() {
    let document = openapi();
    for route in ROUTES {
        let parameters = operation(&document, route)["parameters"].as_array().unwrap();
        let takes_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        assert_eq!(takes_key, (route.method, route.path) == (Method::Post, "/api/bets"), "{}", route.path);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi();
    let mut references = 0;
    walk("#", &document, &mut |way, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            references += 1;
            let pointer = target.strip_prefix('#').expect("inside the document");
            assert!(document.pointer(pointer).is_some(), "{way} leads to {target}");
        }
    });
    assert!(references > ROUTES.len());
}

#[test]
fn every_schema_is_used() {
    let document = openapi();
    let mut used = HashSet::new();
    walk("#", &document, &mut |_, value| {
        used.extend(value.get("$ref").and_then(Value::as_str));
    });
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(used.contains(&*format!("#/components/schemas/{name}")), "{name}");
    }
}

#[test]
fn every_response_is_a_success_or_a_problem_of_its_status() {
    let document = openapi();
    let problem = json!({ "schema": { "$ref": "#/components/schemas/ProblemBody" } });
    for route in ROUTES {
        for (status, response) in operation(&document, route)["responses"].as_object().unwrap() {
            if *status == route.success.to_string() {
                continue;
            }
            let kinds: Vec<_> =
                ProblemKind::ALL.into_iter().filter(|kind| kind.status().to_string() == *status).collect();
            let description = response["description"].as_str().unwrap();
            assert!(kinds.iter().any(|kind| description.contains(kind.title())), "{} {status}", route.path);
            assert_eq!(response["content"]["application/problem+json"], problem, "{} {status}", route.path);
        }
    }
}

#[test]
fn every_kind_of_problem_is_documented_where_it_is_answered() {
    let document = openapi();
    let is_documented = |route: &Route, kind: ProblemKind| {
        let response = &operation(&document, route)["responses"][kind.status().to_string()];
        response["description"].as_str().is_some_and(|description| description.contains(kind.title()))
    };
    let routes = |kind| -> Vec<_> {
        let routes = ROUTES.iter().filter(|route| is_documented(route, kind));
        routes.map(|route| format!("{} {}", route.method.as_str(), route.path)).collect()
    };
    for kind in ProblemKind::ALL {
        // 405 answers what is no route, so that no route answers it.
        assert_eq!(routes(kind).is_empty(), kind == ProblemKind::MethodNotAllowed, "{kind:?}");
    }
    for kind in [
        ProblemKind::Internal,
        ProblemKind::Unavailable,
        ProblemKind::RequestTimeout,
        ProblemKind::TooManyRequests,
    ] {
        assert_eq!(routes(kind).len(), ROUTES.len(), "{kind:?}");
    }
    assert_eq!(routes(ProblemKind::InsufficientBalance), ["POST /api/bets"]);
    assert_eq!(routes(ProblemKind::IdempotencyKeyReused), ["POST /api/bets"]);
    assert_eq!(routes(ProblemKind::RoundExists), ["POST /api/rounds"]);
    assert_eq!(routes(ProblemKind::NothingToRefund), ["POST /api/bets/{betId}/refund"]);
    let steps = ["close", "result", "cancel"].map(|step| format!("POST /api/rounds/{{roundId}}/{step}"));
    let matches = "GET /api/rounds/{roundId}/matches".to_owned();
    let by_state = [&["POST /api/bets".to_owned(), matches.clone()], steps.as_slice()].concat();
    assert_eq!(routes(ProblemKind::RoundState), by_state);
    let of_one_bet = ["GET /api/bets/{betId}", "POST /api/bets/{betId}/refund"].map(str::to_owned);
    let of_one_round = [&["GET /api/rounds/{roundId}".to_owned(), matches], steps.as_slice()].concat();
    assert_eq!(routes(ProblemKind::NotFound), [of_one_bet.as_slice(), &of_one_round].concat());
    assert_eq!(routes(ProblemKind::UnsupportedMediaType), routes(ProblemKind::MalformedBody));
}

#[test]
fn an_unhealthy_system_answers_health_with_its_state() {
    let document = openapi();
    let health = ROUTES.iter().find(|route| route.path == "/health").unwrap();
    let unavailable = &operation(&document, health)["responses"]["503"]["content"]["application/json"];
    assert_eq!(unavailable["schema"]["$ref"], "#/components/schemas/HealthAnswer");
}
