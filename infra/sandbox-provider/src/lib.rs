//! A payment provider for development and tests: payments, refunds, payouts, signed callbacks, statements, and injected
//! faults.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use evens_sandbox_provider::{ApiKey, Callbacks, Settings, core, serve};
//!
//! let secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".parse()?;
//! let settings = Settings {
//!     rules: core::Settings::default(),
//!     key: ApiKey::new("a-key-for-callers-of-the-api")?,
//!     callbacks: Some(Callbacks::new("http://127.0.0.1:8080/callback".parse()?, secret)?),
//!     public_url: None,
//!     state_file: None,
//! };
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! serve(listener, settings, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The README documents the API, the callbacks, the faults, and the account numbers that determine the fate of payouts.
//! The state is in memory and ends with the process, unless [`Settings::state_file`] names a file.
//!
//! Architecture invariant: this crate knows nothing of Evens, and [`core`] knows nothing of clocks, sockets, files or
//! randomness.

pub mod core;
mod server;
mod settings;
mod signature;

pub use server::{ServeError, serve};
pub use settings::{ApiKey, Callbacks, Settings, SettingsError};
pub use signature::{SecretError, Signer};
