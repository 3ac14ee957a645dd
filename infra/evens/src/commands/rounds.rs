//! `evens rounds cancel-open`: cancels the rounds that were open when a table was copied, so that they take no more
//! bets.

use crate::cli::{RoundsArgs, RoundsCommand};
use crate::commands::restored::cancel_open_rounds;
use crate::commands::{operator, output, plural};
use crate::home::{Home, OpenMode};
use evens_exchange::RoundId;
use evens_runtime::StartError;
use std::process::ExitCode;

pub(crate) async fn run(args: RoundsArgs) -> Result<ExitCode, StartError> {
    let RoundsCommand::CancelOpen(args) = args.command;
    let home = Home::open(&args.data, OpenMode::Beside).await?;
    let cancelled = cancel(&home).await;
    home.close().await;
    let cancelled = cancelled?;
    for round in &cancelled {
        operator::record(&format!("cancelled round {round}"), &format!("round.id={round}"));
    }
    output::line(format_args!("Cancelled {}", plural(cancelled.len(), "round")));
    Ok(ExitCode::SUCCESS)
}

async fn cancel(home: &Home) -> Result<Vec<RoundId>, StartError> {
    cancel_open_rounds(&home.context(home.settings.clone()).await?).await
}
