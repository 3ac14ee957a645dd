//! [`TableThread`]: the one thread of this process that asks the table.
//!
//! The table does one thing at a time, behind a lock that holds up the thread of who waits for it. Where all wait in
//! one queue before one thread, nobody is held up and no thread is woken only to wait again.

use crate::operations::{Answer, perform};
use axum::body::Bytes;
use dynoxide::Database;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;

/// An operation, its request, and who waits for the answer.
struct Asked {
    operation: String,
    body: Bytes,
    answer: oneshot::Sender<Answer>,
}

/// Where calls wait for their turn. The thread ends with the last of its clones.
#[derive(Clone)]
pub(crate) struct TableThread(Sender<Asked>);

impl TableThread {
    pub(crate) fn start(table: Database) -> io::Result<Self> {
        let (sender, asked) = channel();
        thread::Builder::new().name("table".to_owned()).spawn(move || answer_all(&table, &asked))?;
        Ok(Self(sender))
    }

    /// What [`perform`] says. All are asked in the order in which they come, also what nobody waits for any more.
    ///
    /// # Errors
    /// The table failed to answer this one, or the thread is gone.
    pub(crate) async fn ask(&self, operation: String, body: Bytes) -> Result<Answer, RecvError> {
        let (answer, answered) = oneshot::channel();
        // An error means that the thread is gone, and then there is no answer either.
        let _ = self.0.send(Asked { operation, body, answer });
        answered.await
    }
}

fn answer_all(table: &Database, asked: &Receiver<Asked>) {
    for Asked { operation, body, answer } in asked {
        // What panics is answered by nobody, and the next one is served. The panic itself is in the log.
        if let Ok(answered) = catch_unwind(AssertUnwindSafe(|| perform(table, &operation, &body))) {
            // An error means that nobody waits any more.
            let _ = answer.send(answered);
        }
    }
}
