//! The Lambda function `game-clock`.

use evens_block_sources::blocks_of_function;
use evens_game_clock::GameClock;
use evens_runtime::{Context, StartError, run_schedule, variable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let context = Context::from_env(&evens_game_clock::FUNCTION).await?;
    let blocks = blocks_of_function(context.settings.stage, variable)?;
    run_schedule(context, GameClock::for_a_minute(blocks)).await
}
