//! [`Traffic`]: phase after phase of requests on one system.

use super::Sizes;
use super::depth::Depths;
use super::orders::unended;
use crate::counters::Counters;
use crate::figure::Figure;
use crate::measures::{STALL, cores, count, milliseconds, per_second, plan, usage_notes, wait_until_settled};
use crate::processes::Watch;
use crate::system::System;
use anyhow::{Context, ensure};
use evens_load::{Connection, Latency, Limit, Outcomes, Pace, Plan, Players, Progress, Report, Run, Shares};
use evens_payments::Direction;
use evens_runtime::Clock;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// What is sent for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) users: u64,
    pub(super) connections: usize,
    pub(super) rounds: usize,
    pub(super) shares: Shares,
    pub(super) rate: Rate,
    pub(super) lasts: Duration,
    pub(super) promise: Promise,
}

/// How far answers may lag behind the rate of requests: for a minute, by 0.6 s at its end.
const BEHIND_PERCENT_MAX: f64 = 1.0;

/// What was forecast of orders, and how soon they are to be answered.
const ORDER_P99_MS_MAX: f64 = 2_000.0;
const DEPOSITS_PER_MINUTE_MIN: f64 = 720.0;
const WITHDRAWALS_PER_MINUTE_MIN: f64 = 60.0;

/// How many requests are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    PerSecond(u64),
    /// Of what the system was seen to do from the first request until the last bet and the last order had ended, when
    /// it was asked for as much as it took, by players and in rounds with a past.
    PercentOfCapacity(u32),
}

/// What a phase promises beside that every request is answered and every bet ends, and that jobs do not pile up: at the
/// end no more of them wait than at the beginning, but for those of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Answers in 100 ms, 99 of 100 in 500 ms; settled in 500 ms; jobs within their budgets; less than 80 % of the
    /// processors used.
    Quick,
    /// Requests do not pile up before the API either: they are answered at 99 % of the rate at which they are due, so
    /// the load is the one that the phase is named by. How long each takes, nobody promised but of orders, which are as
    /// many a minute as was forecast.
    Flat,
}

impl Phase {
    pub(super) fn sized(self, sizes: Sizes) -> Self {
        let users = sizes.users.unwrap_or(self.users);
        let connections = self.connections.min(usize::try_from(users).unwrap_or(usize::MAX));
        let rate = sizes.rate.map_or(self.rate, Rate::PerSecond);
        let lasts = sizes.seconds.map_or(self.lasts, Duration::from_secs);
        Self { users, connections, rate, lasts, ..self }
    }

    /// How many requests there are at that rate: at least one pair of bets, and no bet without its opponent.
    fn requests(&self, rate: u64) -> u64 {
        let mut requests = (rate * self.lasts.as_secs()).max(1);
        while !(self.shares.bets_of(requests) > 0 && self.shares.bets_of(requests).is_multiple_of(2)) {
            requests += 1;
        }
        requests
    }
}

/// Phase after phase on one system.
pub(super) struct Traffic<'a> {
    system: &'a System,
    /// Bets in all phases until now, and those of them that were never settled.
    accepted: u64,
    never_settled: u64,
}

/// What became of a phase.
struct Outcome {
    report: Report,
    depths: Depths,
    started: Moment,
}

/// The same moment by two clocks: that of the requests, and that of the system's answers, which runs on this machine.
#[derive(Debug, Clone, Copy)]
struct Moment {
    instant: Instant,
    timestamp: Timestamp,
}

impl Moment {
    fn now() -> Self {
        Self { instant: Instant::now(), timestamp: Clock::system().now() }
    }

    /// From an instant of our clock to a time of the system's.
    fn duration(self, from: Instant, to: Timestamp) -> Duration {
        let since_here = Duration::try_from(to.duration_since(self.timestamp)).unwrap_or_default();
        since_here.saturating_sub(from - self.instant)
    }
}

impl<'a> Traffic<'a> {
    /// How many bets are read to see when they were settled.
    const READ_MAX: usize = 2_000;
    /// How the capacity is found out.
    const CAPACITY_CONNECTIONS: usize = 64;
    const CAPACITY_TIME_MAX: Duration = Duration::from_secs(10);

    pub(super) fn new(system: &'a System) -> Self {
        Self { system, accepted: 0, never_settled: 0 }
    }

