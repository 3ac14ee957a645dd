//! Deletes expired items, which the embedded DynamoDB leaves to its host.

use crate::repeated::repeat;
use dynoxide::Database;
use std::time::Duration;

/// The latest first run after the start, so that engines that run for less than a period delete too.
const FIRST_AFTER: Duration = Duration::from_mins(1);

/// Deletes expired items once per period until `stopped` resolves. It reads the whole table, and lets requests in
/// between its pages.
pub(crate) async fn delete_expired(table: Database, period: Duration, stopped: impl Future<Output = ()>) {
    let delete = move || {
        let deleted = table.sweep_ttl()?;
        tracing::debug!(deleted, "Deleted {deleted} expired items");
        Ok::<_, dynoxide::DynoxideError>(())
    };
    let trouble = "Could not delete expired items; the next run tries again";
    repeat(delete, period.min(FIRST_AFTER), period, stopped, trouble).await;
}
