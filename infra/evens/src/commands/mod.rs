//! The commands, one file each.

mod backup;
mod dead_letters;
mod export;
pub(crate) mod find_user;
mod fund;
mod import_referrals;
mod key;
mod ledger;
mod migrate;
pub(crate) mod operator;
pub(crate) mod output;
mod play;
mod queues;
mod reconcile;
mod reconcile_report;
pub(crate) mod restored;
mod rounds;
mod serve;
mod switches;
pub(crate) mod text_table;
mod user;
mod verify;
pub(crate) mod verify_history;
mod verify_period;
pub(crate) mod verify_recent;
mod verify_report;
mod verify_round;
mod way_out;

pub(crate) use verify::cannot_read;

use crate::cli::{Cli, Command};
use evens_runtime::{Settings, Stage, StartError};
use jiff::Timestamp;
use std::process::ExitCode;

/// Runs the command of the command line.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, StartError> {
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve::run(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::User(args) => user::run(args).await,
        Command::ImportReferrals(args) => import_referrals::run(args).await,
        Command::Rounds(args) => rounds::run(args).await,
        Command::Ledger(args) => ledger::run(args).await,
        Command::Bets(args) => way_out::run_bets(args).await,
        Command::Matches(args) => way_out::run_matches(args).await,
        Command::Periods(args) => way_out::run_periods(args).await,
        Command::Switches(args) => switches::run(args).await,
        Command::Key(args) => key::run(&args),
        Command::Fund(args) => fund::run(args).await,
        Command::Queues(args) => queues::run(args).await,
        Command::DeadLetters(args) => dead_letters::run(args).await,
        Command::Verify(args) => Ok(verify::run(args).await),
        Command::Export(args) => Ok(export::run(args).await),
        Command::Reconcile(args) => Ok(reconcile::run(args).await),
        Command::Backup(args) => backup::run(&args),
        Command::Play(args) => play::run(args).await,
    }
}

/// Refuses commands that are allowed only in the local stage.
fn require_local(settings: &Settings, command: &str) -> Result<(), StartError> {
    if settings.stage == Stage::Local {
        return Ok(());
    }
    let message = format!("`evens {command}` is not allowed in the stage {}", settings.stage.as_str());
    Err(StartError::new(message, "it works only in the local stage; unset EVENS_STAGE"))
}

/// A time in UTC to the second.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
