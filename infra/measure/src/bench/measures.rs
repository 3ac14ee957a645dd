//! The measurements, with the same parameters as the peer's figures.

use crate::counters::Counters;
use crate::figure::Figure;
use crate::processes::{self, Usage, Watch};
use crate::system::System;
use anyhow::{Context, ensure};
use evens_exchange::Stake;
use evens_load::{
    AcceptedBet, Connection, Latency, Limit, Mix, Pace, Plan, Players, Report, Rounds, Run, Shares, Target,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

const CONNECTIONS: usize = 64;
const WARM_UP: Duration = Duration::from_secs(3);
const BACKLOG_BETS: u64 = 4_000;
/// 50 bets per second, for 20 s.
const SETTLEMENT_INTERVAL: Duration = Duration::from_millis(20);
const SETTLEMENT_BETS: u64 = 1_000;
/// A pair needs at least one job, that of the bet that finds the other, so this makes 5,450 jobs per minute or more.
const STEADY_INTERVAL: Duration = Duration::from_micros(5_500);
/// The required load of one box, and its limits.
const STEADY_JOBS_PER_MINUTE: f64 = 5_000.0;
const STEADY_CORES: f64 = 1.0;
const STEADY_MEBIBYTES: f64 = 1_024.0;
/// Settlement counts as finished after this time without progress. The peer leaves some bets unmatched until their
/// refund.
pub(crate) const STALL: Duration = Duration::from_secs(15);

/// A closed loop for a fixed time: bets per second, and the latency of each.
pub(crate) async fn throughput(system: &System, seconds: u64) -> anyhow::Result<Vec<Figure>> {
    let limit = Limit::Time { warm_up: WARM_UP, measured: Duration::from_secs(seconds) };
    let plan = plan(system, 1_000, 1, Pace::Closed(limit), CONNECTIONS).await?;
    let watch = Watch::start(system.processes()?);
    let started = Instant::now();
    let report = Run::start(&system.target()?, plan).await.finish().await;
    let took = started.elapsed();
    let usage = watch.usage();
    let settled = system.settled(report.outcomes.accepted).await?;
    let mut figures = vec![
        Figure::higher("accepted/s", report.accepted_per_second()),
        Figure::lower("place p50 ms", milliseconds(report.latency.quantile(0.5))),
        Figure::lower("place p99 ms", milliseconds(report.latency.quantile(0.99))),
        Figure::higher("settled/s until done", per_second(settled, took)),
    ];
    figures.extend(usage_notes(&report, &usage, took));
    Ok(figures)
}

/// Many bets at maximum speed until all are settled: the cost of a settled bet.
pub(crate) async fn backlog(system: &System, rounds: usize) -> anyhow::Result<Vec<Figure>> {
    let pace = Pace::Closed(Limit::Requests(BACKLOG_BETS));
    let plan = plan(system, 1_000, rounds, pace, CONNECTIONS).await?;
    let before = system.counters().await?;
    let watch = Watch::start(system.processes()?);
    let started = Instant::now();
    let report = Run::start(&system.target()?, plan).await.finish().await;
    let accepted = report.outcomes.accepted;
    let (settled, until) = wait_until_settled(system, accepted, STALL).await?;
    let usage = watch.usage();
    let counted = system.counted_since(before).await?;
    let took = until - started;
    ensure!(settled > 0, "nothing was settled");
    let mut figures = vec![
        Figure::higher("accepted/s", report.accepted_per_second()),
        Figure::higher("settled/s", per_second(settled, took)),
        Figure::lower("CPU ms/settled bet", per_bet(usage.cpu, settled)),
        Figure::lower("memory MiB/1000 settled bets", mebibytes_per_thousand(&usage, settled)),
        Figure::lower("never settled", count(accepted - settled)),
    ];
    figures.extend(counted.iter().flat_map(Counters::conflicts));
    figures.extend(usage_notes(&report, &usage, started.elapsed()));
    Ok(figures)
}

/// Waits until no bet was settled for `stall`. Returns the number of settled bets, and the time of the last one.
pub(crate) async fn wait_until_settled(
    system: &System,
    accepted: u64,
    stall: Duration,
) -> anyhow::Result<(u64, Instant)> {
    let (mut settled, mut last_change) = (0, Instant::now());
    loop {
        let now_settled = system.settled(accepted).await?.min(accepted);
        if now_settled > settled {
            (settled, last_change) = (now_settled, Instant::now());
        }
        if settled == accepted || last_change.elapsed() > stall {
            return Ok((settled, last_change));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// An open loop at a moderate rate, with every bet watched until it is settled. The two bets of a pair are due one
/// interval apart, so the first waits at least that long for its opponent.
pub(crate) async fn settlement(system: &System) -> anyhow::Result<Vec<Figure>> {
    let pace = Pace::Open { interval: SETTLEMENT_INTERVAL, requests: SETTLEMENT_BETS };
    let plan = plan(system, 200, 1, pace, CONNECTIONS).await?;
    let (target, players) = (system.target()?, plan.players.clone());
    let watch = Watch::start(system.processes()?);
    let started = Instant::now();
    let mut run = Run::start(&target, plan).await;
    let watched = tokio::spawn(watch_pairs(target, players.clone(), run.take_placed()));
    let report = run.finish().await;
    let pairs = watched.await?;
    let usage = watch.usage();
    let by_its_clock = system.settlement_times(&report.placed, &players).await?;
    let mut figures = vec![
        Figure::lower("place p50 ms", milliseconds(report.latency.quantile(0.5))),
        Figure::lower("place p99 ms", milliseconds(report.latency.quantile(0.99))),
        Figure::lower("placed to settled, its own clock, p50 ms", milliseconds(by_its_clock.quantile(0.5))),
        Figure::lower("placed to settled, its own clock, p99 ms", milliseconds(by_its_clock.quantile(0.99))),
        Figure::lower("due to seen settled p50 ms", milliseconds(pairs.each.quantile(0.5))),
        Figure::lower("due to seen settled p99 ms", milliseconds(pairs.each.quantile(0.99))),
        Figure::lower("pair complete to settled p50 ms", milliseconds(pairs.second.quantile(0.5))),
        Figure::lower("pair complete to settled p99 ms", milliseconds(pairs.second.quantile(0.99))),
        Figure::lower("CPU ms/bet, with polling", per_bet(usage.cpu, report.outcomes.accepted)),
        Figure::lower("not settled in 5 s", count(report.outcomes.accepted - pairs.each.count())),
    ];
    figures.extend(usage_notes(&report, &usage, started.elapsed()));
    Ok(figures)
}

/// An open loop whose bets make 5,000 jobs per minute: its memory and cores, and whether the system keeps up. The jobs
/// are those that the system counts as done until the last answer.
#[expect(clippy::float_arithmetic, reason = "a rate, not money")]
pub(crate) async fn steady(system: &System, seconds: u64) -> anyhow::Result<Vec<Figure>> {
    let bets = Duration::from_secs(seconds).as_micros() / STEADY_INTERVAL.as_micros();
    // Whole pairs, so that every bet finds its opponent.
    let bets = u64::try_from(bets)? / 2 * 2;
    let pace = Pace::Open { interval: STEADY_INTERVAL, requests: bets };
    let plan = plan(system, 1_000, 1, pace, CONNECTIONS).await?;
    let before = system.evens()?.counters().await?;
    let watch = Watch::start(system.processes()?);
    let started = Instant::now();
    let report = Run::start(&system.target()?, plan).await.finish().await;
    let counted = system.evens()?.counters().await?.since(&before);
    let took = started.elapsed();
    let usage = watch.usage();
    let accepted = report.outcomes.accepted;
    let behind = accepted - system.settled(accepted).await?.min(accepted);
    let (settled, _) = wait_until_settled(system, accepted, STALL).await?;
    let jobs_per_minute = 60.0 * counted.jobs_done() / took.as_secs_f64().max(0.001);
    let peak = processes::peak_mebibytes(&system.processes()?);
    let mut figures = vec![
        Figure::higher("jobs/min", jobs_per_minute).at_least(STEADY_JOBS_PER_MINUTE),
        Figure::lower("cores used", cores(usage.cpu, took)).below(STEADY_CORES),
        Figure::lower("memory peak MiB", peak).below(STEADY_MEBIBYTES),
        Figure::lower("place p50 ms", milliseconds(report.latency.quantile(0.5))),
        Figure::lower("place p99 ms", milliseconds(report.latency.quantile(0.99))),
        Figure::lower("not settled at the last answer", count(behind)),
        Figure::lower("never settled", count(accepted - settled)),
    ];
    figures.extend(counted.job_times());
    figures.extend(usage_notes(&report, &usage, took));
    Ok(figures)
}

/// The times until settlement was observed.
#[derive(Debug, Default)]
struct Pairs {
    /// From the due time of each bet.
    each: Latency,
    /// From the due time of a pair's second bet: the system's own time, without the wait for an opponent.
    second: Latency,
}

async fn watch_pairs(target: Target, players: Players, mut placed: UnboundedReceiver<AcceptedBet>) -> Pairs {
    let (target, mut firsts, mut watched) = (Arc::new(target), HashMap::new(), JoinSet::new());
    while let Some(one) = placed.recv().await {
        let Some(other) = firsts.remove(&(one.number / 2)) else {
            firsts.insert(one.number / 2, one);
            continue;
        };
        let (target, players) = (target.clone(), players.clone());
        watched.spawn(async move {
            // The later bet first: once it is settled, so is its opponent.
            let (later, earlier) = if one.due > other.due { (one, other) } else { (other, one) };
            let mut connection = Connection::new(target.address());
            let later_at = watch_bet(&target, &players, &mut connection, later).await;
            let earlier_at = watch_bet(&target, &players, &mut connection, earlier).await;
            [(later, later_at, true), (earlier, earlier_at, false)]
        });
    }
    let mut pairs = Pairs::default();
    while let Some(bets) = watched.join_next().await {
        for (bet, settled_at, is_second) in bets.into_iter().flatten() {
            let Some(settled_at) = settled_at else { continue };
            pairs.each.record(settled_at - bet.due);
            if is_second {
                pairs.second.record(settled_at - bet.due);
            }
        }
    }
    pairs
}

/// The time at which the bet was seen settled. It is polled a millisecond after each answer, so the error is at most a
/// millisecond and the time of a read.
async fn watch_bet(
    target: &Target,
    players: &Players,
    connection: &mut Connection,
    bet: AcceptedBet,
) -> Option<Instant> {
    let deadline = Instant::now() + Duration::from_secs(5);
    while Instant::now() < deadline {
        let read = target.read_bet(connection, players.at(bet.player), bet.bet).await;
        if read.is_ok_and(|reading| reading.has_ended()) {
            return Some(Instant::now());
        }
        sleep(Duration::from_millis(1)).await;
    }
    None
}

/// Pairs of bets of 10, by players with enough money.
pub(crate) async fn plan(
    system: &System,
    players: u64,
    rounds: usize,
    pace: Pace,
    connections: usize,
) -> anyhow::Result<Plan> {
    let players = system.fund(players, "1000000".parse()?).await.context("the players were not funded")?;
    // Both systems accept UUIDs as round ids.
    let rounds = (0..rounds).map(|_| Uuid::now_v7().to_string().parse()).collect::<Result<_, _>>()?;
    Ok(Plan {
        name: format!("bench-{}", Uuid::now_v7().simple()),
        players,
        rounds: Rounds::of(rounds).context("no rounds")?,
        mix: Mix::Pairs { stake: Stake::parse("10".parse()?)? },
        shares: Shares::BETS,
        pace,
        connections,
        insists_for: Duration::ZERO,
    })
}

/// Additional figures of every measurement.
pub(crate) fn usage_notes(report: &Report, usage: &Usage, took: Duration) -> Vec<Figure> {
    vec![
        Figure::lower("requests failed", count(report.outcomes.failed())).at_most(0.0),
        Figure::lower("memory MiB", mebibytes(usage.memory_kib)),
        Figure::note("cores of the system", cores(usage.cpu, took)),
        Figure::note("cores of the driver", cores(usage.driver, took)),
        Figure::note("cores of others", usage.cores_of_others),
    ]
}

/// The mean number of busy cores over this time.
#[expect(clippy::float_arithmetic, reason = "shares of a machine, not money")]
pub(crate) fn cores(cpu: Duration, took: Duration) -> f64 {
    cpu.as_secs_f64() / took.as_secs_f64().max(0.001)
}

#[expect(clippy::float_arithmetic, reason = "a time, not money")]
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[expect(clippy::float_arithmetic, reason = "a rate, not money")]
pub(crate) fn per_second(number: u64, took: Duration) -> f64 {
    count(number) / took.as_secs_f64().max(0.001)
}

#[expect(clippy::float_arithmetic, reason = "a time, not money")]
fn per_bet(cpu: Duration, bets: u64) -> f64 {
    milliseconds(cpu) / count(bets.max(1))
}

#[expect(clippy::float_arithmetic, reason = "memory, not money")]
fn mebibytes(kibibytes: u64) -> f64 {
    count(kibibytes) / 1_024.0
}

/// The growth of resident memory per thousand bets placed and settled: the system's own state of the bets, and its
/// connections and buffers meanwhile. Covers all processes of a system. Negative if memory was released.
#[expect(clippy::float_arithmetic, reason = "memory, not money")]
fn mebibytes_per_thousand(usage: &Usage, bets: u64) -> f64 {
    let grown = mebibytes(usage.memory_kib) - mebibytes(usage.memory_before_kib);
    1_000.0 * grown / count(bets.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "a number of bets, not money")]
pub(crate) fn count(number: u64) -> f64 {
    number as f64
}
