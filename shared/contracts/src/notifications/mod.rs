//! What players are told, on the wire.

pub(crate) mod jobs;
