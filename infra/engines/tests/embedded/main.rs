//! The engines as the process that starts them uses them.

#![cfg(test)]

mod access;
mod checkpoint;
mod expiry;
mod in_process;
mod table;
