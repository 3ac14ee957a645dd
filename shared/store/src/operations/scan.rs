//! Reads the whole table, item by item: with all secrets for operators' commands and tests, and
//! [without](Store::scan_books) for scheduled checks.
//!
//! An item counts only under the key that follows from its content. At any other key no reader finds it, and the effect
//! that it should prevent (a second effect of a key, a second account of a name) can happen.

use crate::entities::entity_of;
use crate::table::index_place::misplaced;
use crate::table::item::Item;
use crate::table::layout::Layout;
use crate::{Store, StoreError};
use evens_records::Record;
use evens_table::Scan;

impl Store {
    /// Passes the content of every item of the table to `each`: strongly consistent, in no particular order.
    ///
    /// # Role
    /// - `Scan` on any item
    pub async fn scan(&self, mut each: impl FnMut(Result<Record, StoreError>)) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let scan = Scan { is_consistent: true, start, limit: Some(Self::PAGE.into()), ..Scan::default() };
            let page = self.table.scan(scan, false).await?.value;
            for item in &page.items {
                records(item, self.layout).into_iter().for_each(&mut each);
            }
            start = page.next;
            if start.is_none() {
                return Ok(());
            }
        }
    }
}

/// The records of an item, and errors about its place. An item at a wrong key is no record, because no reader finds it.
/// An item at a wrong place in the `unfinished` index is still a record.
pub fn records(item: &Item, layout: Layout) -> Vec<Result<Record, StoreError>> {
    let found = match entity_of(item).and_then(|entity| (entity.records)(item, layout)) {
        Ok(found) => found,
        Err(error) => return vec![Err(error)],
    };
    match misplaced(item, &found) {
        None => found.records.into_iter().map(Ok).collect(),
        Some(error @ StoreError::Corrupt { attribute: "pk" | "sk", .. }) => vec![Err(error)],
        Some(error) => found.records.into_iter().map(Ok).chain([Err(error)]).collect(),
    }
}
