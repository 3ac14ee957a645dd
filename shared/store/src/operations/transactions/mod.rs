//! A transaction is a function with a name. Its documentation lists its conditions, numbered like the items of the
//! request; the lowest one that failed decides the outcome.

pub(crate) mod count_requests;
pub(crate) mod log_act;
pub(crate) mod set_switch;
