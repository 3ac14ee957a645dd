//! Messages of the live channel, protocol version 1. `docs/live.md` describes them for integrators.

pub(crate) mod event;
pub(crate) mod frame;
pub(crate) mod message;
pub(crate) mod route;

/// The version of the protocol.
const VERSION: u8 = 1;
