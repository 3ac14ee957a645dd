//! `POST /api/withdrawals`: debits the wallet and stores the order in one transaction, requests its payout, and answers
//! 202. `POST /api/payees` adds an account that a player can be paid to. Players can read both.
//!
//! Keeps M2, M3 and M8: the order belongs to the token's subject and goes to one of their own payees. Its id derives
//! from the user and the idempotency key. Nothing is paid here. An account number is encrypted before it is stored and
//! is never returned, not even to its owner. If the message is lost, the sweeper finds the order.
//!
//! Architecture invariant: no rule lives here. `contracts` parses the body and `payments` decides about the order.

mod payees;
mod withdrawals;

use axum::Router;
use axum::extract::Extension;
use evens_exclusion_register::Exclusions;
use evens_providers::Payments;
use evens_runtime::{Context, Function, Stack, Stages, Start};
use evens_sealing::SealingKeys;

/// `exclusions` says which players may not bet. They need no turnover before a withdrawal.
pub fn router(payments: Payments, keys: SealingKeys, exclusions: Exclusions) -> Router<Context> {
    payees::router()
        .merge(withdrawals::router())
        .layer(Extension(payments))
        .layer(Extension(keys))
        .layer(Extension(exclusions))
}

pub const FUNCTION: Function = Function {
    folder: "withdrawals",
    stack: Stack::Payments,
    about: "Debits the player who asks and requests the payout. It cannot record that money has left.",
    start: Start::Requests(Stages { local: 5, dev: 3, staging: 10, prod: 10 }),
    values: "WithdrawalValues",
    ..Function::REQUESTS
};
