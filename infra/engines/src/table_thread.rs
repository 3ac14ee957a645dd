//! [`TableThread`]: the only thread of this process that calls the table.
//!
//! The table performs one operation at a time behind a lock, which blocks the threads of its callers. With one queue in
//! front of one thread, no caller's thread is blocked, and no thread is woken only to wait again.

use crate::operations::{self, perform};
use crate::synced_answers::{Answer, Effect, SyncedAnswers};
use axum::body::Bytes;
use dynoxide::Database;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;

/// A call, which returns what sends its answer.
type TableCall = Box<dyn FnOnce(&Database) -> Answer + Send>;

/// The queue of calls. The thread ends when the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct TableThread(Sender<(Effect, TableCall)>);

impl TableThread {
    /// Starts the thread. Without `synced`, each call is answered at once.
    pub(crate) fn start(table: Database, synced: Option<SyncedAnswers>) -> io::Result<Self> {
        let (sender, calls) = channel();
        let thread = thread::Builder::new().name("table".to_owned());
        thread.spawn(move || perform_all(&table, &calls, synced.as_ref()))?;
        Ok(Self(sender))
    }

    /// Performs the operation of a request in AWS's JSON format, with [`perform`].
    ///
    /// # Errors
    /// Those of [`Self::call`].
    pub(crate) async fn ask(&self, operation: String, body: Bytes) -> Result<operations::Answer, RecvError> {
        let effect = operations::effect(&operation);
        self.call(effect, move |table| perform(table, &operation, &body)).await
    }

    /// Performs a call. Calls run in order, even if their callers have given up.
    ///
    /// # Errors
    /// The call panicked, the thread has ended, or it is not known whether the disk has the change.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        effect: Effect,
        call: impl FnOnce(&Database) -> T + Send + 'static,
    ) -> Result<T, RecvError> {
        let (answer, answered) = oneshot::channel();
        let call: TableCall = Box::new(move |table| {
            let result = call(table);
            Box::new(move || {
                // Sending fails if the caller has given up.
                let _ = answer.send(result);
            })
        });
        // An error means that the thread has ended, and then there is no answer either.
        let _ = self.0.send((effect, call));
        answered.await
    }
}

fn perform_all(table: &Database, calls: &Receiver<(Effect, TableCall)>, synced: Option<&SyncedAnswers>) {
    for (effect, call) in calls {
        // After a panic there is no answer, and the next call runs. The log has the panic.
        let Ok(answer) = catch_unwind(AssertUnwindSafe(|| call(table))) else { continue };
        match synced {
            Some(synced) => synced.pass(effect, answer),
            None => answer(),
        }
    }
}
