//! One sweep over all shards.

use crate::kinds::KINDS;
use crate::overdue::matched_units;
use evens_contracts::{
    ApplyBonusJob, CheckAttendanceJob, CheckPaymentJob, FinishRoundJob, GiveFirstBonusJob, JackpotWinJob,
    MatchJob, NotifyEvent, NotifyJob, PayoutJob, RefundJob, SettleJob, SettlePeriodJob,
};
use evens_exchange::{RefundReason, RoundId, Side, UnmatchedBet};
use evens_ledger::Amount;
use evens_players::Owed;
use evens_queues::Outgoing;
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{
    OrderList, SHARDS, SessionDebt, Since, StoreError, Unfinished, UnfinishedFirstBonus, UnfinishedOrder,
    UnfinishedRegistration, UnfinishedRound, UnfinishedWin, UnsettledMatch, Waiters,
};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::time::Duration;

/// What is younger has its own job on the way, if there is anything to do.
const RECENT: SignedDuration = SignedDuration::from_mins(1);

/// How many shards are looked at side by side.
const SHARDS_AT_ONCE: usize = 4;

/// Sends the job of everything that was left behind. Harmless when repeated.
///
/// What fails costs its own part: the other shards, and the other kinds of the same shard, are swept all the same. Then
/// the run ends with the first failure, so that somebody hears of it.
pub async fn handle(context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
    let found = stream::iter(0..SHARDS)
        .map(|shard| sweep_shard(context, shard, now))
        .buffer_unordered(SHARDS_AT_ONCE)
        .fold(Left::default(), async |sum, found| sum.plus(found))
        .await;
    tell(context, &found, now);
    let sent: usize = found.swept.iter().map(|swept| swept.sent).sum();
    if sent > 0 {
        let parts = KINDS.iter().zip(&found.swept);
        let parts = parts.map(|(kind, swept)| format!("{} {}", swept.sent, kind.many));
        let parts = parts.collect::<Vec<_>>().join(", ");
        tracing::info!(sent, "Swept {parts}");
    }
    found.failure().map_or(Ok(JobDone("swept")), Err)
}

/// Counts what was found. A gauge is told also where it is zero: that is what says that all is well.
fn tell(context: &Context, left: &Left, now: Timestamp) {
    let metrics = &context.metrics;
    for (kind, swept) in KINDS.iter().zip(&left.swept) {
        metrics.swept(kind.one, swept.sent);
        if let Some((tell, age)) = kind.tell_oldest.zip(swept.age(now)) {
            tell(metrics, age);
        }
    }
    if let Some(units) = left.overdue_units {
        metrics.overdue_matched(Amount::from_units(units).unwrap_or_default());
    }
}

/// What was left behind, of each kind in the order of [`KINDS`].
#[derive(Debug)]
struct Left {
    swept: [Swept; KINDS.len()],
    /// What is matched in overdue rounds, in units of money. Nothing where that is not known of all of them.
    overdue_units: Option<i128>,
}

impl Default for Left {
    fn default() -> Self {
        Self { swept: KINDS.map(|_| Swept::default()), overdue_units: Some(0) }
    }
}

/// What was left behind of one kind.
#[derive(Debug, Default)]
struct Swept {
    /// How many jobs were sent.
    sent: usize,
    /// Of bets, when the oldest was placed of which something waits, whether or not it was left behind; of matches,
    /// when the oldest was joined; of held withdrawals, since when the oldest waits; of periods that are
    /// not drawn, when the oldest should have closed.
    oldest: Option<Timestamp>,
    /// Why not all of it was swept.
    failure: Option<JobError>,
}

/// The earlier of two times that may not be.
fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

impl Left {
    fn plus(self, other: Self) -> Self {
        let mut others = other.swept.into_iter();
        Self {
            swept: self.swept.map(|swept| swept.plus(others.next().unwrap_or_default())),
            overdue_units: self.overdue_units.zip(other.overdue_units).map(|(one, more)| one + more),
        }
    }

    fn failure(self) -> Option<JobError> {
        self.swept.into_iter().find_map(|swept| swept.failure)
    }
}

