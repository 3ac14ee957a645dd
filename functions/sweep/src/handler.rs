//! One sweep over all shards.

use evens_contracts::{ApplyBonusJob, FinishRoundJob, Job, MatchJob, RefundJob, SettleJob};
use evens_exchange::{RefundReason, WaitingBet};
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{SHARDS, UnfinishedRegistration, UnfinishedRound, UnsettledMatch};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

/// What is younger has its own job on the way.
const RECENT: SignedDuration = SignedDuration::from_mins(1);

/// How many shards are looked at side by side.
const SHARDS_AT_ONCE: usize = 4;

/// Sends the job of everything that was left behind. Harmless when repeated.
pub async fn handle(context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
    let found = stream::iter(0..SHARDS)
        .map(|shard| sweep_shard(context, shard, now))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_fold(Found::default(), async |sum, found| Ok(sum.plus(found)))
        .await?;
    let Found { bets, matches, rounds, registrations } = found;
    if bets + matches + rounds + registrations > 0 {
        tracing::info!(
            bets,
            matches,
            rounds,
            registrations,
            "Swept {bets} bets, {matches} matches, {rounds} rounds, {registrations} registrations"
        );
    }
    Ok(JobDone("swept"))
}

/// How much was left behind.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    bets: usize,
    matches: usize,
    rounds: usize,
    registrations: usize,
}

impl Found {
    fn plus(self, other: Self) -> Self {
        Self {
            bets: self.bets + other.bets,
            matches: self.matches + other.matches,
            rounds: self.rounds + other.rounds,
            registrations: self.registrations + other.registrations,
        }
    }
}

async fn sweep_shard(context: &Context, shard: u8, now: Timestamp) -> Result<Found, JobError> {
    // One number a minute: a sweep that is started twice sends its jobs once.
    let nudge = now.as_second().unsigned_abs() / 60;
    Ok(Found {
        bets: sweep_bets(context, shard, now, nudge).await?,
        matches: sweep_matches(context, shard, now, nudge).await?,
        rounds: sweep_rounds(context, shard, nudge).await?,
        registrations: sweep_registrations(context, shard, now, nudge).await?,
    })
}

async fn sweep_bets(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Result<usize, JobError> {
    let (mut found, mut start) = (0, None);
    loop {
        let page = context.store.sweep_waiting(shard, start).await?;
        let jobs = page.found.iter().filter_map(|waiting| job_of_waiting(context, waiting, now));
        let jobs: Vec<_> = jobs.map(|job| job.nudged(nudge)).collect();
        found += jobs.len();
        context.queues.send(jobs).await?;
        start = page.next;
        if start.is_none() {
            return Ok(found);
        }
    }
}

/// What is owed to a bet that waits: its refund, if its time has come; else another look for opponents, if its own job
/// should be done by now.
fn job_of_waiting(context: &Context, waiting: &WaitingBet, now: Timestamp) -> Option<Outgoing> {
    let age = now.duration_since(waiting.placed_at);
    let job = if age >= context.settings.refund_after {
        Job::Refund(RefundJob { bet_id: waiting.bet, reason: RefundReason::Expired })
    } else if age >= RECENT {
        Job::Match(MatchJob { bet_id: waiting.bet, place: Some(waiting.place().into()) })
    } else {
        return None;
    };
    Some(Outgoing::new(job, waiting.user))
}

async fn sweep_matches(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Result<usize, JobError> {
    let recent = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let (mut found, mut start) = (0, None);
    loop {
        let page = context.store.sweep_matches(shard, recent, start).await?;
        found += page.found.len();
        let settlement = |UnsettledMatch { id, round, user_a, .. }| {
            Outgoing::new(Job::Settle(SettleJob { match_id: id, round_id: round }), user_a).nudged(nudge)
        };
        context.queues.send(page.found.into_iter().map(settlement).collect()).await?;
        start = page.next;
        if start.is_none() {
            return Ok(found);
        }
    }
}

async fn sweep_rounds(context: &Context, shard: u8, nudge: u64) -> Result<usize, JobError> {
    let rounds = context.store.sweep_rounds(shard).await?;
    let found = rounds.len();
    let finish = |UnfinishedRound { id }| {
        let group = id.to_string();
        Outgoing::new(Job::FinishRound(FinishRoundJob { round_id: id, after_match: None }), group)
            .nudged(nudge)
    };
    context.queues.send(rounds.into_iter().map(finish).collect()).await?;
    Ok(found)
}

/// Whatever is owed to a new player, the job of his bonus finds out.
async fn sweep_registrations(
    context: &Context,
    shard: u8,
    now: Timestamp,
    nudge: u64,
) -> Result<usize, JobError> {
    let recent = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let (mut found, mut start) = (0, None);
    loop {
        let page = context.store.sweep_registrations(shard, recent, start).await?;
        found += page.found.len();
        let bonus = |UnfinishedRegistration { user }| {
            Outgoing::new(Job::ApplyBonus(ApplyBonusJob { user_id: user }), user).nudged(nudge)
        };
        context.queues.send(page.found.into_iter().map(bonus).collect()).await?;
        start = page.next;
        if start.is_none() {
            return Ok(found);
        }
    }
}
