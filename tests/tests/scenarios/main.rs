//! Scenarios over the running system, in one folder per domain, and attacks on it.

#![cfg(test)]

mod beside;
mod exchange;
mod exploits;
mod games;
mod jackpots;
mod live;
mod operations;
mod payments;
mod players;
