//! [`Disk`] and [`SyncedLog`]: ensure that the table's commits survive a power cut.
//!
//! A commit is in the table's log when it is answered, but the log may still be in the operating system's memory. Once
//! the log is synced, the commit is on disk, and the table finds it there after a power cut. Commits that have left the
//! log were synced into the file first, because the log restarts only after that. So one sync of the log is enough. A
//! checkpoint (`PRAGMA wal_checkpoint`) would sync twice, would block writers or miss the newest commits, and would do
//! nothing during another checkpoint.
//!
//! The log is opened for each sync. This is harmless: its locks are on other files, so closing this descriptor releases
//! none of them.

use crate::Engines;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The disk of a data folder. Any process on the machine may use it.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
}

/// The reason why commits may not survive a power cut.
#[derive(Debug, thiserror::Error)]
#[error("cannot sync the table's log in {folder}")]
pub struct SyncError {
    folder: PathBuf,
    source: io::Error,
}

impl Disk {
    /// The disk of the table in this folder, which engines have open.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Returns once everything committed before the call survives a power cut. Neither readers nor writers wait for it.
    ///
    /// # Errors
    /// The log does not exist, or syncing it failed.
    pub async fn sync(&self) -> Result<(), SyncError> {
        let folder = self.folder.clone();
        let synced = tokio::task::spawn_blocking(move || sync(&folder)).await;
        let synced = synced.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        synced.map(drop).map_err(|source| SyncError { folder: self.folder.clone(), source })
    }
}

/// The log of a table, which stays open. The table uses one file for it as long as it has the table open.
pub(crate) struct SyncedLog {
    folder: PathBuf,
    file: Option<File>,
}

impl SyncedLog {
    pub(crate) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), file: None }
    }

    /// Returns once everything committed before the call survives a power cut.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if let Some(file) = &self.file {
            return file.sync_data();
        }
        self.file = Some(sync(&self.folder)?);
        Ok(())
    }
}

/// The log of a table in this file.
pub(crate) fn log_of(table: &Path) -> PathBuf {
    let mut file = table.as_os_str().to_owned();
    file.push("-wal");
    file.into()
}

/// Syncs the log of the table in a folder, and returns it.
fn sync(folder: &Path) -> io::Result<File> {
    let log = File::open(log_of(&folder.join(Engines::TABLE_FILE)))?;
    log.sync_data()?;
    // A log file created since the last power cut must be found too.
    File::open(folder)?.sync_all()?;
    Ok(log)
}
