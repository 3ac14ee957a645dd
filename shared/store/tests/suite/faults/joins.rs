//! A join makes one attempt; its caller has to retry.

use super::script::{Fault, Script};
use super::write::Write;
use crate::books;
use crate::engine::Engine;

/// A caller that does not know the result of a join repeats it and learns that the bets changed.
#[tokio::test]
async fn a_join_whose_answer_was_lost_is_not_made_twice() {
    for write in [Write::Join, Write::JoinAndSettle] {
        let engine = Engine::direct().await;
        let prepared = write.prepare(&engine).await;
        let script = Script::of("TransactWriteItems", &[Fault::ResetAfter]);
        let store = engine.through(script.http());
        assert_eq!(prepared.write(&store).await, "unavailable");
        assert_eq!(prepared.write(&store).await, "changed A");
        assert_eq!(books::check(&engine.store).await.matches.len(), 1);
    }
}
