//! What deposits and withdrawals have in common: their terms, their writes, and the messages of providers.

pub(crate) mod agreement;
pub(crate) mod dispute_lines;
pub(crate) mod history;
pub(crate) mod ids;
pub(crate) mod keys;
pub(crate) mod money;
pub(crate) mod next_check;
pub(crate) mod order;
pub(crate) mod plan;
pub(crate) mod position;
pub(crate) mod provider;
pub(crate) mod standing_approvals;
pub(crate) mod wire_status;
