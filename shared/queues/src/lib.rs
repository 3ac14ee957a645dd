//! SQS: sending, receiving, back-off, dead letters.
//!
//! A batch call of SQS can succeed and still refuse some entries. Every call here checks its entries. Refused ones are
//! retried a limited number of times, and the rest is an error with their number.
//!
//! Architecture invariant: nothing here knows the table, and no invariant about money depends on a queue. A message may
//! be lost, late or repeated. The state in the table decides (M3), and the sweeper sends lost jobs again (M6).
//!
//! Architecture invariant: SDK types appear in `sdk` and in constructors only, never in an error or a result.

mod call_batcher;
mod dead_letter;
mod dead_letters;
mod depth;
mod error;
mod message;
mod outgoing;
mod queues;
mod refused;
mod sdk;
mod service;
mod urls;

pub use dead_letter::DeadLetter;
pub use depth::QueueDepth;
pub use error::QueueError;
pub use message::Message;
pub use outgoing::{OutgoingJob, minute};
pub use queues::Queues;
pub use sdk::{QueueChange, QueueReport, create_queues};
pub use service::{
    OutgoingMessage, QueueAnswer, QueueCounts, QueueFailure, QueueService, ReceiveRequest, RefusedEntry,
};
pub use urls::{QueueUrl, QueueUrls};