impl Swept {
    fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            oldest: earlier(self.oldest, other.oldest),
            failure: self.failure.or(other.failure),
        }
    }

    /// Sends jobs. What is not sent, the next sweep finds again.
    async fn send(&mut self, context: &Context, jobs: Vec<Outgoing>) {
        let count = jobs.len();
        match context.queues.send(jobs).await {
            Ok(()) => self.sent += count,
            Err(error) => self.failure = self.failure.take().or(Some(error.into())),
        }
    }

    /// The same, ended by a page that could not be read: nobody knows where the next one starts.
    fn ended_by(self, error: StoreError) -> Self {
        Self { failure: self.failure.or(Some(error.into())), ..self }
    }

    /// How old the oldest is, as far as was seen; zero if there is none. Nothing where that is not known.
    fn age(&self, now: Timestamp) -> Option<Duration> {
        match (self.oldest, &self.failure) {
            (None, Some(_)) => None,
            (None, None) => Some(Duration::ZERO),
            (Some(since), _) => Some(now.duration_since(since).try_into().unwrap_or_default()),
        }
    }
}

async fn sweep_shard(context: &Context, shard: u8, now: Timestamp) -> Left {
    // One number a minute: a sweep that is started twice sends its jobs once.
    let nudge = now.as_second().unsigned_abs() / 60;
    let mut left = Left::default();
    for (kind, swept) in KINDS.iter().zip(&mut left.swept) {
        *swept = match kind.what {
            Unfinished::UnmatchedBet => sweep_bets(context, shard, now, nudge).await,
            Unfinished::Match => sweep_matches(context, shard, now, nudge).await,
            Unfinished::Round => {
                let (swept, overdue_units) = sweep_rounds(context, shard, now, nudge).await;
                left.overdue_units = overdue_units;
                swept
            }
            Unfinished::UndrawnPeriod => look_at_undrawn(context, shard, now).await,
            Unfinished::Period => sweep_periods(context, shard, now, nudge).await,
            Unfinished::JackpotWin => sweep_jackpot_wins(context, shard, now, nudge).await,
            Unfinished::Registration => sweep_registrations(context, shard, now, nudge).await,
            Unfinished::Deposit => {
                let check = |UnfinishedOrder { id, .. }| Outgoing::of(CheckPaymentJob { order_id: id });
                sweep_orders(context, OrderList::Deposits, (shard, now, nudge), check).await
            }
            Unfinished::HeldWithdrawal => look_at_held(context, shard, now).await,
            Unfinished::FirstBonus => sweep_first_bonuses(context, shard, now, nudge).await,
            Unfinished::SessionDebt => sweep_session_debts(context, shard, now, nudge).await,
            Unfinished::Withdrawal => {
                let send = |UnfinishedOrder { id, user }| Outgoing::new(PayoutJob { order_id: id }, user);
                sweep_orders(context, OrderList::Withdrawals, (shard, now, nudge), send).await
            }
        };
        if let Some(error) = &swept.failure {
            let many = kind.many;
            tracing::warn!(
                shard,
                kind = many,
                error = chain(error),
                "Could not sweep all {many} of shard {shard}"
            );
        }
    }
    left
}

async fn sweep_bets(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
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
            jobs.extend(job.map(|job| job.nudged(nudge)));
        }
        swept.send(context, jobs).await;
        start = page.next;
        if start.is_none() {
            return swept;
        }
    }
}

/// What is owed to a bet that waits: its refund, if its time has come; else another look for opponents, if its own job
/// should be done by now and there may be any. One of a clock that is ahead is as good as old.
async fn job_of_waiting(
    context: &Context,
    opponents: &mut Opponents,
    waiting: &UnmatchedBet,
    now: Timestamp,
) -> Option<Outgoing> {
    let age = now.duration_since(waiting.placed_at);
    if age >= context.settings.betting.refund_after {
        let job = RefundJob { bet_id: waiting.bet, reason: RefundReason::Expired };
        Some(Outgoing::new(job, waiting.user))
    } else if age.abs() >= RECENT && opponents.may_wait_against(context, waiting).await {
        Some(Outgoing::new(MatchJob::from(waiting), waiting.user))
    } else {
        None
    }
}