    pub(super) async fn run(&mut self, phase: &Phase) -> anyhow::Result<Vec<Figure>> {
        let mut figures = Vec::new();
        let rate = match phase.rate {
            Rate::PerSecond(rate) => rate,
            Rate::PercentOfCapacity(percent) => {
                let capacity = self.capacity(phase).await?;
                figures.push(Figure::higher("capacity, requests/s until all has ended", count(capacity)));
                capacity * u64::from(percent) / 100
            }
        };
        ensure!(rate > 0, "a rate of nothing");
        figures.push(Figure::note("requests/s due", count(rate)));
        let interval = Duration::from_secs(1) / u32::try_from(rate)?;
        let pace = Pace::Open { interval, requests: phase.requests(rate) };
        let plan = self.plan(phase, pace, phase.connections).await?;
        let players = plan.players.clone();
        let before = self.system.counters().await?;
        let watch = Watch::start(self.system.processes()?);
        let outcome = self.send(phase.name, plan).await?;
        let usage = watch.usage();
        let took = outcome.report.measured;
        let answered_at = outcome.started.instant + took;
        let (never_settled, settled_at) = self.settled_at(outcome.report.outcomes.accepted).await?;
        let target = self.system.target()?;
        let until_settled = settled_at.saturating_duration_since(answered_at);
        let (unended, _) = unended(&target, &players, &outcome.report.ordered).await?;
        let counted = self.system.counted_since(before).await?;
        let settlement = self.settlement(&outcome, &players).await?;
        figures.extend(latencies(phase.promise, &outcome.report, &settlement));
        figures.extend(orders_per_minute(phase.promise, &outcome.report));
        figures.push(Figure::lower("never settled", count(never_settled)).at_most(0.0));
        if !outcome.report.ordered.is_empty() {
            figures.push(Figure::lower("orders not completed", count(unended)).at_most(0.0));
        }
        figures.push(Figure::lower("s to settle what was left", until_settled.as_secs_f64()));
        figures.extend(self.backlog(&outcome.depths, rate).await?);
        let used = Figure::lower("processors used, %", percent_of_processors(cores(usage.cpu, took)));
        match phase.promise {
            Promise::Quick => {
                figures.push(used.below(80.0));
                figures.extend(counted.iter().flat_map(Counters::job_times));
            }
            Promise::Flat => figures.extend([used, behind(&outcome.report, rate)]),
        }
        figures.extend(counted.iter().flat_map(Counters::conflicts));
        figures.extend(usage_notes(&outcome.report, &usage, took));
        Ok(figures)
    }

    /// Requests a second that are answered, and of which bets and orders have ended, when the next one is sent on the
    /// answer to the last. The same was sent for as long as the phase lasts before, by the same players and in the same
    /// rounds: the more they have behind them, the more a page costs, so what a new system takes would not be what it
    /// takes at the end of the phase.
    async fn capacity(&mut self, phase: &Phase) -> anyhow::Result<u64> {
        let pace = |measured| Pace::Closed(Limit::Time { warm_up: Duration::ZERO, measured });
        let connections = Self::CAPACITY_CONNECTIONS.min(phase.connections);
        let past = self.plan(phase, pace(phase.lasts), connections).await?;
        let measured = phase.lasts.min(Self::CAPACITY_TIME_MAX);
        let plan = Plan { name: format!("{}-measured", past.name), pace: pace(measured), ..past.clone() };
        self.saturate(past).await?;
        let started = Instant::now();
        let (answered, ended_at) = self.saturate(plan).await?;
        let rate = per_second(answered, ended_at.max(started + measured) - started);
        whole(rate).context("the system takes nothing")
    }

    /// Sends requests in a closed loop until time is up and all bets and orders have ended; how many were answered, and
    /// when the last of them had.
    async fn saturate(&mut self, plan: Plan) -> anyhow::Result<(u64, Instant)> {
        let (target, players) = (self.system.target()?, plan.players.clone());
        let report = Run::start(&target, plan).await.finish().await;
        if let Some(last) = report.placed.last().filter(|last| last.number.is_multiple_of(2)) {
            // Time was up before its opponent came.
            let mut connection = Connection::new(target.address());
            target.request_refund(&mut connection, players.at(last.player), last.bet).await?;
        }
        let (_, settled_at) = self.settled_at(report.outcomes.accepted).await?;
        let (_, open_at) = unended(&target, &players, &report.ordered).await?;
        let ended_at = open_at.map_or(settled_at, |open_at| open_at.max(settled_at));
        let Outcomes { accepted, read, ordered, .. } = report.outcomes;
        Ok((accepted + read + ordered, ended_at))
    }

    async fn plan(&self, phase: &Phase, pace: Pace, connections: usize) -> anyhow::Result<Plan> {
        let plan = plan(self.system, phase.users, phase.rounds, pace, connections).await?;
        let shares = match self.system {
            System::Evens(_) => phase.shares,
            System::Peer(_) => phase.shares.without_payments(),
        };
        Ok(Plan { shares, ..plan })
    }

    /// Sends what is planned, and looks at the queues meanwhile.
    async fn send(&self, name: &'static str, plan: Plan) -> anyhow::Result<Outcome> {
        let bar = progress_bar(name, plan.requests().unwrap_or_default());
        let run = Run::start(&self.system.target()?, plan).await;
        let (started, progress) = (Moment::now(), run.progress());
        let watched = self.watch(&bar, &progress);
        let (report, depths) = tokio::join!(run.finish(), watched);
        bar.finish_and_clear();
        Ok(Outcome { report, depths: depths?, started })
    }

    async fn watch(&self, bar: &ProgressBar, progress: &Progress) -> anyhow::Result<Depths> {
        let (mut depths, mut looks) = (Depths::default(), interval(Depths::INTERVAL));
        looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while progress.answered() < bar.length().unwrap_or_default() {
            looks.tick().await;
            bar.set_position(progress.answered());
            if let Some(messages) = self.system.messages().await? {
                depths.record(messages);
            }
        }
        Ok(depths)
    }

