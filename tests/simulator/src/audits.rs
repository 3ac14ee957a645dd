//! Audits in mid-run: what holds after each commit is looked at while everything still goes wrong.

use crate::check;
use crate::clients;
use crate::dice::Dice;
use crate::world::{Who, World};
use evens_runtime::Settings;
use std::sync::Arc;
use std::time::Duration;

/// How long is waited for a moment at which each transaction is visible as a whole, or not at all.
const WAIT_MAX_MS: u32 = 2_000;

/// Audits the table as it is at some moments.
pub(crate) async fn audit(world: World, settings: Arc<Settings>, mut dice: Dice, pause_max_ms: u64) {
    for _ in 0..dice.number(0..=3) {
        let pause = dice.milliseconds(0..=pause_max_ms);
        world.sleep(pause).await;
        let Some(still) = stand_still(&world).await else { continue };
        world.note(Who::Auditor, format_args!("audits in mid-run"));
        let store = clients::store(&still, Who::Auditor, &settings);
        for violation in check::check_in_mid_run(&store).await {
            world.violated(violation);
        }
    }
}

async fn stand_still(world: &World) -> Option<World> {
    for _ in 0..WAIT_MAX_MS {
        if let Some(still) = world.still() {
            return Some(still);
        }
        world.sleep(Duration::from_millis(1)).await;
    }
    None
}
