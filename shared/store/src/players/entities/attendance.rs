//! A day on which a player logged in: `ATTENDANCE#{user}` / `ATTENDANCE#{date}`. Never deleted.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, Key};
use crate::table::layout::Layout;
use evens_ledger::UserId;
use evens_records::Record;
use jiff::civil::Date;

pub(crate) const KIND: &str = "attendance";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "day | `ATTENDANCE#42` / `ATTENDANCE#2026-11-20` |",
    books: Books::Read(&[&["user_id", "attendance_date", "has_logged_in_today", "recorded_at"]]),
    hidden: &[],
    records,
};

/// Days sort by date.
pub(crate) fn key(user: UserId, date: Date) -> Key {
    Key { partition: format!("ATTENDANCE#{user}"), sort: format!("ATTENDANCE#{date}") }
}

/// Returns `None` if the player did not log in on that day.
pub(crate) fn decode(item: &Item) -> Result<Option<Date>, StoreError> {
    let fields = Fields::of(item);
    let date = fields.get("attendance_date")?;
    Ok((fields.get::<String>("has_logged_in_today")? == "yes").then_some(date))
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let user = fields.get("user_id")?;
    Ok(ScannedRecords::at(key(user, fields.get("attendance_date")?), Record::Visit(user)))
}
