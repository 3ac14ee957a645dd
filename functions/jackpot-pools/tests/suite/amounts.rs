//! The public amounts of the jackpots are never older than a second.

use crate::world::World;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn an_amount_is_at_most_a_second_old_and_no_cache_keeps_it() {
    let world = World::start(true).await;
    let (seen, kept) = world.look().await;
    assert_eq!((&seen["data"][0]["amount"], kept.as_str()), (&json!(1_000), "no-cache"));
    assert_eq!(world.contribute(&json!({ "opId": "op-1", "minor": 4 })).await.status, 200);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.look().await.0["data"][0]["amount"], json!(1_003));
}
