//! The engines as their host process uses them.

#![cfg(test)]

mod access;
mod checkpoint;
mod disk;
mod expiry;
mod in_process;
mod table;
