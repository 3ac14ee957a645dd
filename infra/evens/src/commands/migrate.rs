//! `evens migrate`: creates the table and the queues if they do not exist.

use crate::cli::HomeArgs;
use crate::commands::output;
use crate::home::{Home, OpenMode};
use evens_runtime::StartError;
use std::process::ExitCode;
use std::time::Duration;

/// Longer than an engine in a container takes to start on a slow machine.
const COLD_FOR: Duration = Duration::from_mins(1);

pub(crate) async fn run(args: HomeArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.data, OpenMode::Beside).await?;
    for line in home.migrate(COLD_FOR).await? {
        output::line(line);
    }
    home.close().await;
    Ok(ExitCode::SUCCESS)
}
