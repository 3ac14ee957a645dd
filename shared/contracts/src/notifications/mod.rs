//! Notifications to players, on the wire.

pub(crate) mod jobs;
