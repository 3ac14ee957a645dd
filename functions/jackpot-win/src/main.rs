//! The Lambda function `jackpot-win`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_runtime::run_jobs(
        evens_runtime::Context::from_env(&evens_jackpot_win::FUNCTION).await?,
        evens_jackpot_win::handle,
    )
    .await
}
