//! Queries, page by page. A page is full unless the list has ended, however little the engine returns per call.

use crate::table::item::{Item, Key, text};
use crate::{Store, StoreError};
use evens_table::Query;

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

    /// Queries the items of a partition between two keys, in descending order.
    pub(crate) fn downwards(first: Key, last: Key) -> Query {
        Query::new("pk = :pk AND sk BETWEEN :first AND :last")
            .value(":pk", text(first.partition))
            .value(":first", text(first.sort))
            .value(":last", text(last.sort))
            .descending()
    }

    /// Returns at most `wanted` items of a query.
    pub(crate) async fn query_up_to(
        &self,
        query: &Query,
        start: Option<Item>,
        wanted: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.query_page(query, start, wanted).await.map(|(items, _)| items)
    }

    /// Like [`Self::query_up_to`], and also returns where the list continues. The engine returns at most 1 MB per call,
    /// so a short answer does not mean that the list has ended.
    pub(crate) async fn query_page(
        &self,
        query: &Query,
        mut start: Option<Item>,
        wanted: usize,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut items = Vec::new();
        while items.len() < wanted {
            let limit = u32::try_from(wanted - items.len()).unwrap_or(u32::MAX);
            let page = self.query_once(query.clone().start(start).limit(limit)).await?;
            items.extend(page.items);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        Ok((items, start))
    }

    /// Makes one call of the engine, whose page may be short.
    pub(crate) async fn query_once(&self, query: Query) -> Result<evens_table::Page, StoreError> {
        Ok(self.count_read(self.table.query(query, self.is_metered()).await?))
    }
}
