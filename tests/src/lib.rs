//! Scenarios over the running `evens` binary through HTTP, checked against its published schema and its books.
//!
//! A test starts a [`Scenario`], which is one process with its own folder. Its players are HTTP clients with their own
//! tokens. Every answer to a client is compared with `GET /openapi.json`, so that tests need not do it. Actions behind
//! the process's back (lost, repeated or late messages) use the same engines, through [`Scenario::context`].
//!
//! Architecture invariant: the system does not judge itself. [`books`] reads the table for the auditor, which trusts
//! none of the platform's rules.

#![expect(clippy::expect_used, reason = "a scenario that cannot go on ends its test")]

mod accounts;
mod betting;
pub mod books;
mod client;
mod conformance;
mod jobs;
mod process;
mod redaction;
mod sandbox;
mod scenario;
mod socket;

pub use accounts::{PASSWORD, Tokens, phone};
pub use betting::Placed;
pub use client::{Answer, Client, Request};
pub use conformance::{Document, Violation};
pub use process::{Addresses, Exit, Process, binary, built};
pub use redaction::Redaction;
pub use sandbox::{OpenedDeposit, Sandbox, payment_event};
pub use scenario::{Scenario, await_until};
pub use socket::LiveSocket;
