//! The thread that owns the connection. It writes changes in the order in which they were made, many in one commit.
//!
//! If the disk is full, changes wait until there is room. Their requests get no answer meanwhile, and no change is lost
//! or overtaken. Any other failure ends the writer.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    sync::mpsc::{Receiver, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::rows;
use crate::{core::Change, server::Unavailable};

/// The most requests that share one commit. More would only delay the first of them.
const GROUP_MAX: usize = 512;

/// The pause before changes are written again on a full disk.
const ROOM_PAUSE: Duration = Duration::from_millis(250);

/// The number of commits after which the log is checkpointed as soon as no request waits. SQLite itself does it within
/// the commit that makes the log too long, and then a request waits for the disk.
const COMMITS_MIN: u32 = 64;

struct Order {
    changes: Vec<Change>,
    done: oneshot::Sender<()>,
}

/// The handle to the thread. When it is dropped, the thread writes the remaining changes and ends.
pub(crate) struct Writer {
    orders: Sender<Order>,
    closing: Arc<AtomicBool>,
    thread: JoinHandle<bool>,
}

/// Completes when its changes and all earlier ones are committed.
pub(crate) struct Commit(Option<oneshot::Receiver<()>>);

impl Commit {
    /// A commit without changes to write.
    pub(crate) fn immediate() -> Self {
        Self(None)
    }

    pub(crate) async fn finish(self) -> Result<(), Unavailable> {
        match self.0 {
            Some(done) => done.await.map_err(|_| Unavailable),
            None => Ok(()),
        }
    }
}

impl Writer {
    /// Starts the thread. `failed` fires if it has to give up.
    pub(crate) fn start(connection: Connection, failed: oneshot::Sender<()>) -> std::io::Result<Self> {
        let (orders, received) = channel();
        let closing = Arc::new(AtomicBool::new(false));
        let is_closing = Arc::clone(&closing);
        // Closing the file does not wait for room that may never come.
        let wait = move || {
            let waits = !is_closing.load(Ordering::Relaxed);
            if waits {
                std::thread::sleep(ROOM_PAUSE);
            }
            waits
        };
        let run = move || match write_all(&connection, &received, wait) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "Stopped, because a change could not be written: {error}");
                // The receiver is gone if the server has already stopped.
                let _ = failed.send(());
                false
            }
        };
        let thread = std::thread::Builder::new().name("sqs-writer".to_owned()).spawn(run)?;
        Ok(Self { orders, closing, thread })
    }

    /// Submits changes. They are written in the order of calls, so the caller must hold the core's lock.
    pub(crate) fn submit(&self, changes: Vec<Change>) -> Commit {
        let (done, committed) = oneshot::channel();
        // After a failure there is no receiver. Then `committed` ends with an error, which is the answer.
        let _ = self.orders.send(Order { changes, done });
        Commit(Some(committed))
    }

    /// Waits until all submitted changes are committed and the file is closed. Returns `false` on failure.
    pub(crate) fn close(self) -> bool {
        self.closing.store(true, Ordering::Relaxed);
        drop(self.orders);
        // A thread that panicked wrote nothing more.
        self.thread.join().unwrap_or(false)
    }
}

/// Returns when all senders are gone, or at the first failure other than a full disk. The orders of a failed group are
/// dropped, and so are all later ones. Memory is then ahead of the file, and only a restart reconciles them.
fn write_all(
    connection: &Connection,
    orders: &Receiver<Order>,
    wait: impl Fn() -> bool,
) -> rusqlite::Result<()> {
    let (mut commits, mut next) = (0, None);
    while let Some(first) = next.take().or_else(|| orders.recv().ok()) {
        let group: Vec<Order> = std::iter::once(first).chain(orders.try_iter()).take(GROUP_MAX).collect();
        write_when_there_is_room(|| write_group(connection, &group), &wait)?;
        for order in group {
            // The requester may have gone, but its changes stay.
            let _ = order.done.send(());
        }
        commits += 1;
        next = orders.try_recv().ok();
        if next.is_none() && commits >= COMMITS_MIN {
            commits = 0;
            move_log(connection);
        }
    }
    Ok(())
}

/// Moves the contents of the log into the file. Errors are ignored, because SQLite does the same in a later commit.
fn move_log(connection: &Connection) {
    let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
}

/// Retries a write on a full disk, as long as `wait` returns `true`.
fn write_when_there_is_room(
    mut write: impl FnMut() -> rusqlite::Result<()>,
    wait: impl Fn() -> bool,
) -> rusqlite::Result<()> {
    let mut has_waited = false;
    loop {
        match write() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) && wait() => {
                if !has_waited {
                    tracing::error!(%error, "The disk is full, so writes wait for free space: {error}");
                }
                has_waited = true;
            }
            written => {
                if has_waited && written.is_ok() {
                    tracing::warn!("The disk has free space again, and the waiting writes are done");
                }
                return written;
            }
        }
    }
}

