//! Payment providers: the port, an adapter per provider, and the set of providers of a process.
//!
//! Keeps: a callback is parsed only after its signature was verified ([`Verified`] has no other constructor). A
//! repeated call has the same key and bytes, because both derive from the order. An unknown outcome is never reported
//! as a refusal (see the table at [`PaymentProvider`]). A call ends within its limit, and none is made while the
//! provider is down ([`GuardedProvider`]). No key, secret, body or payee account is ever logged or part of a `Debug`
//! text.
//!
//! Architecture invariant: nothing here decides how a report changes an order, and nothing is stored. An adapter is one
//! module with its settings, calls and parsers. Outside of it, it has only a variant of [`ProviderSettings`].

mod answer;
mod caller;
mod faults;
mod guarded;
mod keys;
mod pace;
mod payments;
mod port;
mod provider_text;
mod providers;
mod razorpay;
mod sandbox;
mod secret;
mod statement_file;
mod values;
mod verified;

pub use faults::{EventFault, LineFault, StatementFault};
pub use guarded::{GuardedProvider, STATEMENT_TIMEOUT};
pub use keys::{KeyedCall, idempotency_key};
pub use payments::{PaymentSettings, Payments};
pub use port::{
    CallFuture, Checkout, CheckoutFault, PaymentProvider, PaymentRequest, PayoutRequest, PendingPayment,
    RefundRequest, Sending,
};
pub use providers::{ProviderSettings, Providers, ProvidersFault};
pub use razorpay::{Razorpay, RazorpayKeyId, RazorpaySettings, RazorpayWordFault, SourceAccount};
pub use sandbox::{Sandbox, SandboxSettings};
pub use secret::{ApiKey, PayeeAccount, SecretTextFault};
pub use statement_file::StatementSource;
pub use verified::{HmacSecrets, HmacSecretsFault, SignatureFault, Verified};
