//! Records that a player logged in on a day, once.
//!
//! The day comes with the job, fixed at login: how late the job is, and which clock its worker has, does not matter.
//!
//! Not in simulated runs: nobody logs in there.

mod handler;

pub use handler::handle;
