//! Audits during a run: invariants of every commit are checked while faults still occur.

use crate::check;
use crate::clients;
use crate::dice::Dice;
use crate::world::{Who, World};
use evens_runtime::Settings;
use std::sync::Arc;
use std::time::Duration;

/// The longest wait in milliseconds for a moment at which every transaction is either fully visible or not at all.
const WAIT_MAX_MS: u32 = 2_000;

/// Audits the table at a few moments.
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

#[cfg(test)]
mod tests {
    use super::stand_still;
    use crate::check;
    use crate::clients;
    use crate::dice::Dice;
    use crate::trace::Trace;
    use crate::world::{State, Who, World};
    use evens_ledger::UserId;
    use evens_runtime::Settings;
    use evens_simulated_table::item::Attribute;
    use rust_decimal::Decimal;

    #[tokio::test(start_paused = true)]
    async fn money_that_appears_in_mid_run_is_found() {
        let world = World::new(State::new(0, Dice::new(0), Trace::new(false)));
        let (settings, amount) = (Settings::local(), "50".parse().expect("an amount"));
        let store = clients::store(&world, Who::Auditor, &settings);
        let user = UserId::new(1).expect("a user");
        store.fund_wallet(user, amount, "order", world.now()).await.expect("the wallet is funded");
        let audit = async || {
            let still = stand_still(&world).await.expect("nothing is under way");
            check::check_in_mid_run(&clients::store(&still, Who::Auditor, &settings)).await
        };
        assert_eq!(audit().await, []);

        let key = ("USER#1".to_owned(), "WALLET".to_owned());
        let mut wallet = world.lock().table.get(&key).expect("the wallet").clone();
        wallet.insert("balance".to_owned(), Attribute::Number(Decimal::from(51)));
        world.lock().table.put(key, Some(wallet), world.now_ms());
        let found: Vec<_> = audit().await.into_iter().map(|violation| violation.rule).collect();
        assert!(found.contains(&"M1") && found.contains(&"M4"), "{found:?}");
    }
}
