//! The live channel: what is pushed, who may see it, and how connections end.

mod endings;
mod limits;
mod pushed;
