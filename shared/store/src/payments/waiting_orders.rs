//! Pages of the orders that must be checked, over all shards of a list, those with the earliest next check first.

use crate::operations::sweep::{self, Since};
use crate::payments::entities::order::{self, OrderList};
use crate::payments::entities::stored_order::StoredOrder;
use crate::table::index_place::unfinished_since;
use crate::table::item::Fields;
use crate::{Store, StoreError};
use evens_payments::{DepositOrder, OrderPosition, WithdrawalOrder};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;

/// The longest time until an order's next check.
const LOOK_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Sorts the places and keeps the first one of each order. An order whose check is postponed while a shard is read
/// appears twice.
fn once_each(mut places: Vec<OrderPosition>) -> Vec<OrderPosition> {
    places.sort();
    let mut seen = HashSet::new();
    places.retain(|place| seen.insert(place.order()));
    places
}

/// A page of a list of orders. Checking an order postpones it, so it may appear again on a later page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPage<Order> {
    /// The orders, except those that have left the list meanwhile.
    pub orders: Vec<Order>,
    /// The next page starts after this position, which contains the time of a check. `None` on the last page.
    pub next_after: Option<OrderPosition>,
}

impl Store {
    /// A page of the withdrawals in a list after a position, the longest due first.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `Query` on index `unfinished`
    pub async fn list_withdrawals_to_check(
        &self,
        list: OrderList,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<WaitingPage<WithdrawalOrder>, StoreError> {
        self.list_to_check(list, after, limit, now).await
    }

    /// Like [`Store::list_withdrawals_to_check`], for deposits.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `Query` on index `unfinished`
    pub async fn list_deposits_to_check(
        &self,
        list: OrderList,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<WaitingPage<DepositOrder>, StoreError> {
        self.list_to_check(list, after, limit, now).await
    }

    async fn list_to_check<Order: StoredOrder>(
        &self,
        list: OrderList,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<WaitingPage<Order>, StoreError> {
        let mut found = Vec::new();
        for shard in self.layout.shards() {
            let partition = list.partition(self.layout.shard(shard));
            found.extend(self.turns_after(&partition, after, limit, now).await?);
        }
        let mut found = once_each(found);
        let has_more = found.len() > usize::from(limit);
        found.truncate(limit.into());
        let keys: Vec<_> = found.iter().map(|place| order::key(place.order())).collect();
        let mut orders = Vec::with_capacity(keys.len());
        for some in keys.chunks(Self::BATCH_MAX) {
            let items = self.get_batch_again(some).await?;
            orders.extend(items.iter().flatten().map(Order::decode).collect::<Result<Vec<_>, _>>()?);
        }
        // The index may be slightly behind.
        orders.retain(|order: &Order| order.list() == Some(list));
        Ok(WaitingPage { orders, next_after: found.last().copied().filter(|_| has_more) })
    }

    /// The first places of a shard after `after`: more than `limit`, if there are.
    async fn turns_after(
        &self,
        partition: &str,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<Vec<OrderPosition>, StoreError> {
        // Includes orders that were just checked: their next check is later, but they are still in the list.
        let until = now + LOOK_AHEAD;
        let from = after.and_then(|after| Timestamp::from_millisecond(after.milliseconds()).ok());
        let since = match from {
            None => Since::Before(until),
            Some(from) if from <= until => Since::Within(from, until),
            // No order is due that late, and the engine refuses a range that ends before it begins.
            Some(_) => return Ok(Vec::new()),
        };
        let (wanted, mut places, mut start) = (usize::from(limit), Vec::new(), None);
        loop {
            let (items, next) = self.page_of_unfinished(partition, since, start, limit + 2).await?;
            for item in &items {
                let id = sweep::unfinished_order(item)?.id;
                let place = OrderPosition::new(unfinished_since(Fields::of(item))?, id);
                places.extend(Some(place).filter(|place| after.is_none_or(|after| *place > after)));
            }
            start = next;
            // Places of the same millisecond are unsorted, so all of them are read.
            let is_enough = places
                .get(wanted)
                .zip(places.last())
                .is_some_and(|(one, last)| one.milliseconds() < last.milliseconds());
            if start.is_none() || is_enough {
                return Ok(places);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::once_each;
    use evens_ledger::UserId;
    use evens_payments::{Direction, OrderId, OrderPosition};
    use jiff::Timestamp;

    /// The engine refuses a batch read that contains the same item twice.
    #[test]
    fn an_order_that_was_moved_on_meanwhile_comes_once() {
        let user = UserId::new(1).expect("a user");
        let at = |milliseconds, key: &str| {
            let order = OrderId::derive(Direction::Withdrawal, user, &key.parse().expect("a key"));
            OrderPosition::new(Timestamp::from_millisecond(milliseconds).expect("a time"), order)
        };
        let found = vec![at(30, "moved"), at(20, "stays"), at(10, "moved")];
        assert_eq!(once_each(found), [at(10, "moved"), at(20, "stays")]);
    }
}
