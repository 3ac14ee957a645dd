//! The rules alone: no server, no file, and a clock that moves when a test says so.

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
