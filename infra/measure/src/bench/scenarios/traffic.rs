//! [`Traffic`]: the phases of requests on one system.

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

/// A phase: the requests and their duration.
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

/// The permitted lag of answers behind the request rate: 0.6 s at the end of a minute.
const BEHIND_PERCENT_MAX: f64 = 1.0;

/// The forecast rates of orders, and the limit on their latency.
const ORDER_P99_MS_MAX: f64 = 2_000.0;
const DEPOSITS_PER_MINUTE_MIN: f64 = 720.0;
const WITHDRAWALS_PER_MINUTE_MIN: f64 = 60.0;

/// The rate of due requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    PerSecond(u64),
    /// A share of the measured capacity: the rate at maximum load, counted until the last bet and order had ended, by
    /// players and in rounds with a history.
    PercentOfCapacity(u32),
}

/// The promises of a phase. In any case every request is answered, every bet ends, and jobs do not accumulate: at the
/// end no more of them wait than at the start, apart from those of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Answers within 100 ms, 99 of 100 within 500 ms, settlements within 500 ms, jobs within their limits, and less
    /// than 80 % of the processors used.
    Quick,
    /// Requests do not accumulate in front of the API: they are answered at 99 % of the rate at which they are due, so
    /// the load is the nominal one. Latency is only promised for orders, at the forecast rate.
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

    /// The number of requests at this rate: at least one pair of bets, and an even number of bets.
    fn requests(&self, rate: u64) -> u64 {
        let mut requests = (rate * self.lasts.as_secs()).max(1);
        while !(self.shares.bets_of(requests) > 0 && self.shares.bets_of(requests).is_multiple_of(2)) {
            requests += 1;
        }
        requests
    }
}

/// Runs phases on one system.
pub(super) struct Traffic<'a> {
    system: &'a System,
    /// The accepted bets of all phases so far, and those of them never settled.
    accepted: u64,
    never_settled: u64,
}

/// The results of a phase.
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

    /// The time from an instant of the driver's clock to a time of the system's clock.
    fn duration(self, from: Instant, to: Timestamp) -> Duration {
        let since_here = Duration::try_from(to.duration_since(self.timestamp)).unwrap_or_default();
        since_here.saturating_sub(from - self.instant)
    }
}

impl<'a> Traffic<'a> {
    /// The number of bets that are read to find the times of settlement.
    const READ_MAX: usize = 2_000;
    /// The parameters of the capacity measurement.
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
        figures.push(Figure::lower("s to settle the rest", until_settled.as_secs_f64()));
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

    /// The capacity in requests per second, measured in a closed loop until all bets and orders have ended. The same
    /// load runs for the duration of the phase first, with the same players and rounds. A longer history makes a page
    /// cost more, so the capacity of a new system would not be that at the end of the phase.
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
        whole(rate).context("the system accepts nothing")
    }

    /// Runs a closed loop until the time is up and all bets and orders have ended. Returns the number of answers, and
    /// the time of the last end.
    async fn saturate(&mut self, plan: Plan) -> anyhow::Result<(u64, Instant)> {
        let (target, players) = (self.system.target()?, plan.players.clone());
        let report = Run::start(&target, plan).await.finish().await;
        if let Some(last) = report.placed.last().filter(|last| last.number.is_multiple_of(2)) {
            // The time was up before its opponent was sent.
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

    /// Runs a plan and samples the queues meanwhile.
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

    /// The number of further bets that are never settled, and the time of the last settlement.
    async fn settled_at(&mut self, accepted: u64) -> anyhow::Result<(u64, Instant)> {
        self.accepted += accepted;
        let (settled, at) = wait_until_settled(self.system, self.accepted, STALL).await?;
        let never = self.accepted - settled - self.never_settled;
        self.never_settled += never;
        Ok((never, at))
    }

    /// From the due time of a bet to its settlement in the books, for some of the bets.
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

/// The lag of the answer rate behind the request rate.
#[expect(clippy::float_arithmetic, reason = "a share of a rate, not money")]
fn behind(report: &Report, rate: u64) -> Figure {
    let behind = 100.0 * (1.0 - report.answered_per_second() / count(rate));
    Figure::lower("answers behind requests, %", behind.max(0.0)).at_most(BEHIND_PERCENT_MAX)
}

/// The latencies of answers and settlements.
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

/// The paid deposits and accepted withdrawals per minute. The mixes exceed the forecast.
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

/// A rate without its fraction, or `None` if it is zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate of requests, never negative"
)]
fn whole(rate: f64) -> Option<u64> {
    Some(rate as u64).filter(|rate| *rate > 0)
}

/// A progress bar on stderr, hidden if that is not a terminal.
pub(crate) fn progress_bar(name: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {per_sec} {elapsed}, {eta} left");
    let bar = ProgressBar::new(length).with_message(name);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
