//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod common;
mod guarded;
mod keys;
mod payments;
mod provider_text;
mod providers;
mod razorpay_callbacks;
mod razorpay_calls;
mod razorpay_faults;
mod razorpay_payouts;
mod razorpay_statement;
mod sandbox_callbacks;
mod sandbox_calls;
mod sandbox_faults;
mod sandbox_statement;
mod secret;
mod verified;
