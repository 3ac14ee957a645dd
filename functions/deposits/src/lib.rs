//! `POST /api/deposits` and a player's view of their deposits. Opening a deposit first stores the order and counts it
//! against the player's limits. Only then does it open the payment at the provider and return where to pay.
//! Also the same page once more, and a query to the provider about a deposit, which a job makes.
//! `GET /api/platform`: the settings that clients show, such as whether there is a provider.
//!
//! Keeps M3 and M8: the order belongs to the token's subject. Its id derives from the user and the idempotency key, so
//! a repeat finds the same order and payment. This function credits nothing: a credit needs the provider's report.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `payments` decides about the order.

mod handler;
mod platform;

pub use handler::router;

use evens_runtime::{Calls, Function, Slow, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "deposits",
    stack: Stack::Payments,
    about: "Opens orders and records the provider's reference of each. It cannot credit a wallet, only read it, and \
        ask for a look at an order.",
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 14, prod: 14 }),
    slow: Slow { calls: Calls::Few, warn_ms: 4_000, page_ms: 8_000 },
    values: "DepositValues",
    ..Function::REQUESTS
};
