//! One sweep over all shards.

use crate::bets::sweep_bets;
use crate::kinds::KINDS;
use crate::left::{Leftovers, RECENT, Swept, earlier, left_behind};
use crate::overdue::matched_units;
use crate::sweep::Sweep;
use crate::waiting::tell_waiting_orders;
use evens_contracts::{
    ApplyBonusJob, CheckAttendanceJob, CheckPaymentJob, FinishRoundJob, GiveFirstBonusJob, JackpotWinJob,
    NotifyEvent, NotifyJob, PayoutJob, SettleJob, SettlePeriodJob,
};
use evens_players::PendingTask;
use evens_queues::OutgoingJob;
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::{
    OrderList, Page, PageStart, PlayerDebt, SessionDebt, Since, StoreError, UnfinishedFirstBonus,
    UnfinishedOrder, UnfinishedRegistration, UnfinishedRound, UnfinishedWin, UnfinishedWork, UnsettledMatch,
};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::collections::HashSet;

/// Shards read concurrently.
const SHARDS_AT_ONCE: usize = 4;

/// Sends the jobs of everything left behind. Harmless when repeated.
///
/// A failure affects only its own shard and kind; the others are still swept. The run then ends with the first failure,
/// so that an alarm fires.
pub async fn handle(context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
    let sweep = Sweep::at(context, now);
    let found = stream::iter(context.store.layout().shards())
        // Boxed, because the nested future is too deep for the compiler otherwise.
        .map(|shard| Box::pin(sweep_shard(&sweep, shard)))
        .buffer_unordered(SHARDS_AT_ONCE)
        .fold(Leftovers::default(), async |sum, found| sum.plus(found))
        .await;
    found.tell(&context.metrics, now);
    let waiting = Box::pin(tell_waiting_orders(context, now)).await;
    let count: usize = found.swept.iter().map(|swept| swept.found).sum();
    if count > 0 {
        let parts = KINDS.iter().zip(&found.swept);
        let parts = parts.map(|(kind, swept)| format!("{} {}", swept.found, kind.many));
        let parts = parts.collect::<Vec<_>>().join(", ");
        tracing::info!(found = count, "Swept {parts}");
    }
    found.failure().map_or(Ok(()), Err)?;
    waiting?;
    Ok(JobDone("swept"))
}

