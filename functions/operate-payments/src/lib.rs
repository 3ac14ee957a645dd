//! Cashiers decide about held withdrawals, stuck payouts, payments that are credited or refunded by hand, debts, and
//! bank accounts that two players claim. They also note players' identity status. Cashiers and auditors can read all of
//! it, and the reconciliations with payment providers. Auditors read the audit log.
//!
//! Keeps: a cashier cannot decide about their own order, and counts only once per order. The decision needs a recent
//! login. Each decision has an audit log line in its own transaction. A repeated decision changes nothing.
//!
//! Architecture invariant: no rule lives here. `payments` decides, `audit-log` chains the lines.

mod accounts;
mod act;
mod audit;
mod claims;
mod decisions;
mod deposits;
mod identity;
mod orders;
mod players;
mod reconciliations;
mod resolutions;
mod returns;
mod reviews;

use axum::Router;
use axum::extract::Extension;
use evens_payments::{Currency, DepositRules, HoldRules};
use evens_runtime::{Context, Function, Stack, Stages, Start};

/// The rules say how many cashiers must approve, and which rules apply to credited payments. Amounts are in `currency`.
pub fn router(holds: HoldRules, deposits: DepositRules, currency: Currency) -> Router<Context> {
    accounts::router()
        .merge(audit::router())
        .merge(claims::router(deposits))
        .merge(decisions::router())
        .merge(deposits::router())
        .merge(identity::router())
        .merge(orders::router())
        .merge(players::router())
        .merge(reconciliations::router())
        .merge(resolutions::router())
        .merge(returns::router())
        .merge(reviews::router())
        .layer(Extension(holds))
        .layer(Extension(currency))
}

pub const FUNCTION: Function = Function {
    folder: "operate-payments",
    stack: Stack::Payments,
    about: "Decides which payouts are sent and which are returned, and adds a line to the audit log for each \
        decision. It cannot read payees. AUDIT is the number and hash of the newest line, and AUDIT# holds the \
        lines, which are never changed or deleted.",
    start: Start::Requests(Stages { local: 2, dev: 2, staging: 2, prod: 5 }),
    ..Function::REQUESTS
};