/// Who waits on which side of which round, as far as was asked: each is looked at once in a sweep of a shard. So the
/// bets of somebody who bets against themselves cost the sweeps no job.
#[derive(Default)]
struct Opponents {
    known: HashMap<(RoundId, Side), Waiters>,
    /// Whether a look has failed. All are looks into one partition, so that there are no more then.
    has_failed: bool,
}

impl Opponents {
    /// Where nobody could look, the job will.
    async fn may_wait_against(&mut self, context: &Context, waiting: &UnmatchedBet) -> bool {
        let side = (waiting.round.clone(), waiting.side.opposite());
        if let Some(known) = self.known.get(&side) {
            return known.may_play(waiting.user);
        }
        if self.has_failed {
            return true;
        }
        match context.store.who_waits(&side.0, side.1).await {
            Ok(found) => {
                self.known.insert(side, found);
                found.may_play(waiting.user)
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "round.id" = %side.0, "Could not look who waits in round {}; the jobs of its bets will", side.0);
                self.has_failed = true;
                true
            }
        }
    }
}

/// What has no job of its own on the way any more: what was begun a while ago, or by a clock that is ahead of this one.
fn left_behind(now: Timestamp) -> [Since; 2] {
    let ago = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let ahead = now.saturating_add(RECENT).unwrap_or(Timestamp::MAX);
    [Since::Before(ago), Since::After(ahead)]
}

