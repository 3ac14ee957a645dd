//! The bodies of our requests to Razorpay. Amounts are in paise.

use super::records::OurNotes;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct OrderBody {
    pub(super) amount: i128,
    pub(super) currency: &'static str,
    pub(super) receipt: String,
    pub(super) notes: OurNotes,
}

#[derive(Serialize)]
pub(super) struct RefundBody<'a> {
    pub(super) amount: i128,
    pub(super) speed: &'static str,
    pub(super) receipt: &'a str,
    pub(super) notes: OurNotes,
}

#[derive(Serialize)]
pub(super) struct PayoutBody<'a> {
    pub(super) account_number: &'a str,
    pub(super) fund_account_id: &'a str,
    pub(super) amount: i128,
    pub(super) currency: &'static str,
    pub(super) mode: &'static str,
    pub(super) purpose: &'static str,
    pub(super) reference_id: String,
    pub(super) queue_if_low_balance: bool,
    pub(super) notes: OurNotes,
}
