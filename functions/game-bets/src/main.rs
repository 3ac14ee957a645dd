//! The Lambda function `game-bets`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(&evens_game_bets::FUNCTION).await?,
        evens_game_bets::router(),
    )
    .await
}
