//! `POST /api/users/login`, `/refresh`, `/logout`, `/recovery`, `/recovery/{recoveryId}`, `/me/password`,
//! `/me/phone/code` and `/me/phone/verify`: all routes that need the signing key or a password.
//!
//! A wrong password and an unknown phone number get the same answer after the same time. A blocked account is reported
//! only after the right password.
//!
//! Not in simulated runs: simulated players have no passwords.

mod login;
mod password;
mod phone;
mod recovery;
mod session;

use axum::extract::Extension;
use axum::{Router, routing};
use evens_credentials::Credentials;
use evens_runtime::{Context, Function, Size, Stack, Stages, Start};

pub fn router(credentials: Credentials) -> Router<Context> {
    Router::new()
        .route("/api/users/login", routing::post(login::log_in))
        .route("/api/users/refresh", routing::post(session::refresh))
        .route("/api/users/logout", routing::post(session::log_out))
        .route("/api/users/recovery", routing::post(recovery::begin))
        .route("/api/users/recovery/{recoveryId}", routing::post(recovery::finish))
        .route("/api/users/me/password", routing::post(password::change_password))
        .route("/api/users/me/phone/code", routing::post(phone::send_code))
        .route("/api/users/me/phone/verify", routing::post(phone::verify))
        .layer(Extension(credentials))
}

pub const FUNCTION: Function = Function {
    folder: "login",
    stack: Stack::Players,
    start: Start::Requests(Stages { local: 5, dev: 5, staging: 45, prod: 45 }),
    memory: Size { mb: 1_769, reason: "as for register" },
    ..Function::REQUESTS
};
