//! A provider's statement of a day, compared with our orders and our ledger.

pub(crate) mod booked;
pub(crate) mod closing;
pub(crate) mod difference;
pub(crate) mod known_order;
pub(crate) mod reconcile;
pub(crate) mod record_orders;
pub(crate) mod report;
pub(crate) mod statement;
pub(crate) mod statement_calendar;
pub(crate) mod undone_payouts;
pub(crate) mod wanted_keys;
