//! Lets operators inspect queues and dead letters, and redrive or delete those. Serves the routes under `/api/operator`
//! and the commands `evens queues` and `evens dead-letters`.
//!
//! It also shows the traffic that its process has counted, which on Lambda is none, and the last checks of the books.
//!
//! Looking loses nothing: held messages become visible again, at the latest when their visibility timeout ends. A
//! redrive first sends the job and then deletes the letter. If it is interrupted in between, the job runs twice, which
//! is harmless for every job (M3).
//!
//! Architecture invariant: this function writes nothing to the table but audit log lines. Only a worker does the job.
//!
//! Not in simulated runs: the simulator's operators read the queues directly.

mod action;
mod body;
mod handler;
mod hold;
mod letter;
mod look;
mod query;
mod standing;
mod traffic;

pub use action::{ActedLetter, ActionOutcome, ActionResults, Author, act_on_all, act_on_one};
pub use body::queue_list;
pub use handler::router;
pub use letter::{Letter, LetterKind};
pub use look::{ListedLetter, Look, Overview, find, list, overview};
pub use standing::{JobStanding, Redrive};
pub use traffic::{sockets_body, traffic_body};

use evens_runtime::{Calls, Function, Slow, Stack};

pub const FUNCTION: Function = Function {
    folder: "dead-letters",
    stack: Stack::Operations,
    about: "Reads and deletes dead letters. On queues it only reads the length and sends.",
    slow: Slow { calls: Calls::Few, warn_ms: 10_000, page_ms: 20_000 },
    ..Function::REQUESTS
};
