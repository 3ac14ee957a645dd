//! A context from parts: no environment, no socket, a clock that stands still.

#![allow(dead_code, reason = "each test file uses a part of it")]

#[path = "../../../queues/tests/support/fake_sqs.rs"]
pub(crate) mod fake_sqs;

use evens_queues::Queues;
use evens_runtime::tokens::{Role, TokenSigner, TokenVerifier};
use evens_runtime::{Clock, Context, Settings};
use evens_store::Store;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn now() -> Timestamp {
    "2030-01-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn signer() -> TokenSigner {
    let key = TokenSigner::generate_pkcs8().unwrap();
    TokenSigner::from_pkcs8("test-1", &key, "evens", "evens-api").unwrap()
}

pub(crate) fn token(signer: &TokenSigner, user: u64, role: Role) -> String {
    let user = evens_ledger::UserId::new(user).unwrap();
    signer.sign(user, role, now(), Duration::from_mins(15)).unwrap()
}

/// A context whose table is never called.
pub(crate) fn context(queues: Queues, signer: &TokenSigner) -> Context {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .build();
    Context {
        store: Store::new(aws_sdk_dynamodb::Client::from_conf(config), "no-table".to_owned()),
        queues,
        tokens: TokenVerifier::new(vec![signer.public_key()], "evens", "evens-api"),
        clock: Clock::fixed(now()),
        settings: Arc::new(Settings::local()),
    }
}
