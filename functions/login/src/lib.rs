//! `POST /api/users/login`, `/refresh`, `/logout`, `/me/password`, `/me/phone/code` and `/me/phone/verify`: all routes
//! that need the signing key or a password.
//!
//! A wrong password and an unknown phone number get the same answer after the same time. A blocked account is reported
//! only after the right password.
//!
//! Not in simulated runs: simulated players have no passwords.

mod login;
mod password;
mod phone;
mod session;

use axum::extract::Extension;
use axum::{Router, routing};
use evens_credentials::Credentials;
use evens_runtime::Context;

pub fn router(credentials: Credentials) -> Router<Context> {
    Router::new()
        .route("/api/users/login", routing::post(login::log_in))
        .route("/api/users/refresh", routing::post(session::refresh))
        .route("/api/users/logout", routing::post(session::log_out))
        .route("/api/users/me/password", routing::post(password::change_password))
        .route("/api/users/me/phone/code", routing::post(phone::send_code))
        .route("/api/users/me/phone/verify", routing::post(phone::verify))
        .layer(Extension(credentials))
}

use evens_runtime::Need;

pub const NEEDS: &[Need] =
    &[Need::TokenPublicKeys, Need::RateLimits, Need::PhoneCountry, Need::AttendanceOffset];
