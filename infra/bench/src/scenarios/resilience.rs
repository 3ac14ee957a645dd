//! Players bet while the process is killed and started again; whoever is not answered asks again with the same key. No bet
//! may be lost, and none may be there twice.

use super::traffic::progress_bar;
use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figures::Figure;
use crate::measures::{count, milliseconds, plan, wait_until_settled};
use crate::system::System;
use evens_load::{Connection, Pace, Plan, Progress, Report, Run};
use indicatif::ProgressBar;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const USERS: u64 = 200;
const RATE: u64 = 100;
const LASTS: Duration = Duration::from_mins(1);
/// It is killed when a third of the time has passed, and again when two thirds have.
const KILLS: u32 = 2;
/// For how long a player asks: longer than any start.
const INSISTS_FOR: Duration = Duration::from_mins(1);
/// When nothing was settled for so long, nothing more will be: what a killed process had received is hidden for a minute.
const STALL: Duration = Duration::from_mins(3);

pub(crate) async fn resilience(system: &mut System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let lasts = sizes.seconds.map_or(LASTS, Duration::from_secs);
    let rate = sizes.rate.unwrap_or(RATE);
    let users = sizes.users.unwrap_or(USERS);
    // Whole pairs, so that everything finds its opponent.
    let bets = (rate * lasts.as_secs()).next_multiple_of(2).max(2);
    let interval = Duration::from_secs(1) / u32::try_from(rate)?;
    let pace = Pace::Open { interval, requests: bets };
    let plan = plan(system, users, 1, pace, usize::try_from(users)?).await?;
    let plan = Plan { insists_for: INSISTS_FOR, ..plan };
    let players = plan.players.clone();

    let bar = progress_bar("resilience", bets);
    let target = system.target()?;
    let run = Run::start(&target, plan).await;
    let started = Instant::now();
    let lives = Lives { started, lasts, bar: &bar, progress: run.progress() };
    let (report, starts) = tokio::join!(run.finish(), lives.end(system.evens_mut()?));
    let starts = starts?;
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
    figures(system.evens()?, &report, ended.len(), &starts, until_settled).await
}

async fn figures(
    evens: &Evens,
    report: &Report,
    ended: usize,
    starts: &[Duration],
    until_settled: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let books = evens.verify().await?;
    let outcomes = &report.outcomes;
    let lost = outcomes.accepted.saturating_sub(u64::try_from(ended)?);
    let longest_start = starts.iter().max().copied().unwrap_or_default();
    Ok(vec![
        Figure::note("kills", count(u64::try_from(starts.len())?)),
        Figure::lower("ms from start to serving, longest", milliseconds(longest_start)),
        Figure::note("bets answered", count(outcomes.accepted)),
        Figure::note("asked again", count(outcomes.repeated)),
        Figure::lower("requests failed", count(outcomes.failed())).at_most(0.0),
        Figure::lower("bets lost", count(lost)).at_most(0.0),
        Figure::lower("bets twice", count(books.bets.saturating_sub(outcomes.accepted))).at_most(0.0),
        in_order(books.is_clean),
        Figure::lower("bet p50 ms", milliseconds(report.latency.quantile(0.5))),
        Figure::lower("bet p99 ms", milliseconds(report.latency.quantile(0.99))),
        Figure::lower("bet longest ms", milliseconds(report.latency.quantile(1.0))),
        Figure::lower("s to settle what was left", until_settled.as_secs_f64()),
    ])
}

/// The process, from its first life to its last.
struct Lives<'a> {
    started: Instant,
    lasts: Duration,
    bar: &'a ProgressBar,
    progress: Progress,
}

impl Lives<'_> {
    /// Ends all lives but the last; how long each start took.
    async fn end(self, evens: &mut Evens) -> anyhow::Result<Vec<Duration>> {
        let mut starts = Vec::new();
        for number in 1..=KILLS {
            sleep_until(self.started + self.lasts * number / (KILLS + 1)).await;
            starts.push(evens.kill_and_start().await?);
            self.bar.set_position(self.progress.answered());
        }
        Ok(starts)
    }
}
