//! The engines as the process that starts them uses them.

#![cfg(test)]

mod access;
mod checkpoint;
mod disk;
mod expiry;
mod in_process;
mod table;
