//! The exposure lock of a period: `PERIOD-BETS#{period}#EXPOSURE` / `EXPOSURE`. It has a revision. A bet that is placed
//! by the exact exposure of its period requires the revision that was read before the exposure, and increments it. So
//! of several such bets that read the same exposure, one is placed.
//!
//! Periods far below their limit have no such item. The engine deletes it a day after the period.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, Key, number, text};
use crate::table::layout::Layout;
use crate::table::write::Change;
use evens_games::{Period, PeriodId};
use evens_records::Record;
use jiff::SignedDuration;

pub(crate) const KIND: &str = "exposure-lock";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "exposure lock of a period, if it came near its limit | \
          `PERIOD-BETS#{room}-20261123000000042#EXPOSURE` / `EXPOSURE` | `revision`",
    books: Books::Unread,
    hidden: &["period", "revision"],
    records,
};

/// The time for which the item is kept after the period.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

pub(crate) fn key(period: PeriodId) -> Key {
    Key { partition: format!("PERIOD-BETS#{period}#EXPOSURE"), sort: "EXPOSURE".to_owned() }
}

/// The revision of the stored item. 0 if there is none.
pub(crate) fn revision(item: Option<&Item>) -> Result<u64, StoreError> {
    item.map_or(Ok(0), |item| Fields::of(item).get("revision"))
}

/// Increments the revision that was read.
pub(crate) fn advance(period: &Period, read: u64) -> Change<'static> {
    let expires_at = period.times.ends_at.saturating_add(KEPT).unwrap_or(period.times.ends_at);
    Change {
        key: key(period.id),
        update: "SET kind = :kind, period = :period, revision = :next, expires_at = :expires",
        condition: "attribute_not_exists(pk) OR revision = :read",
        values: vec![
            (":kind", text(KIND)),
            (":period", text(period.id)),
            (":read", number(read)),
            (":next", number(read + 1)),
            (":expires", number(expires_at.as_second())),
        ],
    }
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    revision(Some(item))?;
    Ok(ScannedRecords::at(key(Fields::of(item).get("period")?), Record::Aside))
}
