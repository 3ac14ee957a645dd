//! The `OpenAPI` document, generated from the table of routes and from the types of the bodies.

use crate::request_schema::{body_schema, month, round_id, which_dead_letters};
use crate::{
    Access, AttendanceAnswer, BetAnswer, BetListAnswer, DeadLetterActionAnswer, DeadLetterActionListAnswer,
    DeadLetterAnswer, DeadLetterListAnswer, DoneAnswer, HealthAnswer, LedgerAnswer, LiveAnswer, LoginAnswer,
    MatchListAnswer, Money, Parameter, PlaceBetAnswer, ProblemBody, ProblemKind, QueueListAnswer, ROUTES,
    ReadyAnswer, ReferralListAnswer, RefundAnswer, RoundAnswer, Route, RouteBody, SignUpAnswer, TokensAnswer,
    UserAnswer, WalletAnswer,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::{PartialSchema, ToSchema};

/// The document.
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Evens",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "Bets at even odds. Amounts are exact decimals: read JSON numbers from their text.",
        },
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
    });
    if route.access != Access::Public {
        operation["security"] = json!([{ "token": [] }]);
    }
    if let Some(body) = route.body {
        let schema = json!({ "schema": body_schema(body) });
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": schema } });
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
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": in_path_schema(name) }))
        .collect();
    for (name, description, schema) in in_query(route) {
        parameters.push(json!({ "name": name, "in": "query", "description": description, "schema": schema }));
    }
    if route.body == Some(RouteBody::PlaceBet) {
        let description = "A repeat with the same key and body is answered as the first one was";
        let schema =
            json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -+\\--~]+$" });
        let name = "Idempotency-Key";
        parameters
            .push(json!({ "name": name, "in": "header", "description": description, "schema": schema }));
    }
    parameters
}

/// What cannot be the id of a bet or a dead letter is one that is not there.
fn in_path_schema(name: &str) -> Value {
    if name == "roundId" { round_id() } else { json!({ "type": "string" }) }
}

/// Matches have no numbers: their pages follow a match.
fn cursor_format(route: &Route) -> &'static str {
    if route.answer == "MatchListAnswer" { "match-cursor" } else { "cursor" }
}

/// Name, description and schema of each parameter in the query.
fn in_query(route: &Route) -> Vec<(&'static str, &'static str, Value)> {
    match route.parameter {
        Some(Parameter::Cursor) => vec![(
            "cursor",
            "Where the page starts: the nextCursor of the page before",
            json!({ "type": "string", "format": cursor_format(route) }),
        )],
        Some(Parameter::Month) => {
            vec![("month", "Which month; without it, the current one", month())]
        }
        Some(Parameter::DeadLetters) => which_dead_letters(),
        None => Vec::new(),
    }
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    let schema = match route.answer {
        "" => json!({ "type": "object" }),
        name => json!({ "$ref": format!("#/components/schemas/{name}") }),
    };
    let success =
        json!({ "description": "Success", "content": { "application/json": { "schema": schema } } });
    responses.insert(route.success.to_string(), success);
    let mut titles = BTreeMap::<u16, Vec<&str>>::new();
    for kind in ProblemKind::ALL {
        if may_answer(route, kind) {
            titles.entry(kind.status()).or_default().push(kind.title());
        }
    }
    for (status, titles) in titles {
        let schema = json!({ "$ref": "#/components/schemas/ProblemBody" });
        let content = json!({ "application/problem+json": { "schema": schema } });
        let described = json!({ "description": titles.join("; or: "), "content": content });
        responses.insert(status.to_string(), described);
    }
    if ["HealthAnswer", "ReadyAnswer"].contains(&route.answer) {
        let schema = json!({ "$ref": format!("#/components/schemas/{}", route.answer) });
        responses["503"]["content"]["application/json"] = json!({ "schema": schema });
    }
    Value::Object(responses)
}

/// Every kind stands here with the routes that may answer it. No route answers 405: that is for what is not a route.
fn may_answer(route: &Route, kind: ProblemKind) -> bool {
    let places_bet = route.body == Some(RouteBody::PlaceBet);
    let steps_a_round = route.function == "operate-rounds" && route.path.contains("{roundId}");
    let lists_matches = route.answer == "MatchListAnswer";
    let (signs_up, logs_in) = (route.body == Some(RouteBody::SignUp), route.body == Some(RouteBody::Login));
    match kind {
        ProblemKind::InsufficientBalance
        | ProblemKind::IdempotencyKeyReused
        | ProblemKind::TooManyWaitingBets => places_bet,
        ProblemKind::MalformedBody | ProblemKind::UnsupportedMediaType | ProblemKind::PayloadTooLarge => {
            route.body.is_some()
        }
        ProblemKind::Unauthorized | ProblemKind::Forbidden => route.access != Access::Public,
        ProblemKind::WrongCredentials => logs_in,
        ProblemKind::SessionEnded => route.body == Some(RouteBody::RefreshToken),
        ProblemKind::AccountBlocked => {
            logs_in || route.access != Access::Public || route.path == "/api/users/refresh"
        }
        ProblemKind::WrongPassword => route.body == Some(RouteBody::Password),
        ProblemKind::PhoneNumberTaken => signs_up,
        ProblemKind::NotFound => {
            places_bet || route.path.contains('{') || route.path.starts_with("/api/users/me")
        }
        ProblemKind::MethodNotAllowed => false,
        ProblemKind::RoundState => {
            places_bet || steps_a_round || lists_matches || route.function == "request-refund"
        }
        ProblemKind::RoundExists => route.body == Some(RouteBody::OpenRound),
        ProblemKind::NotAJob => route.path == "/api/operator/dead-letters/{deadLetterId}/redrive",
        ProblemKind::NothingToRefund => route.function == "request-refund",
        ProblemKind::Invalid => {
            route.body.is_some() || route.parameter.is_some() || route.path.contains("{roundId}")
        }
        ProblemKind::RequestTimeout
        | ProblemKind::TooManyRequests
        | ProblemKind::Internal
        | ProblemKind::Unavailable => true,
    }
}

fn schemas() -> Value {
    let mut all = Vec::new();
    macro_rules! collect {
        ($($schema:ty),*) => {$(
            all.push((<$schema>::name().into_owned(), <$schema>::schema()));
            <$schema>::schemas(&mut all);
        )*};
    }
    collect!(
        AttendanceAnswer,
        BetAnswer,
        BetListAnswer,
        DeadLetterActionAnswer,
        DeadLetterActionListAnswer,
        DeadLetterAnswer,
        DeadLetterListAnswer,
        DoneAnswer,
        HealthAnswer,
        LiveAnswer,
        ReadyAnswer,
        LedgerAnswer,
        LoginAnswer,
        MatchListAnswer,
        Money,
        PlaceBetAnswer,
        ProblemBody,
        QueueListAnswer,
        ReferralListAnswer,
        RefundAnswer,
        RoundAnswer,
        SignUpAnswer,
        TokensAnswer,
        UserAnswer,
        WalletAnswer
    );
    all.into_iter().map(|(name, schema)| (name, json!(schema))).collect()
}
