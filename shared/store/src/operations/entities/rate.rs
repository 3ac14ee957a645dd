//! A counter of requests: `RATE#{budget}#{subject}#{window}` / `RATE`. The engine deletes it some time after its
//! window.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Item, Key};
use crate::table::layout::Layout;
use evens_records::Record;

pub(crate) const KIND: &str = "rate";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "counter | `RATE#login#192.0.2.7#1994523` / `RATE` | `requests`",
    books: Books::Read(&[]),
    hidden: &["requests"],
    records,
};

pub(crate) fn key(budget: &str, subject: &str, window: i64) -> Key {
    Key { partition: format!("RATE#{budget}#{subject}#{window}"), sort: "RATE".to_owned() }
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    // The key alone identifies the counter.
    Ok(ScannedRecords::at(Key::of(item)?, Record::Aside))
}
