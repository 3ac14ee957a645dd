//! A payment provider to develop and test against: payments, refunds, payouts, signed callbacks, statements, and
//! faults on purpose.
//!
//! Architecture invariant: it knows nothing of Evens, and [`core`] knows nothing of clocks, sockets, files or chance.

pub mod core;
mod server;
mod settings;
mod signature;

pub use server::{ServeError, serve};
pub use settings::{ApiKey, Callbacks, Settings, SettingsError};
pub use signature::{SecretError, Signer};
