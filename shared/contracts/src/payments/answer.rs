//! Answers about orders.

use crate::{Money, OrderCursor};
use evens_ledger::Amount;
use evens_payments::{DepositOrder, OrderPosition, Payee, WithdrawalOrder, WithdrawalState};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `201` to `POST /api/deposits`, and `200` to `GET /api/deposits/{orderId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepositAnswer {
    /// The deposit.
    pub data: DepositBody,
}

/// `200` to `GET /api/deposits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositListAnswer {
    /// The player's deposits, newest first.
    pub data: Vec<DepositBody>,
    /// The start of the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

/// A deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositBody {
    /// Its id.
    pub order_id: String,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`.
    pub status: &'static str,
    /// The amount.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// The checkout. Null if it is unknown or there is nothing left to pay.
    pub checkout: Option<CheckoutBody>,
    /// The time until which the player can pay (RFC 3339).
    pub pay_until: String,
    /// The time of creation (RFC 3339).
    pub created_at: String,
}

/// The checkout of a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckoutBody {
    /// The address of the provider's payment page.
    pub url: String,
    /// Further parameters for the provider's page or client library.
    pub parameters: BTreeMap<String, String>,
}

impl DepositListAnswer {
    /// Those deposits, and where the next page starts, if there is one.
    pub fn new<'a>(
        deposits: impl IntoIterator<Item = &'a DepositOrder>,
        next: Option<OrderPosition>,
    ) -> Self {
        let data = deposits.into_iter().map(|order| DepositBody::new(order, None)).collect();
        Self { data, next_cursor: next.map(|before| OrderCursor { before }.to_string()) }
    }
}

impl DepositBody {
    /// The deposit, and where it is paid, if that is known.
    pub fn new(order: &DepositOrder, checkout: Option<CheckoutBody>) -> Self {
        let terms = &order.terms;
        Self {
            order_id: terms.id.to_string(),
            status: order.state.wire_status().into(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            checkout,
            pay_until: order.pay_until.to_string(),
            created_at: terms.created_at.to_string(),
        }
    }
}

/// `201` to `POST /api/payees`, and `200` to a payee's removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayeeAnswer {
    /// The payee.
    pub data: PayeeBody,
}

/// `200` to `GET /api/payees`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayeeListAnswer {
    /// The player's payees, in the order in which they were added.
    pub data: Vec<PayeeBody>,
}

/// A bank account for a player's withdrawals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayeeBody {
    /// Its id.
    pub payee_id: String,
    /// The last four characters of the account.
    pub account_ends_with: String,
    /// The time from which it can be paid (RFC 3339).
    pub usable_from: String,
}

impl From<&Payee> for PayeeBody {
    fn from(payee: &Payee) -> Self {
        Self {
            payee_id: payee.id.to_string(),
            account_ends_with: payee.mask.to_string(),
            usable_from: payee.usable_from.to_string(),
        }
    }
}

impl PayeeListAnswer {
    /// Those payees.
    pub fn new(mut payees: Vec<Payee>) -> Self {
        payees.sort_by_key(|payee| payee.since);
        Self { data: payees.iter().map(PayeeBody::from).collect() }
    }
}

/// `202` to `POST /api/withdrawals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestedWithdrawalAnswer {
    /// The withdrawal and the remaining balance.
    pub data: RequestedWithdrawalBody,
}

/// A requested withdrawal and the remaining balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedWithdrawalBody {
    /// Its id.
    pub order_id: String,
    /// `pending`, or the current status for a repeated request.
    pub status: &'static str,
    /// The amount.
    pub amount: Money,
    /// The payee.
    pub payee_id: String,
    /// True if it is held for a cashier.
    pub is_held: bool,
    /// The balance of the wallet: after the debit, or the current one for a repeated request.
    pub balance: Money,
}

/// `200` to `GET /api/withdrawals/{orderId}` and to its cancellation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WithdrawalAnswer {
    /// The withdrawal.
    pub data: WithdrawalBody,
}

/// `200` to `GET /api/withdrawals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalListAnswer {
    /// The player's withdrawals, newest first.
    pub data: Vec<WithdrawalBody>,
    /// The start of the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalBody {
    /// Its id.
    pub order_id: String,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`. After the last two the money is back in the
    /// wallet.
    pub status: &'static str,
    /// The amount.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// The payee.
    pub payee_id: String,
    /// True if it is held for a cashier.
    pub is_held: bool,
    /// The time of the request (RFC 3339).
    pub created_at: String,
}

impl From<&WithdrawalOrder> for WithdrawalBody {
    fn from(order: &WithdrawalOrder) -> Self {
        let terms = &order.terms;
        Self {
            order_id: terms.id.to_string(),
            status: order.state.wire_status().into(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            payee_id: order.payee.to_string(),
            is_held: order.state == WithdrawalState::Held,
            created_at: terms.created_at.to_string(),
        }
    }
}

impl RequestedWithdrawalAnswer {
    /// That withdrawal, and the balance that it leaves.
    pub fn new(order: &WithdrawalOrder, balance: Amount) -> Self {
        let WithdrawalBody { order_id, status, amount, payee_id, is_held, .. } = order.into();
        let balance = balance.into();
        Self { data: RequestedWithdrawalBody { order_id, status, amount, payee_id, is_held, balance } }
    }
}

impl WithdrawalListAnswer {
    /// Those withdrawals, and where the next page starts, if there is one.
    pub fn new<'a>(
        withdrawals: impl IntoIterator<Item = &'a WithdrawalOrder>,
        next: Option<OrderPosition>,
    ) -> Self {
        let data = withdrawals.into_iter().map(WithdrawalBody::from).collect();
        Self { data, next_cursor: next.map(|before| OrderCursor { before }.to_string()) }
    }
}
