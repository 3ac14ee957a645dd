//! Deposits and withdrawals.

mod at_once;
mod attacks;
mod cashiers;
mod debts;
mod depositing;
mod deposits;
mod disputes;
mod export;
mod first_bonus;
mod identity;
mod limits;
mod opening;
mod platform;
mod reconcile;
mod refunds;
mod register;
mod resolve;
mod squatting;
mod stage_switches;
mod switches;
mod turnover;
mod withdrawals;
pub(crate) mod withdrawing;
