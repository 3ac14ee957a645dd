//! The live channel: the changes that a process announces to other processes over the same table.

pub(crate) mod announcement;
mod announcements;

pub use announcement::{Announcement, HubId};
