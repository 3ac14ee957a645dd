//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod award;
mod common;
mod config;
mod contribute;
mod day;
mod draw;
mod properties;
mod settings;
mod terms;
mod trigger;
mod win;
