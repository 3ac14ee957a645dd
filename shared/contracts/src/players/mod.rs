//! Players and their accounts on the wire.

pub(crate) mod jobs;
