//! The routes of accounts and wallets.

use super::request::month;
use crate::http::route::{GET, INSPECT, OPERATE, PAGED, POST, PUBLIC_POST, Route, RouteAnswer, RouteBody};
use crate::http::span::{SINCE, UNTIL};
use crate::{
    Access, AttendanceBody, BetListAnswer, Data, DecisionRequest, DoneAnswer, LedgerAnswer,
    ListedUserListAnswer, LoginAnswer, LoginRequest, Method, NameListAnswer, OpponentListAnswer, Parameter,
    PasswordRequest, PhoneCodeRequest, PlayerLimitsBody, ProblemKind, ProfileRequest, Rate, RecoverRequest,
    RecoveryAnswer, RecoveryRequest, ReferralListAnswer, RefreshRequest, ReviewedUserBody, SearchBody,
    SearchText, SignUpAnswer, SignUpRequest, SwitchCheck, TokensAnswer, UserAnswer, WalletBody,
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

/// The text of a search.
const SEARCH: &[Parameter] = &[Parameter {
    name: "text",
    description: "A phone number, a number, a referral code, the beginning of a name, or the id of an order, a round \
                  or a bet",
    schema: || json!({ "type": "string", "minLength": 1, "maxLength": SearchText::LENGTH_MAX }),
}];

/// The part of the newest players.
const NEWEST: &[Parameter] =
    &[Parameter::cursor(|| json!({ "type": "string", "format": "player-cursor" })), SINCE, UNTIL];

/// The users whose names are requested.
const NAMED_USERS: &[Parameter] = &[Parameter {
    name: "users",
    description: "The numbers of at most 100 users, with commas between them",
    schema: || json!({ "type": "string", "pattern": "^[1-9][0-9]*(,[1-9][0-9]*)*$" }),
}];

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
    answer: Some(RouteAnswer::of::<Data<ReviewedUserBody>>()),
    problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound],
    ..OPERATE
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "ReadWallet",
        path: "/api/wallet",
        function: "wallet",
        answer: Some(RouteAnswer::of::<Data<WalletBody>>()),
        summary: "Read the player's wallet",
        ..GET
    },
    Route {
        name: "ListLedger",
        path: "/api/wallet/ledger",
        function: "wallet",
        answer: Some(RouteAnswer::of::<LedgerAnswer>()),
        in_query: PAGED,
        summary: "List the wallet's ledger entries, newest first, 50 a page",
        ..GET
    },
    Route {
        name: "SignUp",
        path: "/api/users/signup",
        function: "register",
        body: Some(RouteBody::of::<SignUpRequest>()),
        success: 201,
        answer: Some(RouteAnswer::of::<SignUpAnswer>()),
        rate: Some(Rate::SignUp),
        switch_check: SwitchCheck::Before,
        problems: &[ProblemKind::PhoneNumberTaken],
        summary: "Create an account and log in",
        ..PUBLIC_POST
    },
    Route {
        name: "LogIn",
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
        name: "Refresh",
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
        name: "LogOut",
        path: "/api/users/logout",
        function: "login",
        body: Some(RouteBody::of::<RefreshRequest>()),
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        rate: Some(Rate::Session),
        problems: &[ProblemKind::SessionEnded, ProblemKind::Forbidden],
        summary: "End the session of a refresh token",
        ..PUBLIC_POST
    },
    // Its budgets are counted by its handler, after the phone number was checked.
    Route {
        name: "RequestRecovery",
        path: "/api/users/recovery",
        function: "login",
        body: Some(RouteBody::of::<RecoveryRequest>()),
        success: 202,
        answer: Some(RouteAnswer::of::<RecoveryAnswer>()),
        switch_check: SwitchCheck::Before,
        summary: "Send a code for a new password, if the phone number has an account that may be recovered",
        ..PUBLIC_POST
    },
    Route {
        name: "Recover",
        path: "/api/users/recovery/{recoveryId}",
        function: "login",
        body: Some(RouteBody::of::<RecoverRequest>()),
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        rate: Some(Rate::Login),
        switch_check: SwitchCheck::Before,
        problems: &[ProblemKind::WrongCode],
        summary: "Set a new password with the code of a recovery, and end all sessions",
        ..PUBLIC_POST
    },
    Route {
        name: "ReadAccount",
        path: "/api/users/me",
        function: "account",
        answer: Some(RouteAnswer::of::<UserAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the player's account",
        ..GET
    },
    Route {
        method: Method::Patch,
        name: "ChangeAccount",
        path: "/api/users/me",
        function: "account",
        body: Some(RouteBody::of::<ProfileRequest>()),
        answer: Some(RouteAnswer::of::<UserAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Change the player's name or picture",
        ..POST
    },
    Route {
        name: "ChangePassword",
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
        name: "SendPhoneCode",
        path: "/api/users/me/phone/code",
        function: "login",
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Send the player a code to verify their phone number; earlier codes expire",
        ..POST
    },
    Route {
        name: "VerifyPhone",
        path: "/api/users/me/phone/verify",
        function: "login",
        body: Some(RouteBody::of::<PhoneCodeRequest>()),
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::WrongCode],
        summary: "Verify the player's phone number with the code",
        ..POST
    },
    Route {
        name: "ListReferrals",
        path: "/api/users/me/referrals",
        function: "account",
        answer: Some(RouteAnswer::of::<ReferralListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List the players who signed up with the player's referral code, 50 a page",
        ..GET
    },
    Route {
        name: "ReadAttendance",
        path: "/api/attendance",
        function: "account",
        answer: Some(RouteAnswer::of::<Data<AttendanceBody>>()),
        in_query: MONTH,
        summary: "Read the days of a month on which the player logged in, and the streak",
        ..GET
    },
    Route {
        name: "Search",
        path: "/api/operator/search",
        problems: &[],
        answer: Some(RouteAnswer::of::<Data<SearchBody>>()),
        in_query: SEARCH,
        summary: "Find players by phone number, number, referral code or the beginning of their name, and orders, \
                  rounds and bets by id",
        ..REVIEW
    },
    Route {
        name: "ListPlayers",
        path: "/api/operator/players",
        problems: &[],
        answer: Some(RouteAnswer::of::<ListedUserListAnswer>()),
        in_query: NEWEST,
        summary: "List the players who signed up last, newest first, 50 a page",
        ..REVIEW
    },
    Route {
        name: "ListNames",
        path: "/api/operator/names",
        answer: Some(RouteAnswer::of::<NameListAnswer>()),
        in_query: NAMED_USERS,
        problems: &[],
        summary: "Read the display names of users, of players as well as of staff",
        ..REVIEW
    },
    Route {
        name: "FindUser",
        path: "/api/operator/users",
        answer: Some(RouteAnswer::of::<Data<ReviewedUserBody>>()),
        in_query: USER_NAME,
        summary: "Find an account by phone number, user number or referral code",
        ..REVIEW
    },
    Route {
        name: "ReadUser",
        path: "/api/operator/users/{userId}",
        answer: Some(RouteAnswer::of::<Data<ReviewedUserBody>>()),
        summary: "Read an account with its wallet and sessions",
        ..REVIEW
    },
    Route {
        name: "ListUserLedger",
        path: "/api/operator/users/{userId}/ledger",
        answer: Some(RouteAnswer::of::<LedgerAnswer>()),
        in_query: PAGED,
        summary: "List the ledger entries of a user's wallet, newest first, 50 a page",
        ..REVIEW
    },
    Route {
        name: "ListUserBets",
        path: "/api/operator/users/{userId}/bets",
        answer: Some(RouteAnswer::of::<BetListAnswer>()),
        in_query: PAGED,
        summary: "List a user's bets, newest first, at most 50 a page",
        ..REVIEW
    },
    Route {
        name: "ReadUserLimits",
        path: "/api/operator/users/{userId}/limits",
        answer: Some(RouteAnswer::of::<Data<PlayerLimitsBody>>()),
        summary: "Read a user's own limits and exclusion",
        ..REVIEW
    },
    Route {
        name: "ListUserOpponents",
        path: "/api/operator/users/{userId}/opponents",
        answer: Some(RouteAnswer::of::<OpponentListAnswer>()),
        summary: "List the players against whom a user won again and again, among the newest 400 ledger entries",
        ..REVIEW
    },
    Route {
        name: "BlockUser",
        path: "/api/operator/users/{userId}/block",
        summary: "Block an account and end its sessions",
        ..ACT
    },
    Route {
        name: "UnblockUser",
        path: "/api/operator/users/{userId}/unblock",
        summary: "Unblock an account",
        ..ACT
    },
    Route {
        name: "EndUserSessions",
        path: "/api/operator/users/{userId}/end-sessions",
        summary: "End every session of an account",
        ..ACT
    },
];
