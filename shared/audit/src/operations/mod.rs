//! What whoever runs the platform did.

pub(crate) mod acts;