async fn sweep_shard(sweep: &Sweep<'_>, shard: u8) -> Leftovers {
    let mut left = Leftovers::default();
    for (kind, swept) in KINDS.iter().zip(&mut left.swept) {
        *swept = match kind.what {
            UnfinishedWork::UnmatchedBet => sweep_bets(sweep, shard).await,
            UnfinishedWork::Match => sweep_matches(sweep, shard).await,
            UnfinishedWork::Round => {
                let (swept, overdue_units) = sweep_rounds(sweep, shard).await;
                left.overdue_units = overdue_units;
                swept
            }
            // The game clock draws periods and cashiers release held withdrawals. No job does, so only their age is
            // reported.
            UnfinishedWork::UndrawnPeriod | UnfinishedWork::HeldWithdrawal => Swept::default(),
            UnfinishedWork::Period => sweep_periods(sweep, shard).await,
            UnfinishedWork::JackpotWin => sweep_jackpot_wins(sweep, shard).await,
            UnfinishedWork::Registration => sweep_registrations(sweep, shard).await,
            UnfinishedWork::Deposit => {
                let check = |UnfinishedOrder { id, .. }| OutgoingJob::of(CheckPaymentJob { order_id: id });
                sweep_orders(sweep, OrderList::Deposits, shard, check).await
            }
            UnfinishedWork::FirstBonus => sweep_first_bonuses(sweep, shard).await,
            UnfinishedWork::SessionDebt => sweep_session_debts(sweep, shard).await,
            UnfinishedWork::Withdrawal => {
                let send = |UnfinishedOrder { id, user }| OutgoingJob::of(PayoutJob::of_order(id, user));
                sweep_orders(sweep, OrderList::Withdrawals, shard, send).await
            }
        };
        // The reads of unmatched bets and of matches have already found the oldest.
        let has_told = matches!(kind.what, UnfinishedWork::UnmatchedBet | UnfinishedWork::Match);
        let is_asked = kind.tell_oldest.is_some() || swept.found > 0 || swept.failure.is_some();
        if is_asked && !has_told {
            *swept = std::mem::take(swept).with_oldest(sweep, kind.what, shard).await;
        }
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

/// Sends the jobs of the items left behind, page by page. `job` may return `None`.
async fn sweep_left_behind<T, Read>(
    sweep: &Sweep<'_>,
    read: impl Fn(Since, Option<PageStart>) -> Read,
    mut job: impl FnMut(T) -> Option<OutgoingJob>,
) -> Swept
where
    Read: Future<Output = Result<Page<T>, StoreError>>,
{
    let mut swept = Swept::default();
    for since in left_behind(sweep.now) {
        let mut start = None;
        loop {
            let page = match read(since, start).await {
                Ok(page) => page,
                Err(error) => return swept.ended_by(error),
            };
            let jobs = page.found.into_iter().filter_map(&mut job).collect();
            swept.send(sweep, jobs).await;
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    swept
}

async fn sweep_matches(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let mut oldest = None;
    let read = |since, start| sweep.context.store.sweep_matches(shard, since, start);
    let settle = |UnsettledMatch { id, round, user_a, joined_at, .. }| {
        oldest = earlier(oldest, Some(joined_at));
        Some(OutgoingJob::of(SettleJob::of_unsettled(id, round, user_a)))
    };
    let swept = sweep_left_behind(sweep, read, settle).await;
    Swept { oldest, ..swept }
}

/// Also adds up the matched money of overdue rounds.
async fn sweep_rounds(sweep: &Sweep<'_>, shard: u8) -> (Swept, Option<i128>) {
    let mut swept = Swept::default();
    let rounds = match sweep.context.store.sweep_rounds(shard, sweep.now).await {
        Ok(rounds) => rounds,
        Err(error) => return (swept.ended_by(error), None),
    };
    let overdue = matched_units(sweep.context, &rounds, sweep.now).await;
    let finish = |UnfinishedRound { id }| OutgoingJob::of(FinishRoundJob { round_id: id, after_match: None });
    swept.send(sweep, rounds.into_iter().map(finish).collect()).await;
    match overdue {
        Ok(units) => (swept, Some(units)),
        Err(error) => (swept.ended_by(error), None),
    }
}

/// A period owes its payouts lane by lane. The unpaid lanes are looked up, because most periods have paid most of them.
async fn sweep_periods(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let mut swept = Swept::default();
    let Sweep { context, now, .. } = *sweep;
    let ago = now.saturating_sub(RECENT).unwrap_or(now);
    let periods = match context.store.sweep_lanes(shard, ago).await {
        Ok(periods) => periods,
        Err(error) => return swept.ended_by(error),
    };
    for id in periods {
        let lanes = match context.store.load_unarchived_period(id).await {
            Ok(found) => found.map(|period| period.open_lanes()).unwrap_or_default(),
            Err(error) => return swept.ended_by(error),
        };
        let settle = |lane| OutgoingJob::of(SettlePeriodJob { period_id: id, lane });
        swept.send(sweep, lanes.into_iter().map(settle).collect()).await;
    }
    swept
}

/// Jackpot wins that began and are unpaid, or were drawn and have not begun.
async fn sweep_jackpot_wins(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let mut swept = Swept::default();
    for since in left_behind(sweep.now) {
        let wins = match sweep.context.store.sweep_jackpot_wins(shard, since).await {
            Ok(wins) => wins,
            Err(error) => return swept.ended_by(error),
        };
        let pay = |UnfinishedWin { group, owed_by }| {
            OutgoingJob::of(JackpotWinJob { jackpot: group, period_id: owed_by })
        };
        swept.send(sweep, wins.into_iter().map(pay).collect()).await;
    }
    swept
}

/// The bonus job finds out which step a new player is owed.
async fn sweep_registrations(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let read = |since, start| sweep.context.store.sweep_registrations(shard, since, start);
    let give = |UnfinishedRegistration { user }| Some(OutgoingJob::of(ApplyBonusJob { user_id: user }));
    sweep_left_behind(sweep, read, give).await
}

async fn sweep_first_bonuses(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let read = |since, start| sweep.context.store.sweep_first_bonuses(shard, since, start);
    let give = |UnfinishedFirstBonus { user }| Some(OutgoingJob::of(GiveFirstBonusJob { user_id: user }));
    sweep_left_behind(sweep, read, give).await
}

async fn sweep_session_debts(sweep: &Sweep<'_>, shard: u8) -> Swept {
    let read = |since, start| sweep.context.store.sweep_session_debts(shard, since, start);
    // Several logins of a user owe the same day, and one job clears all of them.
    let mut asked = HashSet::new();
    let once = |debt: PlayerDebt| asked.insert(debt.clone()).then(|| job_of_debt(debt));
    sweep_left_behind(sweep, read, once).await
}

/// The job that a session or a recovery owes: the attendance day, or the notification about a new password.
fn job_of_debt(debt: PlayerDebt) -> OutgoingJob {
    let (user_id, recovery, about) = match debt {
        PlayerDebt::Session(SessionDebt { user, owed: PendingTask::Day(date) }) => {
            return OutgoingJob::of(CheckAttendanceJob { user_id: user, date });
        }
        PlayerDebt::Session(SessionDebt { user, owed: PendingTask::PasswordNotice(about) }) => {
            (user, None, about)
        }
        PlayerDebt::Recovery { user, recovery } => (user, Some(recovery), recovery.to_string()),
    };
    OutgoingJob::of(NotifyJob { user_id, event: NotifyEvent::PasswordChanged { recovery }, about })
}

/// Sends a job for each order of a list whose time has come. The job moves the order back in the list.
async fn sweep_orders(
    sweep: &Sweep<'_>,
    list: OrderList,
    shard: u8,
    job: impl Fn(UnfinishedOrder) -> OutgoingJob,
) -> Swept {
    let (mut swept, mut start) = (Swept::default(), None);
    loop {
        let page = match sweep.context.store.sweep_orders(list, shard, sweep.now, start).await {
            Ok(page) => page,
            Err(error) => return swept.ended_by(error),
        };
        swept.send(sweep, page.found.into_iter().map(&job).collect()).await;
        start = page.next;
        if start.is_none() {
            return swept;
        }
    }
}
