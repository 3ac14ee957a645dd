//! [`CurrentRequest`]: the request that the current task serves. Only defects of single routes use it.
//!
//! Architecture invariant: nothing depends on it except injected defects.

use axum::body::Body;
use axum::http::Request;
use evens_ledger::Digest;
use std::cell::RefCell;

tokio::task_local! {
    static ASKED: CurrentRequest;
}

/// A request to a process.
pub(crate) struct CurrentRequest {
    is_refund: bool,
    /// The idempotency key, until it is taken.
    key: RefCell<Option<String>>,
}

impl CurrentRequest {
    pub(crate) fn of(request: &Request<Body>) -> Self {
        let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
        // Cashiers' refunds of deposits have a route with the same ending.
        let path = request.uri().path();
        let is_refund = path.ends_with("/refund") && !path.starts_with("/api/operator/");
        Self { is_refund, key: RefCell::new(key.map(str::to_owned)) }
    }

    /// Runs a future with this request as its context.
    pub(crate) async fn scope<T>(self, doing: impl Future<Output = T>) -> T {
        ASKED.scope(self, doing).await
    }
}

/// Returns whether the current request is a player's refund of a bet.
pub(crate) fn is_refund() -> bool {
    ASKED.try_with(|asked| asked.is_refund).unwrap_or_default()
}

/// A nonce derived from the request's idempotency key. Returns `None` without a key, or if the key was already taken.
pub(crate) fn nonce_of_key() -> Option<Digest> {
    let key = ASKED.try_with(|asked| asked.key.borrow_mut().take()).ok()??;
    Some(nonce_of(&key))
}

/// The nonce derived from an idempotency key.
pub(crate) fn nonce_of(key: &str) -> Digest {
    Digest::of(format!("nonce\n{key}").as_bytes())
}
