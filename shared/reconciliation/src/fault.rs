//! [`ReconcileFault`]: the reasons why a day cannot be reconciled.

use evens_payments::CallError;
use evens_providers::StatementFault;
use evens_queues::QueueError;
use evens_store::StoreError;
use jiff::civil::Date;
use std::io;

/// The reasons why a day cannot be reconciled, in the order of the checks.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileFault {
    /// The day has not begun in the provider's time zone.
    #[error("the day {day} has not begun: it is {today} in the provider's time zone")]
    Future {
        day: Date,
        /// The provider's current day.
        today: Date,
    },
    /// A file cannot be read, or cannot be spooled to disk.
    #[error("the file {file} cannot be read or copied to disk")]
    File {
        /// The file's day or name.
        file: String,
        #[source]
        cause: io::Error,
    },
    /// The provider returned no statement for a day.
    #[error("the provider has no statement for {day}")]
    NoStatement {
        day: Date,
        #[source]
        cause: CallError,
    },
    /// A file is not a statement, or has a malformed line.
    #[error("the statement {file} cannot be read")]
    Unreadable {
        /// The file's day or name.
        file: String,
        #[source]
        cause: StatementFault,
    },
    /// The books cannot be read, or the report cannot be stored.
    #[error("the books cannot be read or written")]
    Store(#[from] StoreError),
    /// The jobs that query orders cannot be sent.
    #[error("jobs cannot be sent to the queue")]
    Queue(#[from] QueueError),
}
