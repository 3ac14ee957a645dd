//! [`Scratch`]: rows on the disk, written in any order and read in the order of their places.
//!
//! The ledger of a platform does not fit into memory, and a scan of a table has no order.

use super::WriteError;
use evens_books::{Row, RowFile};
use rusqlite::Connection;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Temporary rows on the disk. Only this process reads them, and they are not needed after it ends.
pub(super) struct Scratch {
    rows: Connection,
    path: PathBuf,
}

impl Scratch {
    const FILE: &'static str = "rows.unsorted";
    /// The size of the page cache, in KiB.
    const CACHE_KIB: i64 = 64 * 1_024;

    /// Creates an empty database in the folder and removes a previous one.
    pub(super) fn create(folder: &Path) -> Result<Self, WriteError> {
        let path = folder.join(Self::FILE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let rows = Connection::open(&path)?;
        // A process that crashes starts again from nothing, so no journal is needed.
        rows.pragma_update(None, "journal_mode", "OFF")?;
        rows.pragma_update(None, "synchronous", "OFF")?;
        rows.pragma_update(None, "cache_size", -Self::CACHE_KIB)?;
        rows.execute_batch(
            "CREATE TABLE rows (file TEXT NOT NULL, place BLOB NOT NULL, \"values\" TEXT NOT NULL);
             CREATE INDEX by_place ON rows (file, place);
             BEGIN;",
        )?;
        Ok(Self { rows, path })
    }

    pub(super) fn keep(&self, row: &Row) -> Result<(), WriteError> {
        let mut insert = self.rows.prepare_cached("INSERT INTO rows VALUES (?1, ?2, ?3)")?;
        insert.execute((row.file.name(), &row.place, serde_json::to_string(&row.values)?))?;
        Ok(())
    }

    /// Iterates over the rows of a file in the order of their places. Rows at the same place are ordered by their
    /// values.
    pub(super) fn read(
        &self,
        file: RowFile,
        mut each: impl FnMut(&Row) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let mut select = self
            .rows
            .prepare("SELECT place, \"values\" FROM rows WHERE file = ?1 ORDER BY place, \"values\"")?;
        let mut found = select.query([file.name()])?;
        while let Some(row) = found.next()? {
            let values = serde_json::from_str(row.get_ref(1)?.as_str()?)?;
            each(&Row { file, place: row.get(0)?, values })?;
        }
        Ok(())
    }

    pub(super) fn remove(self) -> Result<(), WriteError> {
        self.rows.close().map_err(|(_, error)| error)?;
        Ok(fs::remove_file(self.path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(file: RowFile, place: u8, value: &str) -> Row {
        Row { file, place: vec![place], values: vec![value.to_owned()] }
    }

    fn read(scratch: &Scratch, file: RowFile) -> Vec<String> {
        let mut values = Vec::new();
        let each = |row: &Row| {
            values.push(row.values.concat());
            Ok(())
        };
        scratch.read(file, each).expect("rows");
        values
    }

    #[test]
    fn rows_come_in_the_order_of_their_places_and_all_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let scratch = Scratch::create(folder.path()).expect("a file");
        for (place, value) in [(3, "c"), (200, "e"), (1, "a"), (3, "b"), (3, "c"), (9, "d")] {
            scratch.keep(&row(RowFile::Entries, place, value)).expect("it is kept");
        }
        scratch.keep(&row(RowFile::Audit, 2, "other")).expect("it is kept");
        assert_eq!(read(&scratch, RowFile::Entries), ["a", "b", "c", "c", "d", "e"]);
        assert_eq!(read(&scratch, RowFile::Audit), ["other"]);

        let again = Scratch::create(folder.path()).expect("a file");
        assert_eq!(read(&again, RowFile::Entries), [""; 0], "those of an earlier look are gone");
        again.remove().expect("it is removed");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
