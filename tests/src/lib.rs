//! Scenarios over the running system, rules of the repository.
