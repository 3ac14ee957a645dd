//! The tests of this crate. They are one binary, which is linked once.

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
