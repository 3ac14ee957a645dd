//! Calls that leave the platform: to which addresses, over which connection, signed with what.
//!
//! Nothing leaves this machine unencrypted, no redirect is followed, no more of an answer is read than the caller
//! wants, and neither an address nor a key is in a `Debug` text. How long a call may take is the caller's to limit, and
//! whether there is one at all is for the circuit breaker to say.
//!
//! Architecture invariant: this is the only crate with an HTTPS client of its own.

mod client;
mod endpoint;
mod retry_after;
mod signer;

pub use client::{HttpsClient, NoCertificates, Unreachable};
pub use endpoint::{Endpoint, EndpointFault};
pub use retry_after::{RETRY_AFTER_MAX, retry_after};
pub use signer::{SecretFault, Signer};
