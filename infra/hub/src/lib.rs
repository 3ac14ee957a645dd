//! The live channel in memory. `docs/live.md` describes the protocol.
//!
//! Each change that the store of this process makes is a hint to the [`Hub`], and so is each change that another
//! process announces. A few readers read the changed state and send the body that `GET` gives to the sockets in its
//! rooms. Money neither waits for a push nor fails because of one.
//!
//! Architecture invariant: every state that is sent was read from the table after its hint, and no token, message or
//! body is logged. The hub knows neither addresses nor the server that accepts connections.

mod announcer;
mod authenticate;
mod hub;
mod listening;
mod members;
mod read;
mod socket;
mod staff;

pub use announcer::announce_once;
pub use authenticate::{Denial, check_account, problem, verify};
pub use hub::Hub;
pub use read::ReadError;
pub use socket::{Transport, Wire};
