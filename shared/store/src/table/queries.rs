//! Queries, page by page. A page is full unless the list has ended, however little the engine returns at once.

use crate::table::item::{Item, Key, text};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

/// Part of a list that goes on over what cannot be read.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What was found.
    pub found: Vec<T>,
    /// How many items were left out, because they cannot be read.
    pub left_out: usize,
    /// Where the next page starts; `None` where there is none.
    pub next: Option<PageStart>,
}

/// Where a page starts.
#[derive(Debug, Clone)]
pub struct PageStart(pub(crate) Item);

impl<T> Page<T> {
    /// A page of these items. One that is corrupt is left out, because it must not keep those behind it from ending
    /// (M6); it is found again whenever somebody comes past, and by `evens verify`.
    pub(crate) fn of(
        items: &[Item],
        decode: impl Fn(&Item) -> Result<T, StoreError>,
        next: Option<Item>,
    ) -> Self {
        let report = |error: &StoreError| tracing::error!(%error, "Skipped an item that cannot be read");
        let found = items.iter().filter_map(|item| decode(item).inspect_err(report).ok());
        let found: Vec<_> = found.collect();
        Self { left_out: items.len() - found.len(), found, next: next.map(PageStart) }
    }
}

impl Store {
    /// How many small items a query reads at once.
    pub(crate) const PAGE: u16 = 1_000;

    /// The items of a partition between two keys, from the last one down.
    pub(crate) fn downwards(&self, first: Key, last: Key) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table);
        query
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(first.partition))
            .expression_attribute_values(":first", text(first.sort))
            .expression_attribute_values(":last", text(last.sort))
            .scan_index_forward(false)
    }

    /// So many items of a query, or all that there are.
    pub(crate) async fn query_up_to(
        &self,
        query: &QueryFluentBuilder,
        start: Option<Item>,
        wanted: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.query_page(query, start, wanted).await.map(|(items, _)| items)
    }

    /// The same, and where the list goes on, if it does. One answer of the engine holds 1 MB at most: that it is short
    /// says nothing about the end of the list.
    pub(crate) async fn query_page(
        &self,
        query: &QueryFluentBuilder,
        mut start: Option<Item>,
        wanted: usize,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut items = Vec::new();
        while items.len() < wanted {
            let limit = i32::try_from(wanted - items.len()).unwrap_or(i32::MAX);
            let request = query.clone().set_exclusive_start_key(start).limit(limit);
            let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
            self.count_read(output.consumed_capacity.as_slice());
            items.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok((items, start))
    }
}
