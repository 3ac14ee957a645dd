//! [`Draft`]: a request that is put together from parts, so that any of them can be made wrong.

use crate::world::World;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::{Access, Method, Route};
use evens_tests::Request;
use serde_json::json;

/// A request in parts.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) method: &'static str,
    /// What stands before the path: nothing, in a good request.
    pub(crate) prefix: &'static str,
    /// The path; `{betId}` and `{roundId}` are filled in from the world.
    pub(crate) path: String,
    pub(crate) query: &'static str,
    /// The name of a token of the world.
    pub(crate) token: Option<&'static str>,
    /// The whole value of the header, instead of that of a bearer token.
    pub(crate) authorization: Vec<&'static str>,
    pub(crate) content_types: Vec<&'static str>,
    /// The body's fields, as JSON.
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) has_body: bool,
    /// A body instead of the fields.
    pub(crate) raw: Option<Vec<u8>>,
    pub(crate) keys: Vec<Vec<u8>>,
}

impl Draft {
    /// Writes a field as that JSON; an empty one leaves it out.
    pub(crate) fn set(&mut self, field: &'static str, json: impl Into<String>) {
        self.fields.retain(|(name, _)| *name != field);
        let json = json.into();
        if !json.is_empty() {
            self.fields.push((field, json));
        }
    }

    pub(crate) fn request(&self, world: &World) -> Request {
        let path = self.path.replace("{betId}", &world.bet_id);
        let mut request = Request::new(self.method, format!("{}{path}{}", self.prefix, self.query));
        for value in &self.authorization {
            request = request.header("authorization", *value);
        }
        if let Some(token) = self.token {
            request = request.header("authorization", format!("Bearer {}", world.token(token)));
        }
        for content_type in &self.content_types {
            request = request.header("content-type", *content_type);
        }
        for key in &self.keys {
            request = request.header("idempotency-key", key.clone());
        }
        let fields: Vec<_> = self.fields.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
        request.body = match &self.raw {
            Some(raw) => raw.clone(),
            None if self.has_body => format!("{{{}}}", fields.join(",")).into_bytes(),
            None => Vec::new(),
        };
        request
    }
}

/// A request to a route that is answered with success.
pub(crate) fn good(route: &Route) -> Draft {
    let token = match route.access {
        Access::Public => None,
        Access::Player => Some("player"),
        Access::Operator => Some("operator"),
        Access::Oracle => Some("oracle"),
    };
    let text = |text: &str| json!(text).to_string();
    let (path, fields): (&str, Vec<(&'static str, String)>) = match (route.method, route.path) {
        (Method::Post, "/api/bets") => {
            let fields =
                [("userId", "41".to_owned()), ("roundId", text("open")), ("amount", "1.50".to_owned())];
            (route.path, fields.into_iter().chain([("side", text("A"))]).collect())
        }
        (Method::Post, "/api/rounds") => {
            (route.path, vec![("roundId", text("another")), ("draw", text("match"))])
        }
        (Method::Post, "/api/rounds/{roundId}/result") => {
            let signature = text(&BASE64_STANDARD.encode(World::oracle_signature()));
            ("/api/rounds/with-oracle/result", vec![("winner", text("A")), ("signature", signature)])
        }
        (Method::Post, "/api/rounds/{roundId}/close") => ("/api/rounds/to-close/close", Vec::new()),
        (Method::Post, "/api/rounds/{roundId}/cancel") => ("/api/rounds/to-cancel/cancel", Vec::new()),
        (Method::Get, "/api/rounds/{roundId}") => ("/api/rounds/open", Vec::new()),
        (Method::Get, "/api/rounds/{roundId}/matches") => ("/api/rounds/closed/matches", Vec::new()),
        (
            Method::Get,
            "/api/bets" | "/api/bets/{betId}" | "/api/wallet" | "/api/wallet/ledger" | "/health"
            | "/openapi.json",
        )
        | (Method::Post, "/api/bets/{betId}/refund") => (route.path, Vec::new()),
        (method, path) => panic!("{} {path} is in ROUTES and has no good request here", method.as_str()),
    };
    let content_types = if route.body.is_some() { vec!["application/json"] } else { Vec::new() };
    Draft {
        method: route.method.as_str(),
        prefix: "",
        path: path.to_owned(),
        query: "",
        token,
        authorization: Vec::new(),
        content_types,
        fields,
        has_body: route.body.is_some(),
        raw: None,
        keys: Vec::new(),
    }
}
