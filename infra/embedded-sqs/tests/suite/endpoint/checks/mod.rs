//! Checks that every SQS endpoint must pass.

pub(crate) mod batches;
pub(crate) mod dead_letters;
pub(crate) mod deduplication;
pub(crate) mod description;
pub(crate) mod ordering;
pub(crate) mod polling;
pub(crate) mod random;
pub(crate) mod visibility;
