//! The place where a scanned item belongs: its key, and its place in the `unfinished` index.

use crate::StoreError;
use crate::table::item::{Fields, Item, Key};
use crate::table::shard::index_sort;
use evens_records::Record;
use jiff::Timestamp;

/// The records of an item, and the place where it belongs.
pub(crate) struct ScannedRecords {
    pub(crate) records: Vec<Record>,
    pub(crate) key: Key,
    pub(crate) listed: IndexPlace,
}

/// The place of an item in the `unfinished` index: a partition and a time.
pub(crate) enum IndexPlace {
    Never,
    Perhaps(String, Timestamp),
    /// At one of two places, or in no list.
    OneOf((String, Timestamp), (String, Timestamp)),
    Always(String, Timestamp),
    /// In the index under the time of its next check, which does not follow from the item's content.
    ForNextLook {
        partition: String,
        /// `true` if there is always a next check.
        always: bool,
    },
}

impl ScannedRecords {
    /// An item that is in no index.
    pub(crate) fn at(key: Key, record: Record) -> Self {
        Self { records: vec![record], key, listed: IndexPlace::Never }
    }

    pub(crate) fn with_listing(self, listed: IndexPlace) -> Self {
        Self { listed, ..self }
    }
}

/// The error if an item is not at the place that follows from its content.
pub(crate) fn misplaced(item: &Item, found: &ScannedRecords) -> Option<StoreError> {
    let fields = Fields::of(item);
    let expect = |name: &'static str, expected: Option<&str>| match fields.optional::<String>(name) {
        Ok(is) => (is.as_deref() != expected).then(|| fields.corrupt(name)),
        Err(error) => Some(error),
    };
    let is_listed = item.contains_key("unfinished_pk") || item.contains_key("unfinished_sk");
    let listed = match &found.listed {
        IndexPlace::Never => None,
        IndexPlace::Perhaps(..) | IndexPlace::OneOf(..) | IndexPlace::ForNextLook { always: false, .. }
            if !is_listed =>
        {
            None
        }
        IndexPlace::OneOf(one, other) => {
            let is_other = fields
                .optional::<String>("unfinished_pk")
                .is_ok_and(|at| at.as_deref() == Some(other.0.as_str()));
            let (partition, since) = if is_other { other } else { one };
            Some((partition.as_str(), index_sort(*since)))
        }
        IndexPlace::Perhaps(partition, since) | IndexPlace::Always(partition, since) => {
            Some((partition.as_str(), index_sort(*since)))
        }
        IndexPlace::ForNextLook { partition, .. } => match unfinished_since(fields) {
            Ok(at) => Some((partition.as_str(), index_sort(at))),
            // Not a valid time, so no query finds the item.
            Err(_) => Some((partition.as_str(), String::new())),
        },
    };
    expect("pk", Some(&found.key.partition))
        .or_else(|| expect("sk", Some(&found.key.sort)))
        .or_else(|| expect("unfinished_pk", listed.as_ref().map(|(partition, _)| *partition)))
        .or_else(|| expect("unfinished_sk", listed.as_ref().map(|(_, since)| since.as_str())))
}

/// The time since which an item of the index has been unfinished, with a precision of milliseconds.
pub(crate) fn unfinished_since(fields: Fields<'_>) -> Result<Timestamp, StoreError> {
    let since: i64 = fields.get("unfinished_sk")?;
    Timestamp::from_millisecond(since).map_err(|_| fields.corrupt("unfinished_sk"))
}
