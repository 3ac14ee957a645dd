//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

mod agreements;
mod booked;
mod claims;
mod common;
mod debt;
mod disputes;
mod extra_payments;
mod free_account;
mod identity;
mod ids;
mod limits;
mod look;
mod open_deposit;
mod paid_twice;
mod payees;
mod payout_facts;
mod payouts;
mod properties;
mod reconcile;
mod record_orders;
mod refunds;
mod request_withdrawal;
mod reservations;
mod resolve_payout;
mod settings;
mod settings_changes;
mod settle_deposit;
mod statement_calendar;
mod states;
mod turnover;
