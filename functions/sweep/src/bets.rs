//! Sweeps unmatched bets: expired ones, and those that may have an opponent.

use crate::left::{RECENT, Swept, earlier};
use crate::sweep::Sweep;
use evens_contracts::{MatchJob, RefundJob};
use evens_exchange::{RefundReason, RoundId, Side, UnmatchedBet};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::Waiters;
use jiff::Timestamp;
use std::collections::HashMap;

pub(crate) async fn sweep_bets(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let Sweep { context, now, .. } = *sweep;
    let (mut swept, mut start) = (Swept::default(), None);
    let mut opponents = Opponents::default();
    loop {
        let page = match context.store.sweep_waiting(shard, start).await {
            Ok(page) => page,
            Err(error) => return swept.ended_by(error),
        };
        swept.oldest = earlier(swept.oldest, page.found.iter().map(|waiting| waiting.placed_at).min());
        let mut jobs = Vec::new();
        for waiting in &page.found {
            let job = job_of_waiting(context, &mut opponents, waiting, now).await;
            jobs.extend(job);
        }
        swept.send(sweep, jobs).await;
        start = page.next;
        if start.is_none() {
            return swept;
        }
    }
}

/// The job that an unmatched bet needs: a refund if it has expired, or a match job if its first one should be done and
/// there may be opponents. A bet from a clock that is ahead counts as old.
async fn job_of_waiting(
    context: &Context,
    opponents: &mut Opponents,
    waiting: &UnmatchedBet,
    now: Timestamp,
) -> Option<OutgoingJob> {
    let age = now.duration_since(waiting.placed_at);
    if age >= context.settings.betting.refund_after {
        Some(OutgoingJob::of(RefundJob::of_waiting(waiting, RefundReason::Expired)))
    } else if age.abs() >= RECENT && opponents.may_wait_against(context, waiting).await {
        Some(OutgoingJob::of(MatchJob::of_waiting(waiting)))
    } else {
        None
    }
}

/// The unmatched bets per round and side, each read once in the sweep of a shard. A player who bets against themselves
/// therefore causes no jobs.
#[derive(Default)]
struct Opponents {
    known: HashMap<(RoundId, Side), Waiters>,
    /// `true` after a failed read. All reads go to one partition, so no further ones are tried.
    has_failed: bool,
}

impl Opponents {
    /// Returns `true` if the read fails, because the job reads the book itself.
    async fn may_wait_against(&mut self, context: &Context, waiting: &UnmatchedBet) -> bool {
        let side = (waiting.round.clone(), waiting.side.opposite());
        if let Some(known) = self.known.get(&side) {
            return known.may_play(waiting.user);
        }
        if self.has_failed {
            return true;
        }
        match context.store.load_waiters(&side.0, side.1).await {
            Ok(found) => {
                self.known.insert(side, found);
                found.may_play(waiting.user)
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "round.id" = %side.0, "Could not read the unmatched bets of round {}, so its jobs are sent anyway", side.0);
                self.has_failed = true;
                true
            }
        }
    }
}