    /// How many of so many more bets are never settled, and when the last one was settled.
    async fn settled_at(&mut self, accepted: u64) -> anyhow::Result<(u64, Instant)> {
        self.accepted += accepted;
        let (settled, at) = wait_until_settled(self.system, self.accepted, STALL).await?;
        let never = self.accepted - settled - self.never_settled;
        self.never_settled += never;
        Ok((never, at))
    }

    /// From the moment at which a bet was due to its settlement as the books have it, of some of the bets.
    async fn settlement(&self, outcome: &Outcome, players: &Players) -> anyhow::Result<Latency> {
        let (target, mut settlement) = (self.system.target()?, Latency::new());
        let placed = &outcome.report.placed;
        let mut connection = Connection::new(target.address());
        for bet in placed.iter().step_by(placed.len().div_ceil(Self::READ_MAX).max(1)) {
            let reading = target.read_bet(&mut connection, players.at(bet.player), bet.bet).await?;
            let Some((_, updated_at)) = reading.times else { break };
            if reading.has_ended() {
                settlement.record(outcome.started.duration(bet.due, updated_at));
            }
        }
        Ok(settlement)
    }

    async fn backlog(&self, depths: &Depths, rate: u64) -> anyhow::Result<Vec<Figure>> {
        let Some(left) = self.system.messages().await? else { return Ok(Vec::new()) };
        let mut figures = vec![
            Figure::note("deepest queues, messages", count(depths.deepest())),
            Figure::note("messages left", count(left)),
        ];
        figures.extend(
            depths
                .growth()
                .map(|growth| Figure::lower("queues grew by, messages", growth).at_most(count(rate))),
        );
        Ok(figures)
    }
}

/// By how much requests were answered more slowly than they were due.
#[expect(clippy::float_arithmetic, reason = "a share of a rate, not money")]
fn behind(report: &Report, rate: u64) -> Figure {
    let behind = 100.0 * (1.0 - report.answered_per_second() / count(rate));
    Figure::lower("answers behind requests, %", behind.max(0.0)).at_most(BEHIND_PERCENT_MAX)
}

/// How long answers and settlements took.
fn latencies(promise: Promise, report: &Report, settlement: &Latency) -> Vec<Figure> {
    let kinds = [
        ("bet", &report.latency, Some(100.0), 500.0),
        ("page", &report.reads, Some(100.0), 500.0),
        ("order", &report.orders, None, ORDER_P99_MS_MAX),
        ("due to settled", settlement, None, 500.0),
    ];
    let mut figures = vec![Figure::higher("answered/s", report.answered_per_second())];
    for (kind, latency, p50_max, p99_max) in kinds {
        if latency.count() == 0 {
            continue;
        }
        for (name, part, limit) in [("p50", 0.5, p50_max), ("p99", 0.99, Some(p99_max))] {
            let figure = Figure::lower(format!("{kind} {name} ms"), milliseconds(latency.quantile(part)));
            let is_promised = matches!(promise, Promise::Quick) || kind == "order";
            figures.push(match limit.filter(|_| is_promised) {
                Some(limit) => figure.below(limit),
                None => figure,
            });
        }
    }
    figures
}

/// How many deposits were opened and paid, and withdrawals taken, a minute. The mixes are what was forecast, and more.
#[expect(clippy::float_arithmetic, reason = "rates, not money")]
fn orders_per_minute(promise: Promise, report: &Report) -> Vec<Figure> {
    let figure = |(direction, name, least): (Direction, &str, f64)| {
        let ordered = report.ordered.iter().filter(|ordered| ordered.direction == direction).count();
        let ordered = count(u64::try_from(ordered).unwrap_or(u64::MAX));
        let figure = Figure::higher(name, 60.0 * ordered / report.measured.as_secs_f64().max(0.001));
        match promise {
            Promise::Quick => figure,
            Promise::Flat => figure.at_least(least),
        }
    };
    let kinds = [
        (Direction::Deposit, "deposits/min", DEPOSITS_PER_MINUTE_MIN),
        (Direction::Withdrawal, "withdrawals/min", WITHDRAWALS_PER_MINUTE_MIN),
    ];
    if report.ordered.is_empty() { Vec::new() } else { kinds.into_iter().map(figure).collect() }
}

#[expect(clippy::float_arithmetic, reason = "a share of a machine, not money")]
fn percent_of_processors(cores: f64) -> f64 {
    let all = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    100.0 * cores / count(u64::try_from(all.get()).unwrap_or(u64::MAX))
}

/// A rate without its fraction; none where that is zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate of requests, never negative"
)]
fn whole(rate: f64) -> Option<u64> {
    Some(rate as u64).filter(|rate| *rate > 0)
}

/// On stderr, and silent where that is not a terminal.
pub(crate) fn progress_bar(name: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {per_sec} {elapsed}, {eta} left");
    let bar = ProgressBar::new(length).with_message(name);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