fn write_group(connection: &Connection, group: &[Order]) -> rusqlite::Result<()> {
    let changes = || group.iter().flat_map(|order| &order.changes);
    if changes().next().is_none() {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    for change in changes() {
        rows::write(&transaction, change)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        sync::mpsc::channel,
    };

    use rusqlite::{Connection, Error, ErrorCode, ffi};
    use tokio::sync::oneshot;

    use super::{Order, write_all, write_when_there_is_room};
    use crate::core::Change;

    fn failure(code: std::ffi::c_int) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    /// The result of a write that fails `failures` times before there is room, with at most `waits_max` retries. Also
    /// returns the number of tries.
    fn write_result(
        code: std::ffi::c_int,
        failures: usize,
        waits_max: usize,
    ) -> (rusqlite::Result<()>, usize) {
        let (tries, waits) = (Cell::new(0), Cell::new(0));
        let write = || {
            tries.set(tries.get() + 1);
            if tries.get() > failures { Ok(()) } else { Err(failure(code)) }
        };
        let wait = || {
            waits.set(waits.get() + 1);
            waits.get() <= waits_max
        };
        (write_when_there_is_room(write, wait), tries.get())
    }

    #[test]
    fn changes_wait_for_room_and_for_nothing_else() {
        #[rustfmt::skip]
        let table = [
            // failure,          how often, waits, is written, tries
            (ffi::SQLITE_FULL,   0,         9,     true,       1),
            (ffi::SQLITE_FULL,   3,         9,     true,       4),
            (ffi::SQLITE_FULL,   3,         2,     false,      3),
            (ffi::SQLITE_IOERR,  1,         9,     false,      1),
            (ffi::SQLITE_CORRUPT, 1,        9,     false,      1),
        ];
        for (code, failures, waits_max, is_written, tries) in table {
            let (written, tried) = write_result(code, failures, waits_max);
            assert_eq!((written.is_ok(), tried), (is_written, tries), "{code} {failures} {waits_max}");
        }
    }

    /// Reads queue up behind changes, so while a change waits for room, reads are not answered.
    #[test]
    fn a_read_waits_behind_a_change_that_waits_for_room() {
        let connection = Connection::open_in_memory().unwrap();
        let tables =
            "CREATE TABLE sequence (only INTEGER PRIMARY KEY, value INTEGER); CREATE TABLE t (v BLOB);
            CREATE TRIGGER grow AFTER INSERT ON sequence BEGIN INSERT INTO t VALUES (zeroblob(40000)); END";
        connection.execute_batch(tables).unwrap();
        let pages = |max: u32| connection.pragma_update(None, "max_page_count", max).unwrap();
        pages(4);
        let (orders, received) = channel();
        let order = |changes| {
            let (done, committed) = oneshot::channel();
            orders.send(Order { changes, done }).unwrap();
            RefCell::new(committed)
        };
        let (changed, asked) = (order(vec![Change::Sequence(7)]), order(Vec::new()));
        drop(orders);
        let is_answered =
            |committed: &RefCell<oneshot::Receiver<()>>| committed.borrow_mut().try_recv().is_ok();
        let waits = Cell::new(0);
        let wait = || {
            assert!(!is_answered(&changed) && !is_answered(&asked));
            waits.set(waits.get() + 1);
            if waits.get() == 3 {
                pages(1_000);
            }
            true
        };
        write_all(&connection, &received, wait).unwrap();
        assert!(is_answered(&changed) && is_answered(&asked));
        assert_eq!(waits.get(), 3);
    }

    /// A file at its size limit fails like a full disk, and the waiting change is complete afterwards.
    #[test]
    fn a_change_that_waited_for_room_is_written_whole() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (v BLOB)").unwrap();
        let pages = |max: u32| connection.pragma_update(None, "max_page_count", max).unwrap();
        pages(3);
        let write = || {
            let transaction = connection.unchecked_transaction()?;
            for _ in 0..10 {
                transaction.execute("INSERT INTO t VALUES (zeroblob(4000))", [])?;
            }
            transaction.commit()
        };
        let refused = write().unwrap_err();
        assert_eq!(refused.sqlite_error_code(), Some(ErrorCode::DiskFull), "{refused}");
        let give_room = || {
            pages(1_000);
            true
        };
        write_when_there_is_room(write, give_room).unwrap();
        let rows: i64 = connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 10);
    }
}
