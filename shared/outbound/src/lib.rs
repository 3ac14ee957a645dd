//! Calls that leave the platform: allowed addresses, connections and signatures.
//!
//! Nothing leaves this machine unencrypted, no redirect is followed, and no more of an answer is read than the caller's
//! limit. Neither addresses nor keys appear in `Debug` texts. Callers set time limits and use a circuit breaker.
//!
//! Architecture invariant: this is the only crate with its own HTTPS client.

mod client;
mod endpoint;
mod retry_after;
mod signer;

pub use client::{HttpsClient, NoCertificates, Unreachable};
pub use endpoint::{Endpoint, EndpointFault};
pub use retry_after::{RETRY_AFTER_MAX, retry_after};
pub use signer::{SecretFault, Signer};
