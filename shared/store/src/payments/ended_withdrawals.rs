//! Pages of the withdrawals that have ended without a payment, by state, over all shards of a list, newest first (G6).

use crate::operations::sweep::{self, unfinished_since};
use crate::payments::entities::{order, withdrawal};
use crate::table::item::{Fields, text};
use crate::{Store, StoreError};
use evens_payments::{OrderPosition, WithdrawalOrder, WithdrawalState};
use evens_table::Query;

/// A page of ended withdrawals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedPage {
    /// The withdrawals, except those whose state has changed meanwhile.
    pub orders: Vec<WithdrawalOrder>,
    /// The next page starts before this position; `None` on the last page.
    pub next_before: Option<OrderPosition>,
}

impl Store {
    /// A page of the withdrawals that have ended in `state` and were requested before a position, newest first.
    /// Paid withdrawals are in no list, nor are those that ended before these lists existed.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `Query` on index `unfinished`
    pub async fn list_ended_withdrawals(
        &self,
        state: WithdrawalState,
        before: Option<OrderPosition>,
        limit: u16,
    ) -> Result<EndedPage, StoreError> {
        let mut found = Vec::new();
        for shard in self.layout.shards() {
            let partition = withdrawal::ended_partition(state, self.layout.shard(shard));
            found.extend(self.ended_before(&partition, before, limit).await?);
        }
        found.sort_by(|one, other| other.cmp(one));
        let has_more = found.len() > usize::from(limit);
        found.truncate(limit.into());
        let keys: Vec<_> = found.iter().map(|place| order::key(place.order())).collect();
        let mut orders = Vec::with_capacity(keys.len());
        for some in keys.chunks(Self::BATCH_MAX) {
            let items = self.get_batch_again(some).await?;
            orders.extend(items.iter().flatten().map(withdrawal::decode).collect::<Result<Vec<_>, _>>()?);
        }
        // The index may be slightly behind.
        orders.retain(|order: &WithdrawalOrder| order.state == state);
        Ok(EndedPage { orders, next_before: found.last().copied().filter(|_| has_more) })
    }

    /// The last places of a shard before `before`: more than `limit`, if there are.
    async fn ended_before(
        &self,
        partition: &str,
        before: Option<OrderPosition>,
        limit: u16,
    ) -> Result<Vec<OrderPosition>, StoreError> {
        // Sorts after every time, which all begin with a digit.
        let last = before.map_or_else(|| ":".to_owned(), |before| format!("{:013}", before.milliseconds()));
        let query = Query::new("unfinished_pk = :pk AND unfinished_sk <= :last")
            .index(Self::UNFINISHED)
            .descending()
            .value(":pk", text(partition))
            .value(":last", text(last));
        let (wanted, mut places, mut start) = (usize::from(limit), Vec::new(), None);
        loop {
            let (items, next) = self.query_page(&query, start, wanted + 2).await?;
            for item in &items {
                let id = sweep::unfinished_order(item)?.id;
                let place = OrderPosition::new(unfinished_since(Fields::of(item))?, id);
                places.extend(Some(place).filter(|place| before.is_none_or(|before| *place < before)));
            }
            start = next;
            // Places of the same millisecond are unsorted, so all of them are read.
            let is_enough = places
                .get(wanted)
                .zip(places.last())
                .is_some_and(|(one, last)| one.milliseconds() > last.milliseconds());
            if start.is_none() || is_enough {
                return Ok(places);
            }
        }
    }
}
