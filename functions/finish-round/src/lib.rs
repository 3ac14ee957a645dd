//! Brings what is left of an ended round to its end: asks for the settlement or voiding of its matches, and for the
//! refund of what still waits in its book (M6).
//!
//! Architecture invariant: a job is a hint; that the round has ended is looked up. The round stays in the index of
//! unfinished things, and the sweeper comes back to it, until everything in it was seen to have ended, and longer than
//! any request or job that still believed it open could take.

mod handler;

pub use handler::handle;
