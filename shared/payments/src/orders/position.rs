//! [`OrderPosition`]: the position of an order in its player's list, which is ordered by time.

use crate::{OrderId, OrderTerms};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The position of an order in its player's list: the time of the order in milliseconds, then its id. Its text is
/// `{milliseconds}.{orderId}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderPosition {
    milliseconds: i64,
    order: OrderId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a position in a list of orders")]
pub struct OrderPositionError;

impl OrderPosition {
    pub fn of(terms: &OrderTerms) -> Self {
        Self::new(terms.created_at, terms.id)
    }

    pub fn new(created_at: Timestamp, order: OrderId) -> Self {
        Self { milliseconds: created_at.as_millisecond(), order }
    }

    /// The time of the order in milliseconds since 1970.
    pub fn milliseconds(self) -> i64 {
        self.milliseconds
    }

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
        // The milliseconds must be a valid time.
        Timestamp::from_millisecond(milliseconds).map_err(|_| OrderPositionError)?;
        Ok(Self { milliseconds, order: order.parse().map_err(|_| OrderPositionError)? })
    }
}
