//! Brings a round to its end: closes it at its latest moment, closes its book, publishes its seed when nothing can be
//! matched in it any more (M7), and asks for the settlement or voiding of its matches and for the refund of what still
//! waits (M6).
//!
//! Architecture invariant: a job is a hint; that the round has ended is looked up. The round stays in the index of
//! unfinished things, and the sweeper comes back to it, until everything in it was seen to have ended, and longer than
//! any request or job that still believed it open could take.

mod ending;
mod handler;

pub use handler::handle;
