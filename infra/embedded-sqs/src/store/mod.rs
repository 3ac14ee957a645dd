//! Stores the core's records in SQLite, so that the state survives `kill -9`.
//!
//! The file is in WAL mode with `synchronous = NORMAL`. A reported commit has reached the operating system, so it
//! survives the end of this process at any moment. It need not be on disk yet: a power cut may lose the last commits,
//! but never half of one, and the file stays readable.

mod rows;
mod writer;

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

pub(crate) use self::writer::{Commit, Writer};
use crate::{OpenError, core::Snapshot};

const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE sequence (only INTEGER PRIMARY KEY CHECK (only = 1), value INTEGER NOT NULL);
    CREATE TABLE queue (id INTEGER PRIMARY KEY, record TEXT NOT NULL);
    CREATE TABLE message (
        key INTEGER PRIMARY KEY,
        queue INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        body TEXT NOT NULL,
        attributes TEXT,
        message_group TEXT,
        deduplication_id TEXT,
        trace_header TEXT,
        sent_at INTEGER NOT NULL,
        dead_letter_source TEXT,
        phase INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        receive_count INTEGER NOT NULL,
        receive_count_here INTEGER NOT NULL,
        first_received_at INTEGER,
        last_received_at INTEGER NOT NULL,
        receipt INTEGER NOT NULL
    );
    CREATE TABLE deduplication (key INTEGER PRIMARY KEY, queue INTEGER NOT NULL, record TEXT NOT NULL);
    CREATE TABLE move_task (id INTEGER PRIMARY KEY, queue INTEGER NOT NULL, record TEXT NOT NULL);
";

/// Opens or creates the file with an exclusive lock, and reads all records.
pub(crate) fn open(path: &Path) -> Result<(Connection, Snapshot), OpenError> {
    let at_path = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            OpenError::InUse { path: path.to_owned() }
        }
        _ => OpenError::Sqlite { path: path.to_owned(), source },
    };
    let mut connection = Connection::open(path).map_err(at_path)?;
    let version = prepare(&mut connection).map_err(at_path)?;
    if version != SCHEMA_VERSION {
        return Err(OpenError::Version { path: path.to_owned(), found: version, known: SCHEMA_VERSION });
    }
    let snapshot = rows::load(&connection).map_err(at_path)?;
    Ok((connection, snapshot))
}

/// Sets up the file and returns its schema version.
fn prepare(connection: &mut Connection) -> rusqlite::Result<i64> {
    // Two servers on one file would each deliver messages that the other has deleted.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // The same for every build of SQLite. If the writer never pauses, the log is checkpointed within a commit, and no
    // commit waits for long.
    connection.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    // Room for all statements of the writer, so that each is compiled once.
    connection.set_prepared_statement_cache_capacity(32);
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        version = SCHEMA_VERSION;
    }
    transaction.commit()?;
    Ok(version)
}
