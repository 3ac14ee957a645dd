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

/// An operation with its request and the channel for the answer.
struct TableCall {
    operation: String,
    body: Bytes,
    answer: oneshot::Sender<Answer>,
}

/// The queue of calls. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct TableThread(Sender<TableCall>);

impl TableThread {
    pub(crate) fn start(table: Database) -> io::Result<Self> {
        let (sender, asked) = channel();
        thread::Builder::new().name("table".to_owned()).spawn(move || answer_all(&table, &asked))?;
        Ok(Self(sender))
    }

    /// Performs the operation with [`perform`]. Operations run in order, even if their callers have given up.
    ///
    /// # Errors
    /// The operation panicked, or the thread has ended.
    pub(crate) async fn ask(&self, operation: String, body: Bytes) -> Result<Answer, RecvError> {
        let (answer, answered) = oneshot::channel();
        // An error means that the thread has ended, and then there is no answer either.
        let _ = self.0.send(TableCall { operation, body, answer });
        answered.await
    }
}

fn answer_all(table: &Database, asked: &Receiver<TableCall>) {
    for TableCall { operation, body, answer } in asked {
        // After a panic there is no answer, and the next operation runs. The log has the panic.
        if let Ok(answered) = catch_unwind(AssertUnwindSafe(|| perform(table, &operation, &body))) {
            // Sending fails if the caller has given up.
            let _ = answer.send(answered);
        }
    }
}
