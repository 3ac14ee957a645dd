//! Contributions that cannot be made in time: how they are made later, and the answer that the client gets.

use crate::world::{World, amount};
use serde_json::json;

#[tokio::test]
async fn a_contribution_that_is_too_late_is_queued() {
    let world = World::start(true).await;
    world.lose_every_race(true);
    let body = json!({ "opId": "op-1", "minor": 4 });
    let later = world.contribute(&body).await;
    assert_eq!((later.status, later.retry_after.as_deref()), (503, Some("1")));
    let detail = "The contribution is queued and will be made under its opId. Repeat the request unchanged to see its result.";
    assert_eq!((&later.body["code"], &later.body["detail"]), (&json!("unavailable"), &json!(detail)));
    let job = json!({ "operation": "op-1", "minor": 4, "major": 0, "mega": 0, "by": "700" });
    assert_eq!(world.jobs().await, [json!({ "type": "contribute", "data": job })]);
    assert_eq!(world.held().await, amount("1000"));
    // A repeat before the job ran makes the contribution, once.
    world.lose_every_race(false);
    for is_replay in [false, true] {
        let made = world.contribute(&body).await;
        assert_eq!((made.status, made.is_replay), (200, is_replay), "{:?}", made.body);
        assert_eq!(world.held().await, amount("1003"));
    }
}

#[tokio::test]
async fn a_contribution_without_a_queue_is_answered_as_not_queued() {
    let world = World::start(false).await;
    world.lose_every_race(true);
    let body = json!({ "opId": "op-1", "minor": 4 });
    let lost = world.contribute(&body).await;
    assert_eq!((lost.status, lost.retry_after.as_deref()), (503, Some("1")));
    let detail = "The contribution may not have been made and is not queued. Repeat the request unchanged.";
    assert_eq!(lost.body["detail"], json!(detail));
    world.lose_every_race(false);
    assert_eq!(world.contribute(&body).await.status, 200);
    assert_eq!(world.held().await, amount("1003"));
}
