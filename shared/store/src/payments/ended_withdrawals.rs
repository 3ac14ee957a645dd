//! Pages of the withdrawals that have ended, by state, over all shards of a list, newest first (G6).

use crate::operations::by_time::{ListByTime, NewestPlaces, TimeSpan};
use crate::operations::sweep;
use crate::payments::entities::{order, withdrawal};
use crate::table::shard::Shard;
use crate::{Store, StoreError};
use evens_payments::{OrderPosition, WithdrawalOrder, WithdrawalState};

/// A page of ended withdrawals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedPage {
    /// The withdrawals, except those whose state has changed meanwhile.
    pub orders: Vec<WithdrawalOrder>,
    /// The next page starts before this position; `None` on the last page.
    pub next_before: Option<OrderPosition>,
}

impl Store {
    /// A page of the withdrawals that have ended in `state` and were requested in a span and before a position, newest
    /// first. Those that ended before these lists existed are in no list.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `Query` on index `unfinished`
    pub async fn list_ended_withdrawals(
        &self,
        state: WithdrawalState,
        span: TimeSpan,
        before: Option<OrderPosition>,
        limit: u16,
    ) -> Result<EndedPage, StoreError> {
        let list = ListByTime {
            partition: &|shard: Shard| withdrawal::ended_partition(state, shard),
            place_of: |at, item| Ok(OrderPosition::new(at, sweep::unfinished_order(item)?.id)),
            time_of: |place: &OrderPosition| place.milliseconds(),
        };
        let found = self.newest_places(&list, span, before.as_ref(), limit).await?;
        let found = NewestPlaces::of(found, limit.into());
        let keys: Vec<_> = found.places.iter().map(|place| order::key(place.order())).collect();
        let mut orders = Vec::with_capacity(keys.len());
        for some in keys.chunks(Self::BATCH_MAX) {
            let items = self.get_batch_again(some).await?;
            orders.extend(items.iter().flatten().map(withdrawal::decode).collect::<Result<Vec<_>, _>>()?);
        }
        // The index may be slightly behind.
        orders.retain(|order: &WithdrawalOrder| order.state == state);
        Ok(EndedPage { orders, next_before: found.next_before() })
    }
}
