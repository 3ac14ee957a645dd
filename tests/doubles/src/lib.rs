//! Test doubles for queues, table and context, used by the tests of crates below the binary.
//!
//! [`FakeSqs`] and [`FakeTable`] give scripted answers without sockets, even with paused time. [`embedded`] and
//! [`EmbeddedTable`] are real servers of the protocols. The platform as a whole is tested over the binary, without any
//! of these.

#![allow(clippy::unwrap_used, reason = "only tests call it, and a test may panic")]

mod context;
pub mod embedded;
mod embedded_table;
mod fake_sqs;
mod fake_table;
mod listening;
mod log;
mod staff;
mod terms;

pub use context::{context, context_of, now, signer, token};
pub use embedded_table::EmbeddedTable;
pub use fake_sqs::{Answer, Call, FakeSqs, success};
pub use fake_table::{AccountState, FakeTable};
pub use listening::listen_everywhere;
pub use log::Log;
pub use staff::{enrol, set_blocked, set_role};
pub use terms::agree_on_terms;
