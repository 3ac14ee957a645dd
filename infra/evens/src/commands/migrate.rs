//! `evens migrate`: creates the table and the queues where they are missing.

use crate::cli::HomeArgs;
use crate::home::{Home, Sharing};
use evens_runtime::StartError;
use std::process::ExitCode;

pub(crate) async fn run(args: HomeArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.data, Sharing::Beside).await?;
    for line in home.migrate().await? {
        println!("{line}");
    }
    home.close().await;
    Ok(ExitCode::SUCCESS)
}
