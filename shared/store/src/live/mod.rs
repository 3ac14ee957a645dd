//! The live channel: the changes that a process announces to other processes over the same table.

mod announcements;
pub(crate) mod entities;

pub use entities::announcement::{Announcement, Announcements, HubId};
