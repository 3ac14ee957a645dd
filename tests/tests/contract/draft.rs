//! [`Draft`]: a request built from parts, so that a test can make any part wrong.

use crate::blocks;
use crate::decided::reference;
use crate::world::{BLOCKED, MANAGED, World};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::{Access, FILE_TYPE, Method, Route};
use evens_tests::{Request, phone};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) method: &'static str,
    /// A prefix of the path, empty in a good request.
    pub(crate) prefix: &'static str,
    /// The path. `{betId}`, `{roundId}`, `{orderId}`, `{reportId}`, `{payeeId}` and `{periodId}` are filled in from the
    /// world, as is `{periodToCancel}` in fields. `{deadLetterId}` and the bet or match that an operator refunds are
    /// created for the request.
    pub(crate) path: String,
    pub(crate) query: &'static str,
    /// The name of a token in [`World`].
    pub(crate) token: Option<&'static str>,
    /// Complete header values that replace the bearer token.
    pub(crate) authorization: Vec<&'static str>,
    pub(crate) content_types: Vec<&'static str>,
    pub(crate) content_encodings: Vec<&'static str>,
    /// The fields of the body, as JSON.
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) has_body: bool,
    /// A body that replaces the fields.
    pub(crate) raw: Option<Vec<u8>>,
    pub(crate) keys: Vec<Vec<u8>>,
    /// The header that a trusted proxy sets.
    pub(crate) forwarded_for: Option<&'static str>,
}

/// The path prefix of callbacks, which are signed when the request is made.
const CALLBACKS: &str = "/api/payments/callback";

const WITHDRAWALS: &str = "/api/withdrawals/";

const PAYEES: &str = "/api/payees/";

/// The path prefix of a cashier's decisions on withdrawals.
const DECISIONS: &str = "/api/operator/withdrawals/";

/// The path prefix of a cashier's decisions on deposits.
const REFUNDS: &str = "/api/operator/deposits/";

/// In a field: a refresh token that is issued when the request is made.
const FRESH_REFRESH_TOKEN: &str = "{refreshToken}";

/// In a path: a dead letter that is created when the request is made.
const FRESH_DEAD_LETTER: &str = "{deadLetterId}";

/// In a path: an unmatched bet, and an overdue match. Both are created when the request is made.
const FRESH_BET: &str = "{freshBetId}";
const FRESH_MATCH: &str = "{matchId}";

/// In a path: a recovery that begins when the request is made.
const FRESH_RECOVERY: &str = "{recoveryId}";

/// In a path: a bet on a game that is placed when the request is made.
const FRESH_GAME_BET: &str = "{freshGameBetId}";

/// In a field: an unused operation id, and the version of a jackpot's terms.
const FRESH_OPERATION: &str = "{freshOpId}";
const JACKPOT_VERSION: &str = "{jackpotVersion}";

/// A well-formed id without a match.
const NO_MATCH: &str = "00000000-0000-8000-8000-000000000000";

impl Draft {
    /// Sets a field to this JSON. An empty text removes the field.
    pub(crate) fn set(&mut self, field: &'static str, json: impl Into<String>) {
        self.fields.retain(|(name, _)| *name != field);
        let json = json.into();
        if !json.is_empty() {
            self.fields.push((field, json));
        }
    }

    /// The same request about an existing bet or an unknown match. Used where the request is refused before the target
    /// is read.
    pub(crate) fn about_what_stands(&self, world: &World) -> Self {
        let path = self.path.replace(FRESH_BET, &world.bet_id).replace(FRESH_MATCH, NO_MATCH);
        let path = path.replace(FRESH_GAME_BET, &world.bet_id);
        Self { path, ..self.clone() }
    }

