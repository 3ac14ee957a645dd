//! Only the stage `local` funds wallets. Elsewhere, such money came from nowhere.

use crate::world::World;
use evens_runtime::{Settings, Stage};
use evens_verify::Verifier;

const NOW: &str = "2026-11-20T20:30:00Z";

/// The violations of all books, and those of recent movements, as a check of that kind counts them.
async fn violations(stage: Stage, verifier: Verifier) -> [Option<String>; 2] {
    let world = World::new().await;
    let context = world.table.context(Settings { stage, ..Settings::local() }).await;
    let world = World { context, ..world };
    world.fund(1, "order-1", "2026-11-20T20:00:00Z").await;
    world.run(verifier, NOW).await.expect("it looks");
    ["evens_books_violations", "evens_movements_violations"].map(|name| world.metric(name))
}

#[tokio::test]
async fn a_funded_wallet_is_a_violation_outside_the_stage_local() {
    let text = |count: &str| Some(count.to_owned());
    // Books of no record are small, so these are checked by their recent movements and their history.
    let large = Verifier::beside_others().holding(1_000, 0);
    for (stage, count) in [(Stage::Local, "0"), (Stage::Dev, "1"), (Stage::Staging, "1"), (Stage::Prod, "1")]
    {
        let [of_all, _] = violations(stage, Verifier::beside_others()).await;
        assert_eq!(of_all, text(count), "{stage:?}");
        assert_eq!(violations(stage, large).await, [text(count), text(count)], "{stage:?}, large books");
    }
}
