//! A/B betting on the wire.

pub(crate) mod jobs;
