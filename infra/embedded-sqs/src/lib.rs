//! An SQS server in one process: standard and FIFO queues over SQLite.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use embedded_sqs::{Options, Server};
//!
//! let server = Server::open(Options { data: Some("queues.sqlite".into()), ..Options::default() })?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:9324").await?;
//! server.serve(listener, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The crate has three layers, each of which knows only those above it:
//!
//! 1. [`core`]: the rules of SQS, an in-memory state machine without clock, thread or file.
//! 2. `store`: its records in SQLite, written by one thread that commits for many requests at once.
//! 3. `server`: AWS JSON 1.0 over HTTP, long polls, and the promise that an answer leaves only after its commit.
//!
//! [`Access`] decides which clients are answered.
//!
//! Architecture invariant: no handler touches SQLite, and no file or socket is touched under the core's lock.
//!
//! `ReceiveRequestAttemptId` is accepted and has no effect. A receive is undone if its caller disconnects before the
//! answer is sent. If an answer is lost later, its messages come again after their visibility timeout.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

mod access;
pub mod core;
mod server;
mod store;

pub use access::{Access, AccessKey, NoRandomness};
pub use server::{BoundedListener, CallError, Client, OpenError, Options, Server, Unavailable};
