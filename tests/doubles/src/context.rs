//! A context from parts: no environment, no socket, a clock that stands still.

use crate::{FakeTable, Standing};
use evens_queues::Queues;
use evens_runtime::tokens::{Role, TokenSigner, TokenVerifier};
use evens_runtime::{Clock, Context, Entropy, Rates, Settings};
use evens_store::Store;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// When the clock of a context stands still.
pub fn now() -> Timestamp {
    "2030-01-01T12:00:00Z".parse().unwrap()
}

/// A new key, called `test-1`, in whose tokens a context believes.
pub fn signer() -> TokenSigner {
    let key = TokenSigner::generate_pkcs8().unwrap();
    TokenSigner::from_pkcs8("test-1", &key, "evens", "evens-api").unwrap()
}

/// A token of that user, which holds for a quarter of an hour.
pub fn token(signer: &TokenSigner, user: u64, role: Role) -> String {
    let user = evens_ledger::UserId::new(user).unwrap();
    signer.sign(user, role, now(), Duration::from_mins(15)).unwrap()
}

/// A context in which everybody has the operator's account, and whose clock stands still.
pub fn context(queues: Queues, signer: &TokenSigner) -> Context {
    context_of(FakeTable::new(Standing::Operator).store(), queues, signer, Settings::local())
}

/// The same over that table, with those settings.
pub fn context_of(store: Store, queues: Queues, signer: &TokenSigner, settings: Settings) -> Context {
    Context {
        store,
        queues,
        tokens: TokenVerifier::new(vec![signer.public_key()], "evens", "evens-api"),
        rates: Rates::new(settings.rate_limits.clone(), evens_metrics::Metrics::default()),
        clock: Clock::fixed(now()),
        entropy: Entropy::system(),
        metrics: evens_metrics::Metrics::default(),
        draining: evens_runtime::Draining::default(),
        durability: evens_runtime::Durability::default(),
        changes: evens_runtime::Changes::default(),
        settings: Arc::new(settings),
    }
}
