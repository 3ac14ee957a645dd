//! Moves committed writes from the table's log into its file, in the background.
//!
//! Otherwise the commit that makes the log too long does so, and then that commit and all later calls of the table wait
//! for the disk. This task keeps the log far shorter, except under heavy load. `.cargo/config.toml` sets the length
//! limit.

use crate::repeated::repeat;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The interval between two runs.
const PERIOD: Duration = Duration::from_millis(100);

/// The log of a table.
pub(crate) struct Log(Mutex<Connection>);

impl Log {
    /// Opens the log of the table in an existing file.
    pub(crate) fn open(file: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Self(Mutex::new(Connection::open_with_flags(file, flags)?)))
    }

    /// Moves as much as possible without waiting for others. Does nothing while another connection does the same.
    fn move_to_file(&self) -> rusqlite::Result<()> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

/// Moves the log once per period until `stopped` resolves.
pub(crate) async fn move_log(log: Log, stopped: impl Future<Output = ()>) {
    let trouble = "Could not checkpoint the table's log; the next run or the next writer tries again";
    repeat(move || log.move_to_file(), PERIOD, PERIOD, stopped, trouble).await;
}
