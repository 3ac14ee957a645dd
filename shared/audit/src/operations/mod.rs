//! Actions of operators, and the state of the books at the end of a day.

pub(crate) mod acts;
pub(crate) mod seals;
