//! The Lambda function `place-bet`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), evens_runtime::StartError> {
    let context = evens_runtime::Context::from_env(&evens_place_bet::FUNCTION).await?;
    let exclusions = evens_exclusion_register::Exclusions::from_env(&context).await?;
    let opener = evens_place_bet::RoundOpener::from_env(context.settings.stage)?;
    evens_http::run_http(context, evens_place_bet::router(exclusions, opener)).await
}
