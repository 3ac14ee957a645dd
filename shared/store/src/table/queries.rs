//! Queries, page by page. A page is full unless the list has ended, however little the engine returns per call.

use crate::table::item::{Item, Key, text};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

/// A page of a list. Items that cannot be read are left out.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub found: Vec<T>,
    /// Number of items left out because they cannot be read.
    pub left_out: usize,
    /// Start of the next page; `None` on the last page.
    pub next: Option<PageStart>,
}

/// An opaque position at which a page starts.
#[derive(Debug, Clone)]
pub struct PageStart(pub(crate) Item);

impl<T> Page<T> {
    /// Decodes a page. A corrupt item is left out, because it must not keep those behind it from ending (M6). Later
    /// passes and `evens verify` report it again.
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
    /// Number of small items that a query reads at once.
    pub(crate) const PAGE: u16 = 1_000;

    /// The items of a partition between two keys, in descending order.
    pub(crate) fn downwards(&self, first: Key, last: Key) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.table);
        query
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(first.partition))
            .expression_attribute_values(":first", text(first.sort))
            .expression_attribute_values(":last", text(last.sort))
            .scan_index_forward(false)
    }

    /// Returns at most `wanted` items of a query.
    pub(crate) async fn query_up_to(
        &self,
        query: &QueryFluentBuilder,
        start: Option<Item>,
        wanted: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.query_page(query, start, wanted).await.map(|(items, _)| items)
    }

    /// Like [`Self::query_up_to`], and also returns where the list continues. The engine returns at most 1 MB per call,
    /// so a short answer does not mean that the list has ended.
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
