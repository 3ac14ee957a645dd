//! Players bet while processes are killed and restarted, and repeat unanswered requests with the same key. No bet may
//! be lost or exist twice.
//!
//! Two processes work on the same queues as the one with the API and the engines. First one of them is killed, then the
//! other, while the rest do their work, and then both are restarted. At the end all three are killed at once and
//! restarted, twice, as when the box fails.

use super::traffic::progress_bar;
use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{count, milliseconds, plan, wait_until_settled};
use crate::system::System;
use crate::worker::Worker;
use evens_load::{Connection, Pace, Plan, Progress, Report, Run};
use indicatif::ProgressBar;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const USERS: u64 = 200;
pub(super) const RATE: u64 = 100;
const LASTS: Duration = Duration::from_mins(1);
/// The number of equal parts of the run. An event follows each of them except the last.
const PARTS: u32 = 6;
/// The number of processes beside the first one.
pub(super) const WORKERS: usize = 2;
/// The time for which a player repeats a request, longer than any start.
const INSISTS_FOR: Duration = Duration::from_mins(1);
/// Settlement counts as finished after this time without progress. Messages that a killed process had received are
/// invisible for a minute.
const STALL: Duration = Duration::from_mins(3);

pub(crate) async fn resilience(system: &mut System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let lasts = sizes.seconds.map_or(LASTS, Duration::from_secs);
    let rate = sizes.rate.unwrap_or(RATE);
    let users = sizes.users.unwrap_or(USERS);
    // Whole pairs, so that every bet finds its opponent.
    let bets = (rate * lasts.as_secs()).next_multiple_of(2).max(2);
    let interval = Duration::from_secs(1) / u32::try_from(rate)?;
    let pace = Pace::Open { interval, requests: bets };
    let plan = plan(system, users, 1, pace, usize::try_from(users)?).await?;
    let plan = Plan { insists_for: INSISTS_FOR, ..plan };
    let players = plan.players.clone();

    let bar = progress_bar("resilience", bets);
    let workers = start_workers(system.evens()?).await?;
    let target = system.target()?;
    let run = Run::start(&target, plan).await;
    let started = Instant::now();
    let schedule = Schedule { started, lasts, bar: &bar, progress: run.progress() };
    let lives = Lives { workers, ..Lives::default() };
    let (report, lives) = tokio::join!(run.finish(), lives.end(system.evens_mut()?, &schedule));
    let lives = lives?;
    bar.finish_and_clear();

    let answered_at = started + report.measured;
    let (_, settled_at) = wait_until_settled(system, report.outcomes.accepted, STALL).await?;
    let mut connection = Connection::new(target.address());
    let mut ended = HashSet::new();
    for placed in &report.placed {
        let read = target.read_bet(&mut connection, players.at(placed.player), placed.bet).await;
        if read.is_ok_and(|reading| reading.has_ended()) {
            ended.insert(placed.bet);
        }
    }
    let until_settled = settled_at.saturating_duration_since(answered_at);
    figures(system.evens()?, &report, ended.len(), &lives, until_settled).await
}

async fn figures(
    evens: &Evens,
    report: &Report,
    ended: usize,
    lives: &Lives,
    until_settled: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let books = evens.verify().await?;
    let outcomes = &report.outcomes;
    let lost = outcomes.accepted.saturating_sub(u64::try_from(ended)?);
    let longest_start = lives.starts.iter().max().copied().unwrap_or_default();
    Ok(vec![
        Figure::note("kills", count(lives.kills)),
        Figure::note("jobs done by killed workers", lives.jobs_of_killed),
        Figure::lower("ms from start to serving, longest", milliseconds(longest_start)),
        Figure::note("bets answered", count(outcomes.accepted)),
        Figure::note("requests retried", count(outcomes.repeated)),
        Figure::lower("requests failed", count(outcomes.failed())).at_most(0.0),
        Figure::lower("bets lost", count(lost)).at_most(0.0),
        Figure::lower("bets twice", count(books.bets.saturating_sub(outcomes.accepted))).at_most(0.0),
        in_order(books.is_clean),
        Figure::lower("bet p50 ms", milliseconds(report.latency.quantile(0.5))),
        Figure::lower("bet p99 ms", milliseconds(report.latency.quantile(0.99))),
        Figure::lower("bet longest ms", milliseconds(report.latency.quantile(1.0))),
        Figure::lower("s to settle the rest", until_settled.as_secs_f64()),
    ])
}

/// The times of events.
struct Schedule<'a> {
    started: Instant,
    lasts: Duration,
    bar: &'a ProgressBar,
    progress: Progress,
}

impl Schedule<'_> {
    /// Waits until this number of parts has passed.
    async fn wait(&self, parts: u32) {
        sleep_until(self.started + self.lasts * parts / PARTS).await;
        self.bar.set_position(self.progress.answered());
    }
}

/// The processes over all their lives.
#[derive(Default)]
struct Lives {
    workers: Vec<Worker>,
    kills: u64,
    /// The durations of the first process's starts.
    starts: Vec<Duration>,
    /// The number of jobs done by the killed processes beside the first one.
    jobs_of_killed: f64,
}

impl Lives {
    /// Runs all lives except the last ones.
    async fn end(mut self, evens: &mut Evens, schedule: &Schedule<'_>) -> anyhow::Result<Self> {
        schedule.wait(1).await;
        self.kill_worker().await?;
        schedule.wait(2).await;
        self.kill_worker().await?;
        schedule.wait(3).await;
        self.workers = start_workers(evens).await?;
        for parts in 4..PARTS {
            schedule.wait(parts).await;
            // The engines end with the first process, so the others have no work.
            self.kill_workers().await?;
            self.starts.push(evens.kill_and_start().await?);
            self.kills += 1;
            self.workers = start_workers(evens).await?;
        }
        Ok(self)
    }

    async fn kill_workers(&mut self) -> anyhow::Result<()> {
        while !self.workers.is_empty() {
            self.kill_worker().await?;
        }
        Ok(())
    }

    #[expect(clippy::float_arithmetic, reason = "a number of jobs, not money")]
    async fn kill_worker(&mut self) -> anyhow::Result<()> {
        let Some(worker) = self.workers.pop() else { return Ok(()) };
        self.jobs_of_killed += worker.kill().await?;
        self.kills += 1;
        Ok(())
    }
}

async fn start_workers(evens: &Evens) -> anyhow::Result<Vec<Worker>> {
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(evens.start_worker().await?);
    }
    Ok(workers)
}
