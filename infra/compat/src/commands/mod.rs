//! The commands, a file each.

mod fund;
mod migrate;
mod play;
mod serve;
mod token;
mod verify;
mod verify_report;
mod verify_round;

use crate::cli::{Cli, Command};
use evens_runtime::StartError;
use std::process::ExitCode;

/// Carries out what the command line asks for.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, StartError> {
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve::run(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Token(args) => token::run(&args),
        Command::Fund(args) => fund::run(args).await,
        Command::Verify(args) => Ok(verify::run(args).await),
        Command::Play(args) => play::run(args).await,
    }
}