    pub(crate) async fn request(&self, world: &World) -> Request {
        let is_of_second = self.path.ends_with("/payments/{paymentId}/return");
        let order_id = match &self.path {
            _ if is_of_second => &world.second[0],
            path if path.starts_with(REFUNDS) && path.ends_with("/return") => &world.returned_id,
            path if path.starts_with(REFUNDS) && path.ends_with("/claim") => &world.claimed_id,
            path if path.starts_with(REFUNDS) => &world.refunded_id,
            path if path.starts_with(DECISIONS) && path.ends_with("/reject") => &world.rejected_id,
            path if path.starts_with(DECISIONS) && path.ends_with("/retry") => &world.retried_id,
            path if path.starts_with(DECISIONS) && path.ends_with("/give-back") => &world.given_back_id,
            path if path.starts_with(DECISIONS) => &world.approved_id,
            path if path.starts_with(WITHDRAWALS) => &world.withdrawal_id,
            _ => &world.order_id,
        };
        let mut path = self.path.replace("{betId}", &world.bet_id).replace("{orderId}", order_id);
        if path.starts_with(PAYEES) {
            path = path.replace("{payeeId}", &world.removed_payee_id);
        }
        let payment_id = if is_of_second { &world.second[1] } else { &world.claimed_payment_id };
        path = path.replace("{paymentId}", payment_id);
        path = path.replace("{reportId}", World::REPORT).replace("{periodId}", &world.period().await);
        if path.contains("{reference}") {
            path = path.replace("{reference}", &reference(&world.scenario).await);
        }
        if path.contains(FRESH_DEAD_LETTER) {
            path = path.replace(FRESH_DEAD_LETTER, &world.fresh_dead_letter().await);
        }
        if path.contains(FRESH_RECOVERY) {
            path = path.replace(FRESH_RECOVERY, &world.fresh_recovery().await);
        }
        if path.contains(FRESH_BET) {
            path = path.replace(FRESH_BET, &world.fresh_bet().await);
        }
        if path.contains(FRESH_GAME_BET) {
            path = path.replace(FRESH_GAME_BET, &world.fresh_game_bet().await);
        }
        if path.contains(FRESH_MATCH) {
            path = path.replace(FRESH_MATCH, &world.fresh_match().await);
        }
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
        for encoding in &self.content_encodings {
            request = request.header("content-encoding", *encoding);
        }
        for key in &self.keys {
            request = request.header("idempotency-key", key.clone());
        }
        if let Some(address) = self.forwarded_for {
            request = request.header("x-forwarded-for", address);
        }
        let signed = world.callback();
        if self.path.starts_with(CALLBACKS) {
            // A callback takes its content type from the draft, like any other body.
            let signed =
                signed.headers.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            request.headers.extend(signed);
        }
        let mut fields = self.fields.clone();
        for (_, json) in &mut fields {
            *json = json.replace("{payeeId}", &world.payee_id).replace("{periodId}", &world.period().await);
            *json = json.replace("{periodToCancel}", &world.period_to_cancel());
        }
        for (_, json) in fields.iter_mut().filter(|(_, json)| json.contains(FRESH_REFRESH_TOKEN)) {
            *json = json.replace(FRESH_REFRESH_TOKEN, &world.fresh_refresh_token().await);
        }
        for (_, json) in &mut fields {
            *json = json.replace(FRESH_OPERATION, &fresh_operation());
        }
        for (_, json) in fields.iter_mut().filter(|(_, json)| json.contains(JACKPOT_VERSION)) {
            *json = world.jackpot_version().await.to_string();
        }
        let fields: Vec<_> = fields.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
        request.body = match &self.raw {
            Some(raw) => raw.clone(),
            None if self.path.starts_with(CALLBACKS) => signed.body,
            None if self.has_body => format!("{{{}}}", fields.join(",")).into_bytes(),
            None => Vec::new(),
        };
        request
    }
}

