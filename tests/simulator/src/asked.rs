//! [`Asked`]: the request on whose behalf something is done. Only defects that are about one route ask for it.
//!
//! Architecture invariant: nothing follows from it but a defect that is put into the code.

use axum::body::Body;
use axum::http::Request;
use evens_ledger::Digest;
use std::cell::RefCell;

tokio::task_local! {
    static ASKED: Asked;
}

/// What a process was asked for.
pub(crate) struct Asked {
    is_refund: bool,
    /// The idempotency key, until somebody has taken it.
    key: RefCell<Option<String>>,
}

impl Asked {
    pub(crate) fn of(request: &Request<Body>) -> Self {
        let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
        // Cashiers give deposits back by a route of that name, too.
        let path = request.uri().path();
        let is_refund = path.ends_with("/refund") && !path.starts_with("/api/operator/");
        Self { is_refund, key: RefCell::new(key.map(str::to_owned)) }
    }

    /// Does something on its behalf.
    pub(crate) async fn scope<T>(self, doing: impl Future<Output = T>) -> T {
        ASKED.scope(self, doing).await
    }
}

/// Whether a player has asked for what waits of a bet.
pub(crate) fn is_refund() -> bool {
    ASKED.try_with(|asked| asked.is_refund).unwrap_or_default()
}

/// What a bet's nonce is where it follows from the idempotency key of its request; none where there is no key, or where
/// it was asked for before.
pub(crate) fn nonce_of_key() -> Option<Digest> {
    let key = ASKED.try_with(|asked| asked.key.borrow_mut().take()).ok()??;
    Some(nonce_of(&key))
}

/// The nonce that follows from an idempotency key.
pub(crate) fn nonce_of(key: &str) -> Digest {
    Digest::of(format!("nonce\n{key}").as_bytes())
}
