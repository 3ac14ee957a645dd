//! The seam between the processes and the engines in memory, with the hazards in between.
//!
//! Most runs call table and queues by their types ([`SimulatedTable`], [`SimulatedQueues`]). The others pass the SDK,
//! whose HTTP client is [`SdkSeam`].
//!
//! A call becomes a task of the world, not of the calling process. A request may therefore take effect after its
//! process has ended, or after a timeout and retry.

mod http;
mod queue;
mod queue_wire;
mod send;
mod simulated_queues;
mod simulated_table;
mod table;

pub(crate) use http::SdkSeam;
pub(crate) use queue::change;
pub(crate) use send::send_now;
pub(crate) use simulated_queues::SimulatedQueues;
pub(crate) use simulated_table::SimulatedTable;

use crate::hazard::Hazard;
use crate::world::{Who, World};
use std::future::pending;
use std::time::Duration;
use tokio::sync::oneshot;

/// A call in progress, with its request. A dropped sender is an answer that never arrives.
struct Call<Request, Reply> {
    world: World,
    who: Who,
    /// The name of its operation.
    operation: &'static str,
    request: Request,
    /// Set for calls that serve a player's refund of a bet.
    is_of_refund: bool,
    reply: oneshot::Sender<Reply>,
}

/// Applies the hazards of a call that leaves a process: a crash or a stall.
pub(crate) async fn leave(world: &World, who: Who, operation: &str) {
    world.lock().calls += 1;
    if who != Who::Auditor && world.lock().strike(Hazard::CrashBeforeCall) {
        world.note(who, format_args!("ends before {operation}"));
        world.crash(who);
        pending::<()>().await;
    }
    if who != Who::Auditor && world.lock().strike(Hazard::Stall) {
        world.stall(who);
    }
    world.go_on(who).await;
}

impl<Request, Reply> Call<Request, Reply> {
    /// Draws the latency of one direction.
    fn way(&self) -> Duration {
        if self.who == Who::Auditor {
            return Duration::ZERO;
        }
        let mut state = self.world.lock();
        let longest = state.latency_max_ms;
        state.dice.milliseconds(1..=longest)
    }

    /// Returns whether this hazard strikes now.
    fn strike(&self, hazard: Hazard) -> bool {
        self.who != Who::Auditor && self.world.lock().strike(hazard)
    }

    fn note(&self, what: std::fmt::Arguments<'_>) {
        if self.who != Who::Auditor {
            self.world.note(self.who, what);
        }
    }

    /// Sends the reply back.
    async fn answer(self, reply: Reply) {
        if self.strike(Hazard::CrashAfterCall) {
            self.note(format_args!("ends before the answer to {}", self.operation));
            self.world.crash(self.who);
            return;
        }
        let way = self.way();
        if !way.is_zero() {
            self.world.sleep(way).await;
        }
        // Sending fails if the caller has given up.
        let _ = self.reply.send(reply);
    }
}