/// A request that the route answers with success.
pub(crate) fn good(route: &Route) -> Draft {
    let token = match route.access {
        Access::Public | Access::Provider => None,
        Access::Player => Some("player"),
        Access::Staff(roles) => roles.first().map(|role| role.as_str()),
    };
    let text = |text: &str| json!(text).to_string();
    let of_a_domain =
        good_about_money(route).or_else(|| good_about_jackpots(route)).or_else(|| good_about_players(route));
    let (path, fields): (&str, Vec<(&'static str, String)>) = match (route.method, route.path) {
        _ if of_a_domain.is_some() => of_a_domain.unwrap_or_default(),
        (Method::Post, "/api/bets") => {
            let fields =
                [("userId", "41".to_owned()), ("roundId", text("open")), ("amount", "1.50".to_owned())];
            (route.path, fields.into_iter().chain([("side", text("A"))]).collect())
        }
        (Method::Post, "/api/games/{gameType}/{duration}/bet") => {
            let fields = [("periodId", "{periodId}"), ("betType", "COLOR"), ("betValue", "green")];
            let fields = fields.into_iter().map(|(name, value)| (name, text(value)));
            (
                World::ROOM_BET,
                fields.chain([("betAmount", "1.5".to_owned()), ("purse", text("CASH"))]).collect(),
            )
        }
        (Method::Post, "/api/games/{gameType}/{duration}/block") => {
            (String::leak(route.path.replace("{gameType}/{duration}", blocks::ROOM)), blocks::fields())
        }
        (Method::Post, "/api/games/{gameType}/{duration}/cancel") => {
            let fields = vec![("periodId", text("{periodToCancel}")), ("reason", text("stuck"))];
            (World::ROOM_CANCEL, fields)
        }
        (Method::Get, path) if path.contains("{gameType}/{duration}") => {
            (String::leak(path.replace("{gameType}/{duration}", World::ROOM)), Vec::new())
        }
        (Method::Get, "/api/games/my-bets/{betId}") => ("/api/games/my-bets/{freshGameBetId}", Vec::new()),
        (Method::Post, "/api/rounds") => {
            (route.path, vec![("roundId", text("another")), ("draw", text("match"))])
        }
        (Method::Post, "/api/rounds/{roundId}/result") => {
            let signature = text(&BASE64_STANDARD.encode(World::oracle_signature()));
            ("/api/rounds/with-oracle/result", vec![("winner", text("A")), ("signature", signature)])
        }
        (Method::Post, "/api/rounds/{roundId}/close") => {
            ("/api/rounds/to-close/close", vec![("reason", text("betting is over"))])
        }
        (Method::Post, "/api/rounds/{roundId}/cancel") => {
            ("/api/rounds/to-cancel/cancel", vec![("reason", text("stuck"))])
        }
        (Method::Get, "/api/rounds/{roundId}") => ("/api/rounds/open", Vec::new()),
        (Method::Get, "/api/operator/rounds/{roundId}/waiting") => {
            ("/api/operator/rounds/open/waiting", Vec::new())
        }
        (Method::Get, "/api/rounds/{roundId}/matches") => ("/api/rounds/closed/matches", Vec::new()),
        (Method::Post, "/api/operator/bets/{betId}/refund") => {
            ("/api/operator/bets/{freshBetId}/refund", vec![("reason", text("stuck"))])
        }
        (Method::Post, "/api/operator/rounds/{roundId}/matches/{matchId}/void") => {
            ("/api/operator/rounds/stuck/matches/{matchId}/void", vec![("reason", text("stuck"))])
        }
        (Method::Post, "/api/operator/dead-letters") => {
            // No dead letter has this subject.
            (
                route.path,
                vec![("action", text("delete")), ("about", text("nobody")), ("reason", text("done by hand"))],
            )
        }
        (
            Method::Post,
            "/api/operator/dead-letters/{deadLetterId}/redrive"
            | "/api/operator/dead-letters/{deadLetterId}/delete",
        ) => (route.path, vec![("reason", text("its cause is mended"))]),
        // The switch is on already.
        (Method::Post, "/api/operator/switches/{switch}") => (
            "/api/operator/switches/deposits",
            vec![("state", text("on")), ("reason", text("the bank answers again"))],
        ),
        _ if route.body.is_none() => (route.path, Vec::new()),
        (method, path) => panic!("{} {path} is in ROUTES and has no good request here", method.as_str()),
    };
    Draft {
        method: route.method.as_str(),
        prefix: "",
        path: path.to_owned(),
        query: good_query(route),
        token,
        authorization: Vec::new(),
        content_types: good_content_types(route),
        content_encodings: Vec::new(),
        fields,
        has_body: route.body.is_some(),
        raw: route.takes_file.then(|| World::STATEMENT.to_vec()),
        keys: Vec::new(),
        forwarded_for: None,
    }
}

fn good_query(route: &Route) -> &'static str {
    match route.path {
        _ if route.takes_file => World::STATED_DAY,
        "/api/operator/ledger" => "?reference=nothing",
        "/api/operator/search" => "?text=41",
        "/api/operator/users" => "?user=41",
        "/api/operator/names" => "?users=41",
        _ => "",
    }
}

