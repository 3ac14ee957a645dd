//! The rules alone, the endpoint through the real SDK, and the program with its process killed.

#![allow(clippy::expect_used, reason = "a test that cannot go on says why and panics")]

mod endpoint;
mod program;
mod rules;
