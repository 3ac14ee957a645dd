//! A context built from parts, without environment or sockets, and with a fixed clock.

use crate::{AccountState, FakeTable};
use evens_queues::Queues;
use evens_runtime::tokens::{Role, TokenSigner, TokenVerifier};
use evens_runtime::{Clock, Context, Entropy, Rates, Settings};
use evens_store::Store;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The time of the fixed clock.
pub fn now() -> Timestamp {
    "2030-01-01T12:00:00Z".parse().unwrap()
}

/// A signer with a new key `test-1`, which the contexts trust.
pub fn signer() -> TokenSigner {
    let key = TokenSigner::generate_pkcs8().unwrap();
    TokenSigner::from_pkcs8("test-1", &key, "evens", "evens-api").unwrap()
}

/// A token of this user, valid for 15 minutes.
pub fn token(signer: &TokenSigner, user: u64, role: Role) -> String {
    let user = evens_ledger::UserId::new(user).unwrap();
    signer.sign(user, role, now(), Duration::from_mins(15)).unwrap()
}

/// A context with a fixed clock, in which every user is an operator.
pub fn context(queues: Queues, signer: &TokenSigner) -> Context {
    context_of(FakeTable::new(AccountState::Operator).store(), queues, signer, Settings::local())
}

/// The same over this table and with these settings.
pub fn context_of(store: Store, queues: Queues, signer: &TokenSigner, settings: Settings) -> Context {
    Context {
        store,
        queues,
        tokens: TokenVerifier::new(vec![signer.public_key()], "evens", "evens-api"),
        rates: Rates::new(settings.rate_limits.clone(), evens_metrics::Metrics::default()),
        clock: Clock::fixed(now()),
        entropy: Entropy::system(),
        metrics: evens_metrics::Metrics::default(),
        spans: evens_runtime::Spans::default(),
        draining: evens_runtime::DrainFlag::default(),
        durability: evens_runtime::Durability::default(),
        changes: evens_runtime::Changes::default(),
        switches: evens_runtime::StageSwitches::default(),
        settings: Arc::new(settings),
    }
}
