//! The `OpenAPI` document, generated from the table of routes and from the types of the bodies.

use crate::{
    Access, AttendanceAnswer, BetAnswer, BetListAnswer, DeadLetterActionAnswer, DeadLetterActionListAnswer,
    DeadLetterAnswer, DeadLetterListAnswer, DoneAnswer, HealthAnswer, Job, LedgerAnswer, LiveAnswer,
    LoginAnswer, MatchListAnswer, Money, Parameter, PlaceBetAnswer, ProblemBody, ProblemKind, Queue,
    QueueListAnswer, ROUTES, ReadyAnswer, ReferralListAnswer, RefundAnswer, RoundAnswer, Route, RouteBody,
    SignUpAnswer, TokensAnswer, UserAnswer, WalletAnswer,
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
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    for (name, description, schema) in in_query(route.parameter) {
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

/// Name, description and schema of each parameter in the query.
fn in_query(parameter: Option<Parameter>) -> Vec<(&'static str, &'static str, Value)> {
    match parameter {
        Some(Parameter::Cursor) => vec![(
            "cursor",
            "Where the page starts: the nextCursor of the page before",
            json!({ "type": "string" }),
        )],
        Some(Parameter::Month) => vec![(
            "month",
            "Which month; without it, the current one",
            json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$" }),
        )],
        Some(Parameter::DeadLetters) => which_dead_letters(),
        None => Vec::new(),
    }
}

fn which_dead_letters() -> Vec<(&'static str, &'static str, Value)> {
    let text = || json!({ "type": "string", "minLength": 1, "maxLength": 256 });
    let time = || json!({ "type": "string", "format": "date-time" });
    let queues = Queue::ALL.map(Queue::name);
    let number = json!({ "type": "integer", "minimum": 1, "maximum": 1_000 });
    vec![
        ("queue", "Those that this queue gave up", json!({ "type": "string", "enum": queues })),
        ("type", "Those whose job has this type", json!({ "type": "string", "enum": Job::TYPES })),
        ("about", "Those about the user, bet, match or round of this id", text()),
        ("error", "Those whose error has this text somewhere", text()),
        ("since", "Those given up then or later", time()),
        ("until", "Those given up before then", time()),
        ("limit", "How many at most, those given up first", number),
    ]
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

fn body_schema(body: RouteBody) -> Value {
    let amount = json!({ "oneOf": [{ "type": "number" }, { "type": "string" }], "description": "More than 0, at most 8 decimals" });
    let round_id = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^(?!\.{1,2}$)[A-Za-z0-9._-]+$" });
    let side = json!({ "type": "string", "enum": ["A", "B"] });
    let stake_min = json!({ "oneOf": [{ "type": "number" }, { "type": "string" }], "description": "The least stake; the platform's own, if absent or lower" });
    let time = |description| json!({ "type": "string", "format": "date-time", "description": description });
    match body {
        RouteBody::PlaceBet => json!({
            "type": "object",
            "required": ["roundId", "amount", "side"],
            "properties": {
                "userId": { "type": "integer", "minimum": 1, "description": "Must be the token's subject" },
                "roundId": round_id, "amount": amount, "side": side,
            },
        }),
        RouteBody::OpenRound => json!({
            "type": "object",
            "required": ["roundId"],
            "properties": {
                "roundId": round_id,
                "draw": { "type": "string", "enum": ["match", "round", "oracle"], "default": "match" },
                "stakeMin": stake_min, "closesBy": time("Takes no bets from then on; a day after the opening, if absent"),
                "resultBy": time("Has its result by then; a day after closesBy, if absent"),
                "oracle": {
                    "type": "object",
                    "required": ["name", "publicKey"],
                    "properties": { "name": { "type": "string" }, "publicKey": { "type": "string" } },
                },
            },
        }),
        RouteBody::SignUp => json!({
            "type": "object",
            "required": ["phoneNo", "password"],
            "properties": {
                "phoneNo": phone_number(), "password": new_password(), "userName": user_name(),
                "referredBy": { "type": "string", "description": "The referringCode of who told the player" },
            },
        }),
        RouteBody::Login => json!({
            "type": "object",
            "required": ["phoneNo", "password"],
            "properties": { "phoneNo": phone_number(), "password": { "type": "string", "format": "password" } },
        }),
        RouteBody::RefreshToken => json!({
            "type": "object",
            "required": ["refreshToken"],
            "properties": { "refreshToken": { "type": "string" } },
        }),
        RouteBody::Profile => json!({
            "type": "object",
            "minProperties": 1,
            "properties": {
                "userName": user_name(),
                "profilePictureId": { "type": "integer", "minimum": 0, "maximum": u32::MAX },
            },
        }),
        RouteBody::Password => json!({
            "type": "object",
            "required": ["currentPassword", "newPassword"],
            "properties": {
                "currentPassword": { "type": "string", "format": "password" }, "newPassword": new_password(),
            },
        }),
        RouteBody::DeadLetters => {
            let mut properties = json!({
                "action": { "type": "string", "enum": ["redrive", "delete"] },
                "dryRun": { "type": "boolean", "default": false, "description": "Only say what would be done" },
            });
            for (name, description, schema) in which_dead_letters() {
                properties[name] = schema;
                properties[name]["description"] = json!(description);
            }
            let which = ["queue", "type", "about", "error", "since", "until"];
            let any_of: Vec<_> = which.map(|name| json!({ "required": [name] })).to_vec();
            json!({ "type": "object", "required": ["action"], "anyOf": any_of, "properties": properties })
        }
        RouteBody::Result => json!({
            "type": "object",
            "required": ["winner", "signature"],
            "properties": { "winner": side, "signature": { "type": "string" } },
        }),
    }
}

fn phone_number() -> Value {
    json!({ "type": "string", "description": "With country code, or of the platform's own country", "example": "+919876543210" })
}

fn new_password() -> Value {
    json!({ "type": "string", "format": "password", "minLength": 8, "maxLength": 128 })
}

fn user_name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 64 })
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
