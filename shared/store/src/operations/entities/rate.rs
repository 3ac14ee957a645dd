//! A counter of requests: `RATE#{budget}#{subject}#{window}` / `RATE`. The engine deletes it some time after its
//! window.

use crate::table::item::Key;

pub(crate) const KIND: &str = "rate";

pub(crate) fn key(budget: &str, subject: &str, window: i64) -> Key {
    Key { partition: format!("RATE#{budget}#{subject}#{window}"), sort: "RATE".to_owned() }
}
