//! What whoever runs the platform did, and what the books came to when a day ended.

pub(crate) mod acts;
pub(crate) mod seals;
