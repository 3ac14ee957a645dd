//! [`TimedTable`]: the time limit and the latency of calls to a table without the SDK.

use crate::Clients;
use crate::table_timer::TableTimer;
use evens_metrics::Metrics;
use evens_table::{
    Answer, Delete, Failure, FoundBatch, Get, Item, Page, Put, Query, ReturnValues, Scan, Table, Update,
    Write,
};
use std::sync::Arc;
use tokio::time::{Instant, timeout};

/// Limits and measures every call of a table.
#[derive(Debug)]
pub(crate) struct TimedTable {
    table: Arc<dyn Table>,
    timer: TableTimer,
}

impl TimedTable {
    pub(crate) fn new(table: Arc<dyn Table>, metrics: &Metrics) -> Self {
        Self { table, timer: TableTimer::new(metrics.clone()) }
    }

    /// Runs a call. It is measured under `DynamoDB`'s name of its operation.
    fn timed<'a, T: 'a>(&'a self, operation: &'static str, answer: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async move {
            let started = Instant::now();
            let answered = timeout(Clients::OPERATION_TIMEOUT, answer).await;
            self.timer.tell_of(operation, started.elapsed());
            answered.unwrap_or_else(|elapsed| Err(Failure::NoAnswer(elapsed.into())))
        })
    }
}

impl Table for TimedTable {
    fn get(&self, get: Get, is_metered: bool) -> Answer<'_, Option<Item>> {
        self.timed("GetItem", self.table.get(get, is_metered))
    }

    fn get_batch(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, FoundBatch> {
        self.timed("BatchGetItem", self.table.get_batch(keys, is_metered))
    }

    fn get_at_once(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, Vec<Option<Item>>> {
        self.timed("TransactGetItems", self.table.get_at_once(keys, is_metered))
    }

    fn query(&self, query: Query, is_metered: bool) -> Answer<'_, Page> {
        self.timed("Query", self.table.query(query, is_metered))
    }

    fn scan(&self, scan: Scan, is_metered: bool) -> Answer<'_, Page> {
        self.timed("Scan", self.table.scan(scan, is_metered))
    }

    fn put(&self, put: Put, is_metered: bool) -> Answer<'_, ()> {
        self.timed("PutItem", self.table.put(put, is_metered))
    }

    fn update(&self, update: Update, returned: ReturnValues, is_metered: bool) -> Answer<'_, Item> {
        self.timed("UpdateItem", self.table.update(update, returned, is_metered))
    }

    fn delete(&self, delete: Delete, is_metered: bool) -> Answer<'_, ()> {
        self.timed("DeleteItem", self.table.delete(delete, is_metered))
    }

    fn transact(&self, writes: Vec<Write>, is_metered: bool) -> Answer<'_, ()> {
        self.timed("TransactWriteItems", self.table.transact(writes, is_metered))
    }
}

#[cfg(test)]
mod tests {
    use super::TimedTable;
    use crate::Clients;
    use evens_metrics::Metrics;
    use evens_table::{
        Answer, Delete, Failure, FoundBatch, Get, Item, Page, Put, Query, ReturnValues, Scan, Table, Update,
        Write,
    };
    use std::collections::HashMap;
    use std::future::pending;
    use std::sync::Arc;
    use tokio::time::Instant;

    /// A table that never answers.
    #[derive(Debug)]
    struct Silent;

    impl Table for Silent {
        fn get(&self, _: Get, _: bool) -> Answer<'_, Option<Item>> {
            Box::pin(pending())
        }

        fn get_batch(&self, _: Vec<Item>, _: bool) -> Answer<'_, FoundBatch> {
            Box::pin(pending())
        }

        fn get_at_once(&self, _: Vec<Item>, _: bool) -> Answer<'_, Vec<Option<Item>>> {
            Box::pin(pending())
        }

        fn query(&self, _: Query, _: bool) -> Answer<'_, Page> {
            Box::pin(pending())
        }

        fn scan(&self, _: Scan, _: bool) -> Answer<'_, Page> {
            Box::pin(pending())
        }

        fn put(&self, _: Put, _: bool) -> Answer<'_, ()> {
            Box::pin(pending())
        }

        fn update(&self, _: Update, _: ReturnValues, _: bool) -> Answer<'_, Item> {
            Box::pin(pending())
        }

        fn delete(&self, _: Delete, _: bool) -> Answer<'_, ()> {
            Box::pin(pending())
        }

        fn transact(&self, _: Vec<Write>, _: bool) -> Answer<'_, ()> {
            Box::pin(pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_an_answer_fails_in_time() {
        let table = TimedTable::new(Arc::new(Silent), &Metrics::default());
        let started = Instant::now();
        let get = Get { key: Item::new(), is_consistent: true, projection: None, names: HashMap::new() };
        assert!(matches!(table.get(get, false).await, Err(Failure::NoAnswer(_))));
        assert!(matches!(table.transact(Vec::new(), false).await, Err(Failure::NoAnswer(_))));
        assert_eq!(started.elapsed(), 2 * Clients::OPERATION_TIMEOUT);
    }
}
