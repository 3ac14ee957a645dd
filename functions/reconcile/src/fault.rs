//! [`ReconcileFault`]: why a day is not reconciled.

use evens_payments::CallError;
use evens_providers::StatementFault;
use evens_queues::QueueError;
use evens_store::StoreError;
use jiff::civil::Date;
use std::io;

/// Why a day is not reconciled, in the order of the checks.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileFault {
    /// It has not begun where the provider is.
    #[error("the day {day} has not begun, as it is {today} where the provider is")]
    Future {
        /// Which day.
        day: Date,
        /// The provider's day now.
        today: Date,
    },
    /// A file cannot be read, or not be kept on the disk meanwhile.
    #[error("the file {file} cannot be read, or the disk takes no copy of it")]
    File {
        /// Which file: its day, or what it is called.
        file: String,
        /// What is wrong.
        #[source]
        cause: io::Error,
    },
    /// The provider hands out no file of a day.
    #[error("the provider has no statement of {day}")]
    NoStatement {
        /// Which day.
        day: Date,
        /// What it answered.
        #[source]
        cause: CallError,
    },
    /// A file is no statement, or has a line that is none.
    #[error("the statement {file} cannot be read")]
    Unreadable {
        /// Which file: its day, or what it is called.
        file: String,
        /// What is wrong.
        #[source]
        cause: StatementFault,
    },
    /// The books cannot be read, or what was found cannot be kept.
    #[error("the books cannot be read or written")]
    Store(#[from] StoreError),
    /// Nobody can be asked to look at an order.
    #[error("the queue takes no jobs")]
    Queue(#[from] QueueError),
}
