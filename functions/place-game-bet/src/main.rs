//! The Lambda function `place-game-bet`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    evens_http::run_http(
        evens_runtime::Context::from_env(evens_place_game_bet::NEEDS).await?,
        evens_place_game_bet::router(),
    )
    .await
}
