//! Answers about orders.

use crate::{Money, OrderCursor};
use evens_payments::{DepositOrder, OrderPosition};
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
    /// Where the next page starts; null on the last one.
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
    /// How much.
    pub amount: Money,
    /// The code of the currency.
    pub currency: String,
    /// Where the player pays; null where that is not known, or there is nothing to pay any more.
    pub checkout: Option<CheckoutBody>,
    /// Until when the player can pay (RFC 3339).
    pub pay_until: String,
    /// When it was opened (RFC 3339).
    pub created_at: String,
}

/// Where a player pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckoutBody {
    /// A page of the provider.
    pub url: String,
    /// What their page or program takes besides.
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
            status: order.state.wire_status().as_str(),
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            checkout,
            pay_until: order.pay_until.to_string(),
            created_at: terms.created_at.to_string(),
        }
    }
}
