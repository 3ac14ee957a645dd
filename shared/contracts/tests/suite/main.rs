//! The tests of the crate, in one binary: it is linked once.

#![cfg(test)]

mod account_answer;
mod account_request;
mod answer;
mod common;
mod cursor;
mod day;
mod dead_letter;
mod games;
mod jackpots;
mod job;
mod live;
mod money;
mod openapi;
mod problem;
mod queue;
mod rate;
mod request;
mod request_schema;
mod round_request;
mod time;
mod trace_parent;
mod verifiers;