fn good_content_types(route: &Route) -> Vec<&'static str> {
    let takes_json = route.body.is_some() || route.access == Access::Provider;
    match (route.takes_file, takes_json) {
        (true, _) => vec![FILE_TYPE],
        (false, true) => vec!["application/json"],
        (false, false) => Vec::new(),
    }
}

fn good_about_players(route: &Route) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let text = |text: &str| json!(text).to_string();
    Some(match (route.method, route.path) {
        (Method::Post, "/api/users/signup") => {
            let fields = [
                ("phoneNo", text(&fresh_phone())),
                ("password", text(World::PASSWORD)),
                ("userName", text("Asha")),
                ("referredBy", text("00000019")),
            ];
            (route.path, fields.to_vec())
        }
        (Method::Post, "/api/users/login") => {
            (route.path, vec![("phoneNo", World::PHONE.to_owned()), ("password", text(World::PASSWORD))])
        }
        (Method::Post, "/api/users/refresh" | "/api/users/logout") => {
            (route.path, vec![("refreshToken", text(FRESH_REFRESH_TOKEN))])
        }
        (Method::Post, "/api/users/recovery") => (route.path, vec![("phoneNo", text(&fresh_phone()))]),
        (Method::Post, "/api/users/recovery/{recoveryId}") => {
            let fields = [("code", text(World::RECOVERY_CODE)), ("newPassword", text(World::PASSWORD))];
            (route.path, fields.to_vec())
        }
        (Method::Patch, "/api/users/me") => {
            (route.path, vec![("userName", text("Asha")), ("profilePictureId", "7".to_owned())])
        }
        (Method::Post, "/api/users/me/password") => {
            // The new password equals the current one, so that the next request is good too.
            let password = text(World::PASSWORD);
            (route.path, vec![("currentPassword", password.clone()), ("newPassword", password)])
        }
        (Method::Post, "/api/users/me/phone/verify") => (route.path, vec![("code", text("123456"))]),
        _ => return None,
    })
}

fn good_about_jackpots(route: &Route) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let text = |text: &str| json!(text).to_string();
    Some(match (route.method, route.path) {
        (Method::Post, "/api/jackpots/contribute") => {
            (route.path, vec![("opId", text(FRESH_OPERATION)), ("minor", "0.5".to_owned())])
        }
        (Method::Post, "/api/jackpots/{group}/win") => {
            let fields = [("opId", text(FRESH_OPERATION)), ("userId", World::WINNER.to_string())];
            let more = [("amount", "0.01".to_owned()), ("reason", text("a prize"))];
            ("/api/jackpots/minor/win", fields.into_iter().chain(more).collect())
        }
        (Method::Patch, "/api/jackpots/{group}/config") => {
            let terms =
                [("startAmount", "1000"), ("rate", "0.003"), ("reserveRate", "0.001"), ("odds", "10000000")];
            let terms = terms.map(|(name, value)| (name, value.to_owned()));
            let version = ("expectedVersion", JACKPOT_VERSION.to_owned());
            let reason = ("reason", text("a good start"));
            ("/api/jackpots/mega/config", [version, reason].into_iter().chain(terms).collect())
        }
        (Method::Get, "/api/jackpots/{group}/wins") => ("/api/jackpots/minor/wins", Vec::new()),
        (Method::Get, "/api/jackpots/{group}/terms") => ("/api/jackpots/minor/terms", Vec::new()),
        _ => return None,
    })
}

