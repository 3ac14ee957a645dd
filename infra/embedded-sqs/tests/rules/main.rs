//! The rules alone: no server, no file, and a clock that moves when a test says so.

#![allow(clippy::expect_used, reason = "a test that cannot go on says why and panics")]

mod attributes;
mod dead_letters;
mod deduplication;
mod desk;
mod limits;
mod messages;
mod moves;
mod order;
mod queues;
mod random;
mod records;
mod visibility;
