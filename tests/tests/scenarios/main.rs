//! Scenarios over the running system, in the folders of their domains; and what somebody does who wants more than is
//! theirs.

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
