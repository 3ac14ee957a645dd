//! Money that comes in: from the request to a credit, a refund or a dispute.

pub(crate) mod claim_suspended;
pub(crate) mod deposit_rules;
pub(crate) mod deposit_state;
pub(crate) mod end_deposit;
pub(crate) mod first_bonus;
pub(crate) mod open_deposit;
pub(crate) mod return_payment;
pub(crate) mod settle_deposit;
pub(crate) mod settle_dispute;
