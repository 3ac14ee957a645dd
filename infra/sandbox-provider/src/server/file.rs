//! [`StateFile`]: the complete state in one file, which is replaced atomically. After a kill, it is either the old
//! version or the new one.

use super::state::Unavailable;
use crate::core::Books;
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;

pub(super) struct StateFile {
    path: PathBuf,
    /// The revision in the file.
    written: Mutex<u64>,
}

/// The contents of the file.
#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    books: Books,
}

const VERSION: u32 = 1;

impl StateFile {
    /// Reads the file, or returns empty state if there is none.
    pub(super) fn open(path: PathBuf) -> io::Result<(Self, Books)> {
        let books = match fs::read(&path) {
            Ok(bytes) => parse(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Books::default(),
            Err(error) => return Err(error),
        };
        Ok((Self { path, written: Mutex::new(0) }, books))
    }

    /// Returns when the file has this revision or a later one. Requests that arrive during a write are combined into
    /// the next one.
    pub(super) async fn keep(
        &self,
        revision: u64,
        newest: impl FnOnce() -> Result<(u64, Books), Unavailable>,
    ) -> Result<(), Unavailable> {
        let mut written = self.written.lock().await;
        if *written >= revision {
            return Ok(());
        }
        let (newest, books) = newest()?;
        let path = self.path.clone();
        let writing = tokio::task::spawn_blocking(move || write(&path, books)).await;
        if let Err(error) = writing.map_err(io::Error::other).and_then(|result| result) {
            tracing::error!(%error, "Could not write the provider's state: {error}");
            return Err(Unavailable::Unwritten);
        }
        *written = newest;
        Ok(())
    }
}

fn parse(bytes: &[u8]) -> io::Result<Books> {
    let content: Content = serde_json::from_slice(bytes)?;
    if content.version == VERSION {
        Ok(content.books)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "it was written by another version"))
    }
}

/// The file contains account numbers, so only its owner may read it.
fn write(path: &Path, books: Books) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let bytes = serde_json::to_vec(&Content { version: VERSION, books })?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&name)?;
    file.write_all(&bytes)?;
    fs::rename(&name, path)
}
