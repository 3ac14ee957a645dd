//! Tests of the rules alone, of the endpoint through the real SDK, and of the program with `kill -9`.

#![allow(clippy::expect_used, reason = "a test that cannot go on says why and panics")]

mod endpoint;
mod in_process;
mod program;
mod rules;
