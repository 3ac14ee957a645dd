//! A payment provider to develop and test against: payments, refunds, payouts, signed callbacks, statements, and faults on
//! purpose.
//!
//! Architecture invariant: it knows nothing of Evens, and [`core`] knows nothing of clocks, sockets, files or chance.

pub mod core;
