//! House games on the wire.

pub(crate) mod jobs;
