//! Scenarios over the running `evens` binary, through HTTP; and what checks them: the contract that the system
//! publishes, and its books.
//!
//! A test starts a [`Scenario`], which is one process with a folder of its own; its players are HTTP clients with their
//! own tokens. Every answer that a client gets is compared with `GET /openapi.json`, so that no test needs to ask for
//! it. What a scenario does behind the back of the process (a message lost, repeated or late) goes to the same engines,
//! through [`Scenario::context`].
//!
//! Architecture invariant: the system is not asked whether it is right. [`books`] reads the table and hands it to the
//! auditor, who takes no rule's word for anything.

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
pub use jobs::jobs_of_every_type;
pub use process::{Addresses, Exit, Process, binary, built};
pub use redaction::Redaction;
pub use sandbox::{OpenedDeposit, Sandbox, payment_event};
pub use scenario::{Scenario, await_until};
pub use socket::LiveSocket;
