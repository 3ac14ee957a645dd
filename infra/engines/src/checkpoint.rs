//! Moves committed writes from the table's log into its file, in the background.
//!
//! Otherwise the commit that makes the log too long does so, and then that commit and all later calls of the table wait
//! for the disk. This task keeps the log far shorter, except under heavy load. `.cargo/config.toml` sets the length
//! limit.
//!
//! As long as another program reads an old state of the table, such as a backup or `sqlite3`, the log only grows.
//! Afterwards `SQLite` uses the file again from its beginning, but never shortens it, so this task does.

use crate::disk::log_of;
use crate::repeated::repeat;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The interval between two runs.
const PERIOD: Duration = Duration::from_millis(100);

/// The largest size of a log file that is kept, in bytes: the length limit, twice. A smaller file is used again without
/// getting larger.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The log of a table.
pub(crate) struct Log {
    connection: Mutex<Connection>,
    file: PathBuf,
}

impl Log {
    /// Opens the log of the table in an existing file.
    pub(crate) fn open(table: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(table, flags)?;
        // Others are not waited for.
        connection.busy_timeout(Duration::ZERO)?;
        Ok(Self { connection: Mutex::new(connection), file: log_of(table) })
    }

    /// Moves as much as possible without waiting for others. Does nothing while another connection does the same.
    /// Shortens the file if it is too large and its whole content was moved.
    fn move_to_file(&self) -> rusqlite::Result<()> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let is_moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            let (pages, moved): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(pages == moved)
        })?;
        let is_large = || self.file.metadata().is_ok_and(|file| file.len() > FILE_BYTES_MAX);
        if is_moved && is_large() {
            // Writers wait for this, which takes as long as shortening the file. If another connection reads or writes
            // just now, it does nothing.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(())
    }
}

/// Moves the log once per period until `stopped` resolves.
pub(crate) async fn move_log(log: Log, stopped: impl Future<Output = ()>) {
    let trouble = "Could not checkpoint the table's log; the next run or the next writer tries again";
    repeat(move || log.move_to_file(), PERIOD, PERIOD, stopped, trouble).await;
}
