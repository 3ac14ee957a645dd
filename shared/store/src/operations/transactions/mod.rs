//! A transaction is a function with a name, and its documentation is its list of conditions: they are numbered like the
//! items of the request, and the lowest one that failed decides the outcome.

pub(crate) mod count_requests;
pub(crate) mod log_act;
