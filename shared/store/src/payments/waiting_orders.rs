//! Orders that somebody must look at, page by page: those first whose turn comes first, of all shards of their list.

use crate::operations::sweep::{self, Since, unfinished_since};
use crate::payments::entities::order::{self, OrderList};
use crate::payments::entities::stored_order::StoredOrder;
use crate::table::item::Fields;
use crate::table::shard::{SHARDS, Shard};
use crate::{Store, StoreError};
use evens_payments::{DepositOrder, OrderPosition, WithdrawalOrder};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;

/// Nobody looks at an order less often.
const LOOK_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// The places in their order, each order at its first one: an order that is moved on while a shard is read, page by
/// page, is seen twice.
fn once_each(mut places: Vec<OrderPosition>) -> Vec<OrderPosition> {
    places.sort();
    let mut seen = HashSet::new();
    places.retain(|place| seen.insert(place.order()));
    places
}

/// A page of such a list. Who looks at an order moves it on, so it may come again on a later page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPage<Order> {
    /// The orders. What has left the list meanwhile is not among them.
    pub orders: Vec<Order>,
    /// The next page starts after this one, which stands where its turn comes; `None` where there is none.
    pub next_after: Option<OrderPosition>,
}

impl Store {
    /// A page of the withdrawals in a list, those first that have been due to be looked at for the longest: those after
    /// that position.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `Query` on index `unfinished`
    pub async fn list_withdrawals_to_look_at(
        &self,
        list: OrderList,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<WaitingPage<WithdrawalOrder>, StoreError> {
        self.list_to_look_at(list, after, limit, now).await
    }

    /// A page of the deposits in a list, in the same way.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `Query` on index `unfinished`
    pub async fn list_deposits_to_look_at(
        &self,
        list: OrderList,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<WaitingPage<DepositOrder>, StoreError> {
        self.list_to_look_at(list, after, limit, now).await
    }

    async fn list_to_look_at<Order: StoredOrder>(
        &self,
        list: OrderList,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<WaitingPage<Order>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            let partition = list.partition(Shard::number(shard));
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
        // The index is a moment behind.
        orders.retain(|order: &Order| order.list() == Some(list));
        Ok(WaitingPage { orders, next_after: found.last().copied().filter(|_| has_more) })
    }

    /// The first places of a shard after that one: more than `limit`, if there are.
    async fn turns_after(
        &self,
        partition: &str,
        after: Option<OrderPosition>,
        limit: u16,
        now: Timestamp,
    ) -> Result<Vec<OrderPosition>, StoreError> {
        // What was just looked at is due later, and on its way all the same.
        let until = now + LOOK_AHEAD;
        let from = after.and_then(|after| Timestamp::from_millisecond(after.milliseconds()).ok());
        let since = match from {
            None => Since::Before(until),
            Some(from) if from <= until => Since::Within(from, until),
            // Nothing stands there, and whoever keeps the table refuses a time that ends before it begins.
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
            // Those of one moment stand in no order, so all of them are read.
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

    /// The table refuses to read an item twice at once.
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
