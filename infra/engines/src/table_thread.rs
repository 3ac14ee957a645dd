//! [`TableThread`]: the only thread of this process that calls the table.
//!
//! The table performs one operation at a time behind a lock, which blocks the threads of its callers. With one queue in
//! front of one thread, no caller's thread is blocked, and no thread is woken only to wait again.

use crate::operations::{Answer, perform};
use axum::body::Bytes;
use dynoxide::Database;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;

/// A call, which sends its own answer.
type TableCall = Box<dyn FnOnce(&Database) + Send>;

/// The queue of calls. The thread ends when the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct TableThread(Sender<TableCall>);

impl TableThread {
    pub(crate) fn start(table: Database) -> io::Result<Self> {
        let (sender, calls) = channel();
        thread::Builder::new().name("table".to_owned()).spawn(move || perform_all(&table, &calls))?;
        Ok(Self(sender))
    }

    /// Performs the operation of a request in AWS's JSON format, with [`perform`].
    ///
    /// # Errors
    /// Those of [`Self::call`].
    pub(crate) async fn ask(&self, operation: String, body: Bytes) -> Result<Answer, RecvError> {
        self.call(move |table| perform(table, &operation, &body)).await
    }

    /// Performs a call. Calls run in order, even if their callers have given up.
    ///
    /// # Errors
    /// The call panicked, or the thread has ended.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Database) -> T + Send + 'static,
    ) -> Result<T, RecvError> {
        let (answer, answered) = oneshot::channel();
        let call: TableCall = Box::new(move |table| {
            // Sending fails if the caller has given up.
            let _ = answer.send(call(table));
        });
        // An error means that the thread has ended, and then there is no answer either.
        let _ = self.0.send(call);
        answered.await
    }
}

fn perform_all(table: &Database, calls: &Receiver<TableCall>) {
    for call in calls {
        // After a panic there is no answer, and the next call runs. The log has the panic.
        let _ = catch_unwind(AssertUnwindSafe(|| call(table)));
    }
}
