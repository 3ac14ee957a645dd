//! `evens`: every function, the queue pollers and the sweeper in one binary, and the commands of an operator.
//!
//! It hosts the same libraries as the Lambda functions, without a second implementation of any of them. By default it
//! starts the embedded engines and keeps their data in a folder that survives restarts.
//!
//! Architecture invariant: data goes to stdout, everything else to stderr.

mod banner;
mod bodies;
mod cli;
mod commands;
mod concurrency;
mod cors;
mod engine_choice;
mod find_user;
mod home;
mod identity;
mod live;
mod memory;
mod metrics_server;
mod operator;
mod pages;
mod payee_keys;
mod places;
mod quick_round;
mod restored;
mod router;
mod sandbox;
mod secret_file;
mod server;
mod signing_key;
mod text_table;
mod turns;
mod workers;

use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    evens_runtime::telemetry::init();
    match commands::run(cli::Cli::parse()).await {
        Ok(exit) => exit,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}
