//! The live channel: pushed states, limits, and the ends of connections.

mod endings;
mod limits;
mod pushed;
