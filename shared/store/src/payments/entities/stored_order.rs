//! [`StoredOrder`]: what deposits and withdrawals have in common in the table, so that each write of an order is there
//! once.

use super::order::OrderList;
use super::{deposit, withdrawal};
use crate::StoreError;
use crate::table::item::Item;
use evens_payments::{DepositOrder, Direction, OrderTerms, WithdrawalOrder};
use jiff::Timestamp;

/// An order in the table.
pub(crate) trait StoredOrder: Sized {
    /// Which of the two it is.
    const DIRECTION: Direction;

    fn terms(&self) -> &OrderTerms;

    /// In which list of unfinished things it stands, if somebody must still look at it.
    fn list(&self) -> Option<OrderList>;

    /// When somebody looks at it next, after it was written or looked at now.
    fn look_at(&self, now: Timestamp) -> Option<Timestamp>;

    /// The order as its revision of that number.
    fn encode(&self, revision: u64, now: Timestamp) -> Item;

    fn decode(item: &Item) -> Result<Self, StoreError>;
}

impl StoredOrder for DepositOrder {
    const DIRECTION: Direction = Direction::Deposit;

    fn terms(&self) -> &OrderTerms {
        &self.terms
    }

    fn list(&self) -> Option<OrderList> {
        deposit::list_of(self)
    }

    fn look_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.look_at(now)
    }

    fn encode(&self, revision: u64, now: Timestamp) -> Item {
        deposit::encode(self, revision, self.look_at(now))
    }

    fn decode(item: &Item) -> Result<Self, StoreError> {
        deposit::decode(item)
    }
}

impl StoredOrder for WithdrawalOrder {
    const DIRECTION: Direction = Direction::Withdrawal;

    fn terms(&self) -> &OrderTerms {
        &self.terms
    }

    fn list(&self) -> Option<OrderList> {
        withdrawal::list_of(self)
    }

    fn look_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.look_at(now)
    }

    fn encode(&self, revision: u64, now: Timestamp) -> Item {
        withdrawal::encode(self, revision, self.look_at(now))
    }

    fn decode(item: &Item) -> Result<Self, StoreError> {
        withdrawal::decode(item)
    }
}
