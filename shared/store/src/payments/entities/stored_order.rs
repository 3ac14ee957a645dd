//! [`StoredOrder`]: the common part of deposits and withdrawals in the table, so that each write of an order exists
//! once.

use super::order::OrderList;
use super::{deposit, withdrawal};
use crate::StoreError;
use crate::table::item::Item;
use crate::table::layout::Layout;
use evens_payments::{DepositOrder, Direction, OrderTerms, WithdrawalOrder};
use jiff::Timestamp;

pub(crate) trait StoredOrder: Sized {
    const DIRECTION: Direction;

    fn terms(&self) -> &OrderTerms;

    /// The list in the `unfinished` index, if the order must still be checked.
    fn list(&self) -> Option<OrderList>;

    /// The time of the next check after a write or a check at `now`.
    fn next_check_at(&self, now: Timestamp) -> Option<Timestamp>;

    /// Encodes the order as revision number `revision`.
    fn encode(&self, revision: u64, now: Timestamp, layout: Layout) -> Item;

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

    fn next_check_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.next_check_at(now)
    }

    fn encode(&self, revision: u64, now: Timestamp, layout: Layout) -> Item {
        deposit::encode(self, revision, self.next_check_at(now), layout)
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

    fn next_check_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.next_check_at(now)
    }

    fn encode(&self, revision: u64, now: Timestamp, layout: Layout) -> Item {
        withdrawal::encode(self, revision, self.next_check_at(now), layout)
    }

    fn decode(item: &Item) -> Result<Self, StoreError> {
        withdrawal::decode(item)
    }
}
