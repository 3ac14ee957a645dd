//! The live channel: pushed states, limits, and the ends of connections.

mod endings;
mod games;
mod limits;
mod money;
mod one_user;
mod processes;
mod pushed;
mod staff;
mod upgrades;
