//! [`OrderPosition`]: where an order stands among its player's, which are in the order of time.

use crate::{OrderId, OrderTerms};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// Where an order stands among its player's: when it was given, to the millisecond, then its id. Its text is
/// `{milliseconds}.{orderId}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderPosition {
    milliseconds: i64,
    order: OrderId,
}

/// The text is no position in a list of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no position in a list of orders")]
pub struct OrderPositionError;

impl OrderPosition {
    /// Where an order of these terms stands.
    pub fn of(terms: &OrderTerms) -> Self {
        Self::new(terms.created_at, terms.id)
    }

    /// Where an order stands that was given then.
    pub fn new(created_at: Timestamp, order: OrderId) -> Self {
        Self { milliseconds: created_at.as_millisecond(), order }
    }

    /// When the order was given, in milliseconds since 1970.
    pub fn milliseconds(self) -> i64 {
        self.milliseconds
    }

    /// The order.
    pub fn order(self) -> OrderId {
        self.order
    }
}

impl fmt::Display for OrderPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.milliseconds, self.order)
    }
}

impl FromStr for OrderPosition {
    type Err = OrderPositionError;

    fn from_str(text: &str) -> Result<Self, OrderPositionError> {
        let (milliseconds, order) = text.split_once('.').ok_or(OrderPositionError)?;
        let milliseconds = milliseconds.parse().map_err(|_| OrderPositionError)?;
        // Every one is of a moment that there is.
        Timestamp::from_millisecond(milliseconds).map_err(|_| OrderPositionError)?;
        Ok(Self { milliseconds, order: order.parse().map_err(|_| OrderPositionError)? })
    }
}
