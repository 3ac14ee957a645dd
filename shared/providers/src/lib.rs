//! Payment providers: the port to them, an adapter for each, and the set that a process knows.
//!
//! Keeps: a callback is read only after its signature was checked ([`Verified`] has no other door); a repeated call
//! has the same key and the same bytes, as both follow from the order; what nobody knows is never called a refusal
//! ([`PaymentProvider`] has the table); a call ends within its limit, and none goes out while the provider does not
//! answer ([`Guarded`]). No key, secret, body or account of a payee is in a log or in a `Debug` text.
//!
//! Architecture invariant: nothing here decides what a report does to an order, and nothing is stored. An adapter is
//! one module: its settings, its calls and what it reads. Outside of it, it has a variant of [`ProviderSettings`].

mod answer;
mod caller;
mod faults;
mod guarded;
mod hold_settings;
mod keys;
mod needs;
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
pub use guarded::{Guarded, STATEMENT_TIMEOUT};
pub use keys::{KeyedCall, idempotency_key};
pub use needs::PaymentNeed;
pub use payments::{PaymentSettings, Payments};
pub use port::{
    Calling, Checkout, CheckoutFault, Opened, PaymentProvider, PaymentRequest, PayoutRequest, RefundRequest,
    Sending,
};
pub use providers::{ProviderSettings, Providers, ProvidersFault};
pub use razorpay::{Razorpay, RazorpayKeyId, RazorpaySettings, RazorpayWordFault, SourceAccount};
pub use sandbox::{Sandbox, SandboxSettings};
pub use secret::{ApiKey, PayeeAccount, SecretTextFault};
pub use statement_file::StatementSource;
pub use verified::{HmacSecrets, HmacSecretsFault, SignatureFault, Verified};
