//! Money in and out.

mod at_once;
mod cashiers;
mod debts;
mod deposits;
mod disputes;
mod export;
mod first_bonus;
mod identity;
mod limits;
mod reconcile;
mod opening;
mod refunds;
mod resolve;
mod switches;
mod register;
mod turnover;
mod withdrawals;
mod withdrawing;
