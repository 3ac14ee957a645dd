//! One sweep over all shards.

use evens_contracts::{ApplyBonusJob, FinishRoundJob, Job, MatchJob, RefundJob, SettleJob};
use evens_exchange::{RefundReason, RoundId, Side, WaitingBet};
use evens_metrics::Found;
use evens_queues::Outgoing;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{SHARDS, UnfinishedRegistration, UnfinishedRound, UnsettledMatch};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// What is younger has its own job on the way, if there is anything to do.
const RECENT: SignedDuration = SignedDuration::from_mins(1);

/// How many shards are looked at side by side.
const SHARDS_AT_ONCE: usize = 4;

/// Sends the job of everything that was left behind. Harmless when repeated.
pub async fn handle(context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
    let found = stream::iter(0..SHARDS)
        .map(|shard| sweep_shard(context, shard, now))
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_fold(Left::default(), async |sum, found| Ok(sum.plus(found)))
        .await?;
    tell(context, found, now);
    let Left { bets, matches, rounds, registrations, .. } = found;
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

/// Counts what was found. A gauge is told also where it is zero: that is what says that all is well.
fn tell(context: &Context, left: Left, now: Timestamp) {
    let metrics = &context.metrics;
    metrics.swept(Found::Bet, left.bets);
    metrics.swept(Found::Match, left.matches);
    metrics.swept(Found::Round, left.rounds);
    metrics.swept(Found::Registration, left.registrations);
    let age = |since: Option<Timestamp>| {
        since.and_then(|since| now.duration_since(since).try_into().ok()).unwrap_or_default()
    };
    metrics.oldest_open_bet(age(left.oldest_bet));
    metrics.oldest_unsettled_match(age(left.oldest_match));
}

/// How much was left behind, and since when.
#[derive(Debug, Clone, Copy, Default)]
struct Left {
    bets: usize,
    matches: usize,
    rounds: usize,
    registrations: usize,
    /// When the oldest bet was placed of which something waits, whether or not it was left behind.
    oldest_bet: Option<Timestamp>,
    /// When the oldest of the matches was joined.
    oldest_match: Option<Timestamp>,
}

/// The earlier of two times that may not be.
fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

impl Left {
    fn plus(self, other: Self) -> Self {
        Self {
            bets: self.bets + other.bets,
            matches: self.matches + other.matches,
            rounds: self.rounds + other.rounds,
            registrations: self.registrations + other.registrations,
            oldest_bet: earlier(self.oldest_bet, other.oldest_bet),
            oldest_match: earlier(self.oldest_match, other.oldest_match),
        }
    }
}

async fn sweep_shard(context: &Context, shard: u8, now: Timestamp) -> Result<Left, JobError> {
    // One number a minute: a sweep that is started twice sends its jobs once.
    let nudge = now.as_second().unsigned_abs() / 60;
    let (bets, oldest_bet) = sweep_bets(context, shard, now, nudge).await?;
    let (matches, oldest_match) = sweep_matches(context, shard, now, nudge).await?;
    let rounds = sweep_rounds(context, shard, nudge).await?;
    let registrations = sweep_registrations(context, shard, now, nudge).await?;
    Ok(Left { bets, matches, rounds, registrations, oldest_bet, oldest_match })
}

/// How many jobs were sent, and since when the oldest bet waits.
async fn sweep_bets(
    context: &Context,
    shard: u8,
    now: Timestamp,
    nudge: u64,
) -> Result<(usize, Option<Timestamp>), JobError> {
    let (mut found, mut oldest, mut start) = (0, None, None);
    let mut opponents = Opponents::default();
    loop {
        let page = context.store.sweep_waiting(shard, start).await?;
        oldest = earlier(oldest, page.found.iter().map(|waiting| waiting.placed_at).min());
        let mut jobs = Vec::new();
        for waiting in &page.found {
            let job = job_of_waiting(context, &mut opponents, waiting, now).await?;
            jobs.extend(job.map(|job| job.nudged(nudge)));
        }
        found += jobs.len();
        context.queues.send(jobs).await?;
        start = page.next;
        if start.is_none() {
            return Ok((found, oldest));
        }
    }
}

/// What is owed to a bet that waits: its refund, if its time has come; else another look for opponents, if its own job
/// should be done by now and there are any.
async fn job_of_waiting(
    context: &Context,
    opponents: &mut Opponents,
    waiting: &WaitingBet,
    now: Timestamp,
) -> Result<Option<Outgoing>, JobError> {
    let age = now.duration_since(waiting.placed_at);
    let job = if age >= context.settings.refund_after {
        Job::Refund(RefundJob { bet_id: waiting.bet, reason: RefundReason::Expired })
    } else if age >= RECENT && opponents.wait_against(context, waiting).await? {
        Job::Match(MatchJob::from(waiting))
    } else {
        return Ok(None);
    };
    Ok(Some(Outgoing::new(job, waiting.user)))
}

/// On which sides of which rounds anybody waits, as far as was asked: each is looked at once in a sweep.
#[derive(Default)]
struct Opponents(HashMap<(RoundId, Side), bool>);

impl Opponents {
    async fn wait_against(&mut self, context: &Context, waiting: &WaitingBet) -> Result<bool, JobError> {
        let side = (waiting.round.clone(), waiting.side.opposite());
        if let Some(known) = self.0.get(&side) {
            return Ok(*known);
        }
        let found = context.store.does_anybody_wait(&side.0, side.1).await?;
        self.0.insert(side, found);
        Ok(found)
    }
}

/// How many jobs were sent, and when the oldest match was joined.
async fn sweep_matches(
    context: &Context,
    shard: u8,
    now: Timestamp,
    nudge: u64,
) -> Result<(usize, Option<Timestamp>), JobError> {
    let recent = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let (mut found, mut oldest, mut start) = (0, None, None);
    loop {
        let page = context.store.sweep_matches(shard, recent, start).await?;
        oldest = earlier(oldest, page.found.iter().map(|unsettled| unsettled.joined_at).min());
        found += page.found.len();
        let settlement = |UnsettledMatch { id, round, user_a, .. }| {
            Outgoing::new(Job::Settle(SettleJob { match_id: id, round_id: round, winner: None }), user_a)
                .nudged(nudge)
        };
        context.queues.send(page.found.into_iter().map(settlement).collect()).await?;
        start = page.next;
        if start.is_none() {
            return Ok((found, oldest));
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
