//! The Lambda function `place-game-bet`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_place_game_bet::FUNCTION).await?;
    let exclusions = evens_exclusion_register::Exclusions::from_env(&context).await?;
    evens_http::run_http(context, evens_place_game_bet::router(exclusions)).await
}
