//! Answers about orders.

use crate::{Data, Money, OrderCursor, Time};
use evens_ledger::Amount;
use evens_payments::{DepositOrder, OrderPosition, Payee, WithdrawalOrder, WithdrawalState};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `200` to `GET /api/deposits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositListAnswer {
    /// The player's deposits, newest first.
    pub data: Vec<DepositBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositBody {
    /// The order id.
    pub order_id: String,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`.
    pub status: &'static str,
    /// The amount.
    pub amount: Money,
    /// The currency code.
    pub currency: String,
    /// The page where the player pays; null if it is unknown, or if nothing is left to pay.
    pub checkout: Option<CheckoutBody>,
    /// Time until which the player can pay (RFC 3339).
    pub pay_until: Time,
    /// Time of opening (RFC 3339).
    pub created_at: Time,
}

/// The page where a player pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckoutBody {
    /// A page of the provider.
    pub url: String,
    /// Further parameters for the provider's page or program.
    pub parameters: BTreeMap<String, String>,
}

impl DepositListAnswer {
    /// A page of deposits, and the start of the next page, if any.
    pub fn new<'a>(
        deposits: impl IntoIterator<Item = &'a DepositOrder>,
        next: Option<OrderPosition>,
    ) -> Self {
        let data = deposits.into_iter().map(|order| DepositBody::new(order, None)).collect();
        Self { data, next_cursor: next.map(|before| OrderCursor { before }.to_string()) }
    }
}

impl DepositBody {
    /// The deposit, and where it is paid, if known.
    pub fn new(order: &DepositOrder, checkout: Option<CheckoutBody>) -> Self {
        let terms = &order.terms;
        Self {
            order_id: terms.id.to_string(),
            status: order.state.wire_status().into(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            checkout,
            pay_until: order.pay_until.into(),
            created_at: terms.created_at.into(),
        }
    }
}

/// `200` to `GET /api/payees`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayeeListAnswer {
    /// The player's payees, in the order in which they were added.
    pub data: Vec<PayeeBody>,
}

/// A payee: a bank account of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayeeBody {
    /// The payee id.
    pub payee_id: String,
    /// The last four characters of the account.
    pub account_ends_with: String,
    /// Time from which it can be paid (RFC 3339).
    pub usable_from: Time,
}

impl From<&Payee> for PayeeBody {
    fn from(payee: &Payee) -> Self {
        Self {
            payee_id: payee.id.to_string(),
            account_ends_with: payee.mask.to_string(),
            usable_from: payee.usable_from.into(),
        }
    }
}

impl PayeeListAnswer {
    /// A player's payees.
    pub fn new(mut payees: Vec<Payee>) -> Self {
        payees.sort_by_key(|payee| payee.since);
        Self { data: payees.iter().map(PayeeBody::from).collect() }
    }
}

/// A requested withdrawal, and the remaining balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedWithdrawalBody {
    /// The order id.
    pub order_id: String,
    /// `pending`, or the current status if it was requested before.
    pub status: &'static str,
    /// The amount.
    pub amount: Money,
    /// The payee.
    pub payee_id: String,
    /// `true` if a cashier must review it first.
    pub is_held: bool,
    /// The balance after the debit, or the current balance if it was requested before.
    pub balance: Money,
}

/// `200` to `GET /api/withdrawals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalListAnswer {
    /// The player's withdrawals, newest first.
    pub data: Vec<WithdrawalBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalBody {
    /// The order id.
    pub order_id: String,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`. In the last two cases the money was returned.
    pub status: &'static str,
    /// The amount.
    pub amount: Money,
    /// The currency code.
    pub currency: String,
    /// The payee.
    pub payee_id: String,
    /// `true` if a cashier must review it first.
    pub is_held: bool,
    /// The reasons of that review, such as `large` or `new-payee`; none if it is not held.
    pub hold_reasons: Vec<&'static str>,
    /// Time of the request (RFC 3339).
    pub created_at: Time,
}

impl From<&WithdrawalOrder> for WithdrawalBody {
    fn from(order: &WithdrawalOrder) -> Self {
        let terms = &order.terms;
        let is_held = order.state == WithdrawalState::Held;
        let reasons = order.hold_reasons.iter().filter(|_| is_held);
        Self {
            order_id: terms.id.to_string(),
            status: order.state.wire_status().into(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            payee_id: order.payee.to_string(),
            is_held,
            hold_reasons: reasons.map(|reason| (*reason).into()).collect(),
            created_at: terms.created_at.into(),
        }
    }
}

impl Data<RequestedWithdrawalBody> {
    /// The withdrawal, and the remaining balance.
    pub fn new(order: &WithdrawalOrder, balance: Amount) -> Self {
        let WithdrawalBody { order_id, status, amount, payee_id, is_held, .. } = order.into();
        let balance = balance.into();
        Self { data: RequestedWithdrawalBody { order_id, status, amount, payee_id, is_held, balance } }
    }
}

impl WithdrawalListAnswer {
    /// A page of withdrawals, and the start of the next page, if any.
    pub fn new<'a>(
        withdrawals: impl IntoIterator<Item = &'a WithdrawalOrder>,
        next: Option<OrderPosition>,
    ) -> Self {
        let data = withdrawals.into_iter().map(WithdrawalBody::from).collect();
        Self { data, next_cursor: next.map(|before| OrderCursor { before }.to_string()) }
    }
}