async fn sweep_matches(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
    let mut swept = Swept::default();
    for since in left_behind(now) {
        let mut start = None;
        loop {
            let page = match context.store.sweep_matches(shard, since, start).await {
                Ok(page) => page,
                Err(error) => return swept.ended_by(error),
            };
            let joined = page.found.iter().map(|unsettled| unsettled.joined_at);
            swept.oldest = earlier(swept.oldest, joined.min());
            let settlement = |UnsettledMatch { id, round, user_a, .. }| {
                let job = SettleJob { match_id: id, round_id: round, winner: None };
                Outgoing::new(job, user_a).nudged(nudge)
            };
            swept.send(context, page.found.into_iter().map(settlement).collect()).await;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    swept
}

/// And what is matched in those that are overdue.
async fn sweep_rounds(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> (Swept, Option<i128>) {
    let mut swept = Swept::default();
    let rounds = match context.store.sweep_rounds(shard, now).await {
        Ok(rounds) => rounds,
        Err(error) => return (swept.ended_by(error), None),
    };
    let overdue = matched_units(context, &rounds, now).await;
    let finish = |UnfinishedRound { id }| {
        Outgoing::of(FinishRoundJob { round_id: id, after_match: None }).nudged(nudge)
    };
    swept.send(context, rounds.into_iter().map(finish).collect()).await;
    match overdue {
        Ok(units) => (swept, Some(units)),
        Err(error) => (swept.ended_by(error), None),
    }
}

/// What a period owes lane by lane. Those that it has not paid are looked up: most periods have paid most of them.
async fn sweep_periods(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
    let mut swept = Swept::default();
    let periods = match context.store.sweep_lanes(shard, now.saturating_sub(RECENT).unwrap_or(now)).await {
        Ok(periods) => periods,
        Err(error) => return swept.ended_by(error),
    };
    for id in periods {
        let lanes = match context.store.load_period(id).await {
            Ok(found) => found.map(|period| period.open_lanes()).unwrap_or_default(),
            Err(error) => return swept.ended_by(error),
        };
        let settle = |lane| Outgoing::of(SettlePeriodJob { period_id: id, lane }).nudged(nudge);
        swept.send(context, lanes.into_iter().map(settle).collect()).await;
    }
    swept
}

/// Wins of jackpots that began and were not paid, or were drawn and have not begun.
async fn sweep_jackpot_wins(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
    let mut swept = Swept::default();
    for since in left_behind(now) {
        let wins = match context.store.sweep_jackpot_wins(shard, since).await {
            Ok(wins) => wins,
            Err(error) => return swept.ended_by(error),
        };
        let pay = |UnfinishedWin { group, owed_by }| {
            Outgoing::of(JackpotWinJob { jackpot: group, period_id: owed_by }).nudged(nudge)
        };
        swept.send(context, wins.into_iter().map(pay).collect()).await;
    }
    swept
}

/// Whatever is owed to a new player, the job of their bonus finds out.
async fn sweep_registrations(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
    let mut swept = Swept::default();
    for since in left_behind(now) {
        let mut start = None;
        loop {
            let page = match context.store.sweep_registrations(shard, since, start).await {
                Ok(page) => page,
                Err(error) => return swept.ended_by(error),
            };
            let bonus =
                |UnfinishedRegistration { user }| Outgoing::of(ApplyBonusJob { user_id: user }).nudged(nudge);
            swept.send(context, page.found.into_iter().map(bonus).collect()).await;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    swept
}

async fn sweep_first_bonuses(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
    let mut swept = Swept::default();
    for since in left_behind(now) {
        let mut start = None;
        loop {
            let page = match context.store.sweep_first_bonuses(shard, since, start).await {
                Ok(page) => page,
                Err(error) => return swept.ended_by(error),
            };
            let bonus = |UnfinishedFirstBonus { user }| {
                Outgoing::of(GiveFirstBonusJob { user_id: user }).nudged(nudge)
            };
            swept.send(context, page.found.into_iter().map(bonus).collect()).await;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    swept
}

async fn sweep_session_debts(context: &Context, shard: u8, now: Timestamp, nudge: u64) -> Swept {
    let mut swept = Swept::default();
    for since in left_behind(now) {
        let mut start = None;
        loop {
            let page = match context.store.sweep_session_debts(shard, since, start).await {
                Ok(page) => page,
                Err(error) => return swept.ended_by(error),
            };
            let jobs = page.found.into_iter().map(|debt| job_of_debt(debt).nudged(nudge));
            swept.send(context, jobs.collect()).await;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    swept
}

/// What is owed since a login: its day, or the news that it is with a new password.
fn job_of_debt(SessionDebt { user, owed }: SessionDebt) -> Outgoing {
    match owed {
        Owed::Day(date) => Outgoing::of(CheckAttendanceJob { user_id: user, date }),
        Owed::PasswordNotice(about) => {
            Outgoing::of(NotifyJob { user_id: user, event: NotifyEvent::PasswordChanged, about })
        }
    }
}

/// Cashiers end what is held, and no job does: it is only told how long they have let it wait.
async fn look_at_held(context: &Context, shard: u8, now: Timestamp) -> Swept {
    match context.store.oldest_held_withdrawal(shard, now).await {
        Ok(oldest) => Swept { oldest, ..Swept::default() },
        Err(error) => Swept::default().ended_by(error),
    }
}

/// The clock draws periods, and no job does: it is only told how long one waits for it.
async fn look_at_undrawn(context: &Context, shard: u8, now: Timestamp) -> Swept {
    match context.store.oldest_undrawn_period(shard, now).await {
        Ok(oldest) => Swept { oldest, ..Swept::default() },
        Err(error) => Swept::default().ended_by(error),
    }
}

/// Each order of a list whose time has come. Whoever does its job puts it behind the others.
async fn sweep_orders(
    context: &Context,
    list: OrderList,
    (shard, now, nudge): (u8, Timestamp, u64),
    job: impl Fn(UnfinishedOrder) -> Outgoing,
) -> Swept {
    let (mut swept, mut start) = (Swept::default(), None);
    loop {
        let page = match context.store.sweep_orders(list, shard, now, start).await {
            Ok(page) => page,
            Err(error) => return swept.ended_by(error),
        };
        let jobs = page.found.into_iter().map(|found| job(found).nudged(nudge));
        swept.send(context, jobs.collect()).await;
        start = page.next;
        if start.is_none() {
            return swept;
        }
    }
}
