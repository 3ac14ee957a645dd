//! Sends withdrawals through their provider, each once. It claims an attempt, queries the provider for earlier payouts
//! unless none are possible, and sends under the attempt's key.
//!
//! Keeps: a payout that may have been sent is queried first. Absence at the provider is not failure; only the
//! provider's record ends an attempt. A process whose claim expired does not call. A second record of one order stops
//! everything until a person has looked.
//!
//! Architecture invariant: `payments` decides every step (`claim_payout`, `next_payout_step`, `settle_payout`).

mod handler;

pub use handler::PayoutSender;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function = Function {
    folder: "send-payouts",
    stack: Stack::Payments,
    about: "Reads where a player is paid, and cannot write it.",
    ..Function::JOBS
};
