//! A day on which a player logged in: `ATTENDANCE#{user}` / `ATTENDANCE#{date}`. Never deleted.

use crate::StoreError;
use crate::table::item::{Fields, Item, Key};
use evens_ledger::UserId;
use jiff::civil::Date;

pub(crate) const KIND: &str = "attendance";

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
