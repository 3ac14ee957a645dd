//! SQS: sending, receiving, back-off, dead letters.
//!
//! A batch call of SQS can succeed and still refuse some of its entries. Every call here reads its entries: what was
//! refused is tried again, a bounded number of times, and what is left is an error that says how many.
//!
//! Architecture invariant: nothing here knows the table, and nothing about money rests on a queue. A message may be
//! lost, late or repeated; the state in the table decides (M3), and the sweeper sends again what was lost (M6).
//!
//! Architecture invariant: no type of the SDK in an error or a result, only in the constructors.

mod create;
mod dead_letter;
mod dead_letters;
mod depth;
mod error;
mod lane;
mod message;
mod outgoing;
mod queues;
mod refused;
mod urls;

pub use create::{QueueChange, QueueReport, create_queues};
pub use dead_letter::DeadLetter;
pub use depth::QueueDepth;
pub use error::QueueError;
pub use message::Message;
pub use outgoing::Outgoing;
pub use queues::Queues;
pub use urls::{QueueUrl, QueueUrls};
