//! Actions of operators, and the state of the books at the end of a day.

pub(crate) mod acts;
pub(crate) mod agreed;
pub(crate) mod day_ends;
pub(crate) mod lines;
pub(crate) mod seals;
pub(crate) mod staff;
pub(crate) mod switches;
