//! The table of routes, and the `OpenAPI` document that is made from it.

use evens_contracts::{
    Access, BlockCheck, LIVE, LoginRequest, Method, NamedSchemas, ProblemKind, ROUTES, RateSubject,
    RecoverRequest, RecoveryRequest, RefreshRequest, Route, RouteAnswer, RouteBody, SignUpRequest, Time,
    openapi,
};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The routes in the document.
fn documented() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain([&LIVE])
}

pub(crate) fn operation<'a>(document: &'a Value, route: &Route) -> &'a Value {
    let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
    assert!(operation.is_object(), "{} {} is not there", route.method.as_str(), route.path);
    operation
}

/// Visits every value in the document, together with the path to it.
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

/// If two types had the same name, the document would describe only one of them, and be wrong about the other.
#[test]
fn a_schemas_name_is_that_of_one_type() {
    let mut all = NamedSchemas::new();
    for answer in documented().filter_map(|route| route.answer) {
        answer.add_schemas(&mut all);
    }
    let mut known = HashMap::new();
    for (name, schema) in all {
        let schema = json!(schema);
        assert_eq!(known.entry(name.clone()).or_insert_with(|| schema.clone()), &schema, "{name}");
    }
}

/// Clients and linters need a server to send the requests to.
#[test]
fn the_document_names_its_server() {
    assert_eq!(openapi()["servers"], json!([{ "url": "/" }]));
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
        assert!(answer.is_some() || path == "/openapi.json", "{path}");
        assert!(route.body.is_none() || route.method != Method::Get, "{path}");
        // A body has no room for the parameters of a file.
        assert!(route.in_query.is_empty() || route.method == Method::Get || route.takes_file, "{path}");
        assert!(!route.takes_file || (route.method == Method::Post && route.body.is_none()), "{path}");
    }
}

#[test]
fn every_function_is_a_folder() {
    let functions = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    for Route { function, .. } in ROUTES {
        assert!(functions.join(function).is_dir(), "functions/{function}");
    }
}

/// The route that places a bet on a game.
pub(crate) const GAME_BET: &str = "/api/games/{gameType}/{duration}/bet";

#[test]
fn public_are_reads_and_what_gives_out_tokens_or_ends_them() {
    let changes = ROUTES.iter().filter(|route| {
        let takes_credentials = route.body.is_some_and(|body| {
            [
                RouteBody::of::<SignUpRequest>(),
                RouteBody::of::<LoginRequest>(),
                RouteBody::of::<RefreshRequest>(),
                RouteBody::of::<RecoveryRequest>(),
                RouteBody::of::<RecoverRequest>(),
            ]
            .contains(&body)
        });
        let is_read = route.method == Method::Get && route.body.is_none();
        assert!(route.access != Access::Public || takes_credentials || is_read, "{}", route.path);
        route.access == Access::Public && !is_read
    });
    let changes: Vec<_> = changes.map(|route| route.path).collect();
    let names = ["signup", "login", "refresh", "logout", "recovery", "recovery/{recoveryId}"];
    assert_eq!(changes, names.map(|name| format!("/api/users/{name}")));
}

/// D23, X38: a known user has a budget of their own; all others share the budget of their address.
#[test]
fn every_route_that_changes_or_reads_what_is_somebodys_has_a_budget() {
    for route in ROUTES {
        let subject = route.rate.map(|rate| rate.rules().subject);
        let expected = match (route.access, route.method) {
            // The data that these routes read or send costs more than the counting of their requests.
            (Access::Public, Method::Get)
                if ["jackpot-pools", "periods", "rounds"].contains(&route.function)
                    || route.path == "/openapi.json" =>
            {
                Some(RateSubject::Address)
            }
            // A provider sends as much as it has to report, and never has to come back later.
            (Access::Public, Method::Get) | (Access::Provider, _) => None,
            // The handler counts it by number and by address, once the number is read.
            (Access::Public, Method::Post) if route.body == Some(RouteBody::of::<RecoveryRequest>()) => None,
            (Access::Public, Method::Post | Method::Patch) => Some(RateSubject::Address),
            (Access::Player | Access::Staff(_), _) => Some(RateSubject::User),
        };
        assert_eq!(subject, expected, "{} {}", route.method.as_str(), route.path);
    }
}

