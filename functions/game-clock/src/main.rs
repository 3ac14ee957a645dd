//! The Lambda function `game-clock`.

use evens_game_clock::GameClock;
use evens_runtime::{Context, Need, StartError, run_schedule};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    run_schedule(Context::from_env(&[Need::AttendanceOffset]).await?, GameClock::for_a_minute()).await
}
