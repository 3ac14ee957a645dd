//! Money that goes out: from the request over reviews and attempts to a payout or its return.

pub(crate) mod claim_payout;
pub(crate) mod decide_withdrawal;
pub(crate) mod give_back;
pub(crate) mod hold_approvals;
pub(crate) mod hold_rules;
pub(crate) mod hold_unsent;
pub(crate) mod holds;
pub(crate) mod paid_twice;
pub(crate) mod payout_facts;
pub(crate) mod payout_step;
pub(crate) mod recent_withdrawals;
pub(crate) mod request_withdrawal;
pub(crate) mod resolve_payout;
pub(crate) mod settle_payout;
pub(crate) mod withdrawal_state;