/// A blocked account places no bet and opens no deposit, no matter which checks it passed before: the check is a
/// condition only in the transaction.
#[test]
fn routes_that_move_money_check_the_block_in_their_transaction() {
    for route in ROUTES {
        let in_transaction = route.block_check == BlockCheck::InTransaction;
        assert_eq!(in_transaction, route.takes_idempotency_key, "{}", route.path);
    }
}

#[test]
fn the_document_has_the_routes_and_no_others() {
    let document = openapi();
    let paths = document["paths"].as_object().unwrap();
    let operations: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(operations, documented().count());
    let ids: HashSet<_> =
        documented().map(|route| operation(&document, route)["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), operations, "{ids:?}");
    assert!(ids.contains("postRoundsRoundIdClose"), "{ids:?}");
}

#[test]
fn operations_say_what_the_table_says() {
    let document = openapi();
    for route in documented() {
        let operation = operation(&document, route);
        let path = route.path;
        assert_eq!(operation["summary"], route.summary);
        let security = if route.access.takes_token() { json!([{ "token": [] }]) } else { json!([]) };
        assert_eq!(operation["security"], security, "{path}");
        let takes_body = route.body.is_some() || route.takes_file;
        assert_eq!(operation.get("requestBody").is_some(), takes_body, "{path}");
        let success =
            &operation["responses"][route.success.to_string()]["content"]["application/json"]["schema"];
        let expected = match route.answer.map(RouteAnswer::name) {
            None => json!({ "type": "object" }),
            Some(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
        };
        assert_eq!(success, &expected, "{path}");
        let parameters = operation["parameters"].as_array().unwrap();
        let named = |place: &str| -> Vec<_> {
            let here = parameters.iter().filter(|parameter| parameter["in"] == place);
            here.map(|parameter| parameter["name"].as_str().unwrap()).collect()
        };
        let in_path: Vec<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(named("path"), in_path, "{path}");
        assert!(route.in_path.iter().all(|parameter| in_path.contains(&parameter.name)), "{path}");
        let in_query: Vec<_> = route.in_query.iter().map(|parameter| parameter.name).collect();
        assert_eq!(named("query"), in_query, "{path}");
    }
}

#[test]
fn the_idempotency_key_belongs_to_what_a_player_does_with_money() {
    let document = openapi();
    for route in ROUTES {
        let parameters = operation(&document, route)["parameters"].as_array().unwrap();
        let takes_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        let moves_money = ["/api/bets", GAME_BET, "/api/deposits", "/api/withdrawals"].contains(&route.path);
        assert_eq!(takes_key, moves_money && route.method == Method::Post, "{}", route.path);
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
    for route in documented() {
        for (status, response) in operation(&document, route)["responses"].as_object().unwrap() {
            if [Some(route.success), route.unchanged]
                .iter()
                .flatten()
                .any(|success| *status == success.to_string())
            {
                continue;
            }
            if *status == "304" {
                assert!(route.has_etag && response["content"].is_null(), "{}", route.path);
                continue;
            }
            let kinds: Vec<_> =
                ProblemKind::ALL.iter().filter(|kind| kind.status().to_string() == *status).collect();
            let description = response["description"].as_str().unwrap();
            assert!(kinds.iter().any(|kind| description.contains(kind.title())), "{} {status}", route.path);
            assert_eq!(response["content"]["application/problem+json"], problem, "{} {status}", route.path);
        }
    }
}

/// No answer shows the stored form of a password: the only hashes are those of the ledger's chain, of a seed, of a
/// bet's nonce and of a block.
#[test]
fn no_answer_has_a_place_for_a_password_or_its_hash() {
    let document = openapi();
    let mut places = Vec::new();
    for (schema, described) in document["components"]["schemas"].as_object().unwrap() {
        walk(schema, described, &mut |way, value| {
            for property in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let name = property.0.to_lowercase();
                if ["hash", "password", "phc", "secret", "digest"].iter().any(|word| name.contains(word)) {
                    places.push(format!("{way}.{}", property.0));
                }
            }
        });
    }
    let nonces = ["BetBody.nonceHash", "PlacedBetBody.nonceHash"];
    let (log, chain) =
        (["AuditLineBody.hash", "AuditLineBody.previousHash"], ["EntryBody.hash", "EntryBody.previousHash"]);
    let [of_block, of_now, next] =
        ["BlockBody.hash", "CurrentPeriodBody.seedHash", "NextPeriodBody.seedHash"];
    let of_drawn = ["VerificationBody.hash", "VerificationBody.seedHash"];
    let (since, of_round) = ("PayoutPlayerBody.passwordSince", "RoundBody.seedHash");
    let of_games = [nonces[0], of_block, of_now, chain[0], chain[1], next, since, nonces[1], of_round];
    let expected = [log.as_slice(), &of_games, &of_drawn].concat();
    assert_eq!(places, expected);
}

/// Texts of times sort like the times, because all have three decimals. Only the ledger and the audit log keep the text
/// that was hashed.
#[test]
fn times_have_three_decimals_except_where_a_hash_covers_the_text() {
    let document = openapi();
    let (mut times, mut hashed) = (0, Vec::new());
    for (schema, described) in document["components"]["schemas"].as_object().unwrap() {
        walk(schema, described, &mut |way, value| {
            for (name, described) in value.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                let text = described.to_string();
                let is_named = name == "at"
                    || name == "since"
                    || name == "until"
                    || name.ends_with("At")
                    || name.ends_with("_at");
                if text.contains("/schemas/Time\"") {
                    times += 1;
                } else if text.contains("/schemas/HashedTime\"") {
                    hashed.push(format!("{way}.{name}"));
                } else {
                    assert!(!is_named && !text.contains("RFC 3339"), "{way}.{name} is no time: {described}");
                }
            }
        });
    }
    assert_eq!(hashed, ["AuditLineBody.at", "EntryBody.createdAt"]);
    assert!(times > 50, "{times}");
    assert_eq!(document["components"]["schemas"]["Time"]["pattern"], Time::PATTERN);
}

#[test]
fn an_unhealthy_system_answers_health_with_its_state() {
    let document = openapi();
    for (path, answer) in [("/health", "HealthAnswer"), ("/health/ready", "ReadyAnswer")] {
        let health = ROUTES.iter().find(|route| route.path == path).unwrap();
        let unavailable = &operation(&document, health)["responses"]["503"]["content"]["application/json"];
        assert_eq!(unavailable["schema"]["$ref"], format!("#/components/schemas/{answer}"));
    }
}

#[test]
fn every_kind_of_problem_is_documented() {
    for &kind in ProblemKind::ALL {
        // 405 is the answer to paths and methods that are not routes, and 426 one of the live channel, which is no
        // route either.
        let is_of_none = matches!(kind, ProblemKind::MethodNotAllowed | ProblemKind::UpgradeRequired);
        assert_eq!(ROUTES.iter().any(|route| route.may_answer(kind)), !is_of_none, "{kind:?}");
    }
}

/// A paused stage refuses each change by a player, but no login.
#[test]
fn changes_by_players_document_a_pause() {
    for route in ROUTES {
        let is_change = route.access == Access::Player && route.method != Method::Get;
        let of_anyone = [
            RouteBody::of::<SignUpRequest>(),
            RouteBody::of::<RecoveryRequest>(),
            RouteBody::of::<RecoverRequest>(),
        ];
        let is_for_anyone = route.body.is_some_and(|body| of_anyone.contains(&body));
        assert_eq!(route.may_answer(ProblemKind::Paused), is_change || is_for_anyone, "{}", route.path);
    }
}

/// Acts of staff that need no recent login, with the reason. All others must document that they need one.
const WITHOUT_RECENT_LOGIN: [(&str, &str); 5] = [
    ("POST /api/rounds", "a round can be cancelled"),
    ("POST /api/rounds/{roundId}/result", "an oracle is a program, and signs the result"),
    ("POST /api/games/{gameType}/{duration}/block", "an oracle is a program, and signs the block"),
    ("POST /api/jackpots/contribute", "a contributor is a program of a partner"),
    ("POST /api/operator/dead-letters/{deadLetterId}/redrive", "a job that is sent again is harmless"),
];

#[test]
fn acts_of_staff_need_a_recent_login() {
    let acts =
        ROUTES.iter().filter(|route| matches!(route.access, Access::Staff(_)) && route.method != Method::Get);
    let without = acts
        .filter(|route| !route.may_answer(ProblemKind::LoginTooOld))
        .map(|route| format!("{} {}", route.method.as_str(), route.path));
    assert_eq!(without.collect::<Vec<_>>(), WITHOUT_RECENT_LOGIN.map(|(route, _)| route.to_owned()));
}
