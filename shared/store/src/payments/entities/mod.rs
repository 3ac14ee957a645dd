//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod agreements;
pub(crate) mod deposit;
pub(crate) mod order;
pub(crate) mod payee;
pub(crate) mod payments_record;
pub(crate) mod report;
pub(crate) mod settings;
pub(crate) mod stored_order;
pub(crate) mod withdrawal;
