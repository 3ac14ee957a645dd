//! What serves whoever runs the system: what is unfinished, how long already, budgets of requests, and the whole table.

pub(crate) mod entities;
pub(crate) mod oldest;
pub(crate) mod scan;
pub(crate) mod scan_books;
pub(crate) mod seals;
pub(crate) mod sweep;
pub(crate) mod transactions;