/// The path and fields of a good request about deposits or withdrawals, if it has fields or path parameters.
fn good_about_money(route: &Route) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let text = |text: &str| json!(text).to_string();
    Some(match (route.method, route.path) {
        (Method::Post, "/api/deposits") => (route.path, vec![("amount", "100.50".to_owned())]),
        (Method::Post, "/api/payees") => (route.path, vec![("account", text("IN12345678"))]),
        (Method::Post, "/api/withdrawals") => {
            (route.path, vec![("amount", "1.50".to_owned()), ("payeeId", text("{payeeId}"))])
        }
        (
            Method::Post,
            "/api/operator/deposits/{orderId}/refund"
            | "/api/operator/deposits/{orderId}/return"
            | "/api/operator/deposits/{orderId}/payments/{paymentId}/claim"
            | "/api/operator/deposits/{orderId}/payments/{paymentId}/return"
            | "/api/operator/withdrawals/{orderId}/approve"
            | "/api/operator/withdrawals/{orderId}/reject"
            | "/api/operator/withdrawals/{orderId}/retry"
            | "/api/operator/withdrawals/{orderId}/give-back",
        ) => (route.path, vec![("reason", text("seen"))]),
        (Method::Post, "/api/operator/users/{userId}/write-off" | "/api/operator/users/{userId}/release") => {
            let path = route.path.replace("{userId}", &World::PLAYER.to_string());
            (String::leak(path), vec![("reason", text("seen"))])
        }
        (Method::Post, "/api/operator/users/{userId}/adjust") => {
            let path = route.path.replace("{userId}", &World::PLAYER.to_string());
            let fields = [
                ("opId", text("desk-7")),
                ("kind", text("credit")),
                ("amount", "0.01".to_owned()),
                ("reason", text("seen")),
            ];
            (String::leak(path), fields.to_vec())
        }
        (Method::Get, path)
            if path.starts_with("/api/operator/users/{userId}") && !path.ends_with("/identity") =>
        {
            (String::leak(path.replace("{userId}", &World::PLAYER.to_string())), Vec::new())
        }
        (
            Method::Post,
            "/api/operator/users/{userId}/block"
            | "/api/operator/users/{userId}/unblock"
            | "/api/operator/users/{userId}/end-sessions",
        ) => {
            let path = route.path.replace("{userId}", &MANAGED.to_string());
            (String::leak(path), vec![("reason", text("seen"))])
        }
        (Method::Get | Method::Post, "/api/operator/users/{userId}/identity") => {
            let path = route.path.replace("{userId}", &World::PLAYER.to_string());
            let fields = vec![("status", text("pending")), ("reason", text("seen"))];
            (String::leak(path), if route.body.is_some() { fields } else { Vec::new() })
        }
        (Method::Post, "/api/operator/payees/{reference}/free") => {
            (route.path, vec![("userId", BLOCKED.to_string()), ("reason", text("seen"))])
        }
        (Method::Post, "/api/limits") => {
            let fields =
                [("kind", text("losses")), ("period", text("week")), ("limit", "1000000".to_owned())];
            (route.path, fields.to_vec())
        }
        (Method::Post, "/api/limits/{limitId}/confirm") => {
            (String::leak(format!("/api/limits/{}/confirm", World::WANTED_LIMIT)), Vec::new())
        }
        (Method::Post, "/api/limits/reality-check") => {
            (route.path, vec![("everyMinutes", "1440".to_owned())])
        }
        (Method::Post, "/api/exclusion") => (route.path, vec![("months", "6".to_owned())]),
        (Method::Post, "/api/payments/callback") => (route.path, Vec::new()),
        (Method::Post, "/api/payments/callback/{provider}") => ("/api/payments/callback/sandbox", Vec::new()),
        _ => return None,
    })
}

/// An operation id that no other request has used.
fn fresh_operation() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("op-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A phone number without an account.
fn fresh_phone() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    phone(NEXT.fetch_add(1, Ordering::Relaxed))
}
