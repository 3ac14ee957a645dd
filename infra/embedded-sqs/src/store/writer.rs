//! The thread that owns the connection: it writes changes in the order in which they were made, many in one commit.

use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::rows;
use crate::{core::Change, server::Unavailable};

/// Requests whose changes may share one commit. More would only make the first of them wait.
const GROUP_MAX: usize = 512;

struct Order {
    changes: Vec<Change>,
    done: oneshot::Sender<()>,
}

/// The way to the thread. When it is dropped, the thread writes what it was given and ends.
pub(crate) struct Writer {
    orders: Sender<Order>,
    thread: JoinHandle<bool>,
}

/// Ends when the changes that it stands for are committed, and all changes before them.
pub(crate) struct Commit(Option<oneshot::Receiver<()>>);

impl Commit {
    /// Of changes that are not written anywhere.
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
    /// Starts the thread. `failed` fires if it ever has to give up.
    pub(crate) fn start(connection: Connection, failed: oneshot::Sender<()>) -> std::io::Result<Self> {
        let (orders, received) = channel();
        let run = move || match write_all(&connection, &received) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "Stopped, as a change could not be written: {error}");
                // Nobody waits for it when the server is gone already.
                let _ = failed.send(());
                false
            }
        };
        let thread = std::thread::Builder::new().name("sqs-writer".to_owned()).spawn(run)?;
        Ok(Self { orders, thread })
    }

    /// Hands over changes. The order of calls is the order of writes, so the caller holds the lock of the core.
    pub(crate) fn submit(&self, changes: Vec<Change>) -> Commit {
        let (done, committed) = oneshot::channel();
        // After a failure nobody receives; then `committed` ends with an error, which is the answer.
        let _ = self.orders.send(Order { changes, done });
        Commit(Some(committed))
    }

    /// Waits until everything that was handed over is committed and the file is closed. False if that failed.
    pub(crate) fn close(self) -> bool {
        drop(self.orders);
        // A thread that panicked wrote nothing more either.
        self.thread.join().unwrap_or(false)
    }
}

/// Returns when there is nobody left to send orders, or at the first failure. The orders of a failed group are dropped,
/// and so are all later ones: memory is ahead of the file by then, and only a restart brings them together.
fn write_all(connection: &Connection, orders: &Receiver<Order>) -> rusqlite::Result<()> {
    while let Ok(first) = orders.recv() {
        let group: Vec<Order> = std::iter::once(first).chain(orders.try_iter()).take(GROUP_MAX).collect();
        write_group(connection, &group)?;
        for order in group {
            // The requester may have gone; its changes stay.
            let _ = order.done.send(());
        }
    }
    Ok(())
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
