//! Deletes items whose time has passed, which the embedded DynamoDB leaves to whoever runs it.

use crate::repeated::repeat;
use dynoxide::Database;
use std::time::Duration;

/// How soon after the start the first time is, at the latest: an engine that never runs for a whole period deletes,
/// too.
const FIRST_AFTER: Duration = Duration::from_mins(1);

/// Deletes once a period until `stopped` resolves. It reads the whole table, and lets requests in between its pages.
pub(crate) async fn delete_expired(table: Database, period: Duration, stopped: impl Future<Output = ()>) {
    let delete = move || {
        let deleted = table.sweep_ttl()?;
        tracing::debug!(deleted, "Deleted {deleted} items whose time has passed");
        Ok::<_, dynoxide::DynoxideError>(())
    };
    let trouble = "Items whose time has passed could not be deleted; tried again later";
    repeat(delete, period.min(FIRST_AFTER), period, stopped, trouble).await;
}
