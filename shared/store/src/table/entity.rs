//! [`Entity`]: a kind of item, which says once what it is called, which attributes it has, and what it means to readers
//! of the books.

use crate::StoreError;
use crate::table::index_place::ScannedRecords;
use crate::table::item::{EXPIRES_AT, Item};
use crate::table::layout::Layout;

/// A kind of item.
#[derive(Debug)]
pub(crate) struct Entity {
    /// The value of the attribute `kind`.
    pub(crate) kind: &'static str,
    /// Its row in the table of items in `docs/architecture.md`, without the outer bars. Empty if another kind's row
    /// describes it.
    pub(crate) row: &'static str,
    /// What the scheduled check of all books reads.
    pub(crate) books: Books,
    /// Attributes that this check does not read: secrets, personal data, and those on which no rule depends.
    pub(crate) hidden: &'static [&'static str],
    /// The content of an item with all attributes that [`books`](Self::books) names, or an error that names one.
    pub(crate) records: fn(&Item, Layout) -> Result<ScannedRecords, StoreError>,
}

/// What the scheduled check of all books reads of a kind of item.
#[derive(Debug)]
pub(crate) enum Books {
    /// These attributes.
    Read(&'static [&'static [&'static str]]),
    /// Nothing: the item is a secret, or nothing depends on it.
    Unread,
}

/// The attributes that any item may have.
pub(crate) const COMMON: [&str; 6] = ["pk", "sk", "kind", "unfinished_pk", "unfinished_sk", EXPIRES_AT];

impl Entity {
    /// The attributes of its own that the check of all books reads.
    pub(crate) fn read(&self) -> impl Iterator<Item = &'static str> {
        let parts: &[&[&str]] = match self.books {
            Books::Read(parts) => parts,
            Books::Unread => &[],
        };
        parts.iter().copied().flatten().copied()
    }

    pub(crate) fn has(&self, attribute: &str) -> bool {
        let all = COMMON.into_iter().chain(self.read()).chain(self.hidden.iter().copied());
        all.into_iter().any(|name| name == attribute)
    }
}
