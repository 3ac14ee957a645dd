//! The routes of accounts and wallets.

use super::request_schema::month;
use crate::http::route::{GET, PAGED, POST, PUBLIC_POST, Route, RouteAnswer, RouteBody};
use crate::{
    AttendanceAnswer, DoneAnswer, LedgerAnswer, LoginAnswer, LoginRequest, Method, Parameter,
    PasswordRequest, PhoneCodeRequest, ProblemKind, ProfileRequest, Rate, ReferralListAnswer, RefreshRequest,
    SignUpAnswer, SignUpRequest, TokensAnswer, UserAnswer, WalletAnswer,
};

/// The month of attendance.
const MONTH: &[Parameter] =
    &[Parameter { name: "month", description: "The month. Default: the current one", schema: month }];

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
];
