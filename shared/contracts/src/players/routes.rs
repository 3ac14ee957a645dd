//! The routes of accounts and wallets.

use super::request_schema::month;
use crate::http::route::{GET, INSPECT, OPERATE, PAGED, POST, PUBLIC_POST, Route, RouteAnswer, RouteBody};
use crate::{
    Access, AttendanceAnswer, BetListAnswer, DecisionRequest, DoneAnswer, LedgerAnswer, LoginAnswer,
    LoginRequest, Method, OpponentListAnswer, Parameter, PasswordRequest, PhoneCodeRequest,
    PlayerLimitsAnswer, ProblemKind, ProfileRequest, Rate, ReferralListAnswer, RefreshRequest,
    ReviewedUserAnswer, SignUpAnswer, SignUpRequest, TokensAnswer, UserAnswer, WalletAnswer,
};
use serde_json::{Value, json};

/// The month of attendance.
const MONTH: &[Parameter] =
    &[Parameter { name: "month", description: "The month. Default: the current one", schema: month }];

/// The names by which staff find an account: exactly one of them.
const USER_NAME: &[Parameter] = &[
    Parameter { name: "phone", description: "The phone number", schema: short_text },
    Parameter {
        name: "user",
        description: "The user's number",
        schema: || json!({ "type": "integer", "minimum": 1 }),
    },
    Parameter { name: "code", description: "The user's own referral code", schema: short_text },
];

fn short_text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 64 })
}

/// Defaults of routes by which staff read about a user.
const REVIEW: Route = Route {
    function: "operate-users",
    access: Access::SUPPORT,
    problems: &[ProblemKind::NotFound],
    ..INSPECT
};

/// Defaults of operators' acts on an account.
const ACT: Route = Route {
    function: "operate-users",
    body: Some(RouteBody::of::<DecisionRequest>()),
    answer: Some(RouteAnswer::of::<ReviewedUserAnswer>()),
    problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound],
    ..OPERATE
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/wallet",
        function: "wallet",
        answer: Some(RouteAnswer::of::<WalletAnswer>()),
        summary: "Read the player's wallet",
        ..GET
    },
    Route {
        path: "/api/wallet/ledger",
        function: "wallet",
        answer: Some(RouteAnswer::of::<LedgerAnswer>()),
        in_query: PAGED,
        summary: "List the wallet's ledger entries, newest first, 50 a page",
        ..GET
    },
    Route {
        path: "/api/users/signup",
        function: "register",
        body: Some(RouteBody::of::<SignUpRequest>()),
        success: 201,
        answer: Some(RouteAnswer::of::<SignUpAnswer>()),
        rate: Some(Rate::SignUp),
        problems: &[ProblemKind::PhoneNumberTaken],
        summary: "Create an account and log in",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/login",
        function: "login",
        body: Some(RouteBody::of::<LoginRequest>()),
        answer: Some(RouteAnswer::of::<LoginAnswer>()),
        rate: Some(Rate::Login),
        problems: &[ProblemKind::WrongCredentials, ProblemKind::AccountBlocked],
        summary: "Log in",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/refresh",
        function: "login",
        body: Some(RouteBody::of::<RefreshRequest>()),
        answer: Some(RouteAnswer::of::<TokensAnswer>()),
        rate: Some(Rate::Session),
        problems: &[ProblemKind::SessionEnded, ProblemKind::Forbidden, ProblemKind::AccountBlocked],
        summary: "Exchange a refresh token for new tokens. The old one stops working",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/logout",
        function: "login",
        body: Some(RouteBody::of::<RefreshRequest>()),
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        rate: Some(Rate::Session),
        problems: &[ProblemKind::SessionEnded, ProblemKind::Forbidden],
        summary: "End the session of a refresh token",
        ..PUBLIC_POST
    },
    Route {
        path: "/api/users/me",
        function: "account",
        answer: Some(RouteAnswer::of::<UserAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the player's account",
        ..GET
    },
    Route {
        method: Method::Patch,
        path: "/api/users/me",
        function: "account",
        body: Some(RouteBody::of::<ProfileRequest>()),
        answer: Some(RouteAnswer::of::<UserAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Change the player's name or picture",
        ..POST
    },
    Route {
        path: "/api/users/me/password",
        function: "login",
        body: Some(RouteBody::of::<PasswordRequest>()),
        answer: Some(RouteAnswer::of::<TokensAnswer>()),
        rate: Some(Rate::Password),
        problems: &[ProblemKind::NotFound, ProblemKind::WrongPassword],
        summary: "Change the player's password, end all sessions and start a new one",
        ..POST
    },
    Route {
        path: "/api/users/me/phone/code",
        function: "login",
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Send the player a code to verify their phone number; earlier codes expire",
        ..POST
    },
    Route {
        path: "/api/users/me/phone/verify",
        function: "login",
        body: Some(RouteBody::of::<PhoneCodeRequest>()),
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::WrongCode],
        summary: "Verify the player's phone number with the code",
        ..POST
    },
    Route {
        path: "/api/users/me/referrals",
        function: "account",
        answer: Some(RouteAnswer::of::<ReferralListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List the players who signed up with the player's referral code, 50 a page",
        ..GET
    },
    Route {
        path: "/api/attendance",
        function: "account",
        answer: Some(RouteAnswer::of::<AttendanceAnswer>()),
        in_query: MONTH,
        summary: "Read the days of a month on which the player logged in, and the streak",
        ..GET
    },
    Route {
        path: "/api/operator/users",
        answer: Some(RouteAnswer::of::<ReviewedUserAnswer>()),
        in_query: USER_NAME,
        summary: "Find an account by phone number, user number or referral code",
        ..REVIEW
    },
    Route {
        path: "/api/operator/users/{userId}",
        answer: Some(RouteAnswer::of::<ReviewedUserAnswer>()),
        summary: "Read an account with its wallet and sessions",
        ..REVIEW
    },
    Route {
        path: "/api/operator/users/{userId}/ledger",
        answer: Some(RouteAnswer::of::<LedgerAnswer>()),
        in_query: PAGED,
        summary: "List the ledger entries of a user's wallet, newest first, 50 a page",
        ..REVIEW
    },
    Route {
        path: "/api/operator/users/{userId}/bets",
        answer: Some(RouteAnswer::of::<BetListAnswer>()),
        in_query: PAGED,
        summary: "List a user's bets, newest first, at most 50 a page",
        ..REVIEW
    },
    Route {
        path: "/api/operator/users/{userId}/limits",
        answer: Some(RouteAnswer::of::<PlayerLimitsAnswer>()),
        summary: "Read a user's own limits and exclusion",
        ..REVIEW
    },
    Route {
        path: "/api/operator/users/{userId}/opponents",
        answer: Some(RouteAnswer::of::<OpponentListAnswer>()),
        summary: "List the players against whom a user won again and again, among the newest 400 ledger entries",
        ..REVIEW
    },
    Route {
        path: "/api/operator/users/{userId}/block",
        summary: "Block an account and end its sessions",
        ..ACT
    },
    Route { path: "/api/operator/users/{userId}/unblock", summary: "Unblock an account", ..ACT },
    Route {
        path: "/api/operator/users/{userId}/end-sessions",
        summary: "End every session of an account",
        ..ACT
    },
];
