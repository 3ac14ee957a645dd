//! `evens`: every function, the queue pollers and the sweeper in one binary, and the commands of an operator.
//!
//! It hosts the same libraries as the Lambda functions, without a second implementation of any of them. By default it
//! starts the embedded engines and keeps their data in a folder that survives restarts.
//!
//! Architecture invariant: data goes to stdout, everything else to stderr, both through `output`.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod commands;
mod concurrency;
mod data_folder;
mod engine_choice;
mod home;
mod identity;
mod live;
mod local_stage;
mod memory;
mod pages;
mod router;
mod server;
mod traces;
mod workers;

use crate::commands::output;
use clap::Parser;
use evens_runtime::StartError;
use mimalloc::MiMalloc;
use std::process::ExitCode;
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The stack of a worker thread. A debug build keeps all layers of a request on it, which takes more than 2 MiB.
const STACK_BYTES: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    evens_runtime::telemetry::init();
    let exit = match run() {
        Ok(exit) => exit,
        Err(error) => {
            output::note(format_args!("error: {error:?}"));
            ExitCode::FAILURE
        }
    };
    output::finish(exit)
}

fn run() -> Result<ExitCode, StartError> {
    let runtime = Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build();
    let runtime = runtime.map_err(|error| {
        StartError::new("threads cannot be started", "check the limits of the process").caused_by(error)
    })?;
    runtime.block_on(commands::run(cli::Cli::parse()))
}
