//! Money in and out.

mod cashiers;
mod deposits;
mod export;
mod first_bonus;
mod limits;
mod reconcile;
mod withdrawals;
mod withdrawing;
