//! Moves what was written from the table's log into its file, beside whoever writes.
//!
//! Otherwise the commit with which the log has become too long does so: it waits for the disk then, and all calls of
//! the table behind it. What is done here keeps the log far shorter, unless the load is heavy. How long is too long
//! says `.cargo/config.toml`.

use crate::repeated::repeat;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Between two times.
const PERIOD: Duration = Duration::from_millis(100);

/// The log of a table.
pub(crate) struct Log(Mutex<Connection>);

impl Log {
    /// The log of the table in a file that is there.
    pub(crate) fn open(file: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Self(Mutex::new(Connection::open_with_flags(file, flags)?)))
    }

    /// As much as nobody else is in the way of. Where somebody else does the same at this moment, nothing.
    fn move_to_file(&self) -> rusqlite::Result<()> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

/// Moves it once a period until `stopped` resolves.
pub(crate) async fn move_log(log: Log, stopped: impl Future<Output = ()>) {
    let trouble = "The table's log could not be moved into its file; tried again, and by whoever writes";
    repeat(move || log.move_to_file(), PERIOD, PERIOD, stopped, trouble).await;
}
