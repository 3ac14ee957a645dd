//! Hints on their way from the store to the hub: lost, late and doubled.

use crate::answers::number;
use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::world::{State, World};
use evens_hub::Hub;
use evens_ledger::{Entry, UserId};
use evens_runtime::{Changes, Context};
use evens_store::{Changed, Observer, Operation, RetryCause};
use rust_decimal::Decimal;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The hub of one life of a process. Its hints are unreliable.
pub(crate) fn start_hub(
    tasks: &mut JoinSet<()>,
    world: &World,
    context: &mut Context,
    going_on: watch::Receiver<bool>,
) -> Arc<Hub> {
    let hints = UnreliableHints { world: world.clone(), changes: context.changes.clone() };
    context.store = context.store.clone().observed(Arc::new(hints));
    let hub = Hub::new(context, going_on);
    hub.start(context, tasks);
    hub
}

/// Passes the changes of a process on to its hub, with hazards.
#[derive(Debug)]
struct UnreliableHints {
    world: World,
    changes: Changes,
}

impl Observer for UnreliableHints {
    fn failed(&self, _: Operation, _: RetryCause) {}

    fn retried(&self, _: Operation, _: RetryCause) {}

    fn recovered(&self, _: Operation) {}

    fn entered(&self, _: &Entry) {}

    fn drawn(&self, _: &'static str) {}

    fn changed(&self, changed: Changed) {
        let delays = self.world.lock().hint_delays(&changed);
        for delay in delays {
            if delay.is_zero() {
                self.changes.tell(&changed);
            } else {
                let (world, changes, changed) = (self.world.clone(), self.changes.clone(), changed.clone());
                tokio::spawn(async move {
                    world.sleep(delay).await;
                    changes.tell(&changed);
                });
            }
        }
    }
}

impl State {
    /// How late each copy of a hint arrives. A late one is overtaken by others.
    fn hint_delays(&mut self, changed: &Changed) -> Vec<Duration> {
        if let Changed::Wallet(user) = changed
            && self.is_release(*user)
            && self.has(Mutation::ReleaseNotHinted)
        {
            return Vec::new();
        }
        if self.strike(Hazard::HintLost) {
            return Vec::new();
        }
        let is_late = self.strike(Hazard::HintLate);
        let mut delays = vec![if is_late { self.dice.milliseconds(1..=5_000) } else { Duration::ZERO }];
        if self.strike(Hazard::HintDoubled) {
            delays.push(self.dice.milliseconds(1..=20_000));
        }
        delays
    }

    /// Returns whether the wallet has no new entry since its last hint: only its locked stakes may have changed.
    fn is_release(&mut self, user: UserId) -> bool {
        let wallet = self.table.get(&(format!("USER#{user}"), "WALLET".to_owned()));
        let version = wallet.map_or(Decimal::ZERO, |wallet| number(wallet, "version"));
        self.hinted_versions.insert(user.number(), version) == Some(version)
    }
}
