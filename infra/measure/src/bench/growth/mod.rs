//! [`Growth`]: tests whether the cost of a bet grows with the number of bets in its round, or of entries in its
//! player's ledger.
//!
//! The handlers run in this process against embedded engines with data on disk ([`crate::budget`]). The history is
//! written by the store's own transactions, so it is what the handlers would have left. Each bet is placed, joined and
//! settled, and only its messages are missing ([`fill`]).

mod fill;

use crate::budget::drive::{Drive, STEPS};
use crate::cost::Cost;
use crate::measures::{count, milliseconds};
use anyhow::Context;
use evens_exchange::RoundId;
use evens_ledger::UserId;
use evens_load::Latency;
use evens_runtime::{Clock, RateLimits};
use fill::Filler;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Costs side by side, by the size of the history.
#[derive(Debug, Serialize)]
pub(crate) struct Growth {
    series: Vec<Series>,
    /// A sentence for each cost that grows.
    broken: Vec<String>,
}

/// A kind of history, and the costs at each of its sizes.
#[derive(Debug, Serialize)]
struct Series {
    of: &'static str,
    columns: Vec<Column>,
}

#[derive(Debug, Serialize)]
struct Column {
    size: u64,
    filled_seconds: f64,
    steps: Vec<Step>,
}

/// The cost of one call of a step.
#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    /// The permitted increase over the smallest size, as a share. `None` if the cost may grow, as the manual says.
    tolerance: Option<f64>,
    write_units: f64,
    read_units: f64,
    calls: f64,
    sqs_requests: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// The number of measured pairs of bets.
const PAIRS: u32 = 50;
/// The number of reads of a page.
const READS: u32 = 50;
/// The number of entries or bets on a page.
const PAGE: u16 = 50;
/// Chance determines which movements of the player with the filled ledger archive a page of it, for two units. The
/// other players have only a few entries and no page.
const TOLERANCE: f64 = 0.05;
/// The number of payouts between 50 bets of a ledger is random, and they are read with the bets.
const TOLERANCE_OF_CHANCE: f64 = 0.15;

/// Measures after this many bets in one round, and after this many entries in one ledger.
pub(crate) async fn measure(bets: &[u64], entries: &[u64]) -> anyhow::Result<Growth> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    // The cost of rate limits depends on the minute in which they are written.
    let mut drive = Drive::start(Some(folder.path()), RateLimits::OFF).await?;
    let mut after_bets = Series { of: "bets in the round", columns: Vec::new() };
    for size in bets {
        let round: RoundId = format!("after-{size}-bets").parse()?;
        let started = Instant::now();
        Filler::open(drive.store(), round.clone()).await?.fill_round(*size).await?;
        let mut column =
            Column { size: *size, filled_seconds: started.elapsed().as_secs_f64(), steps: Vec::new() };
        column.steps = steps_of_bet(&mut drive, &round).await?;
        let totals = read(&drive, "read the round", async |drive| {
            let now = Clock::system().now();
            drive.read(async |store| store.load_round_totals(&round, now).await).await
        });
        column.steps.push(Step { tolerance: None, ..totals.await? });
        after_bets.columns.push(column);
    }
    let mut after_entries = Series { of: "entries in the ledger", columns: Vec::new() };
    for (number, size) in entries.iter().enumerate() {
        let round: RoundId = format!("after-{size}-entries").parse()?;
        let user = UserId::new(FIRST_OF_LEDGERS + u64::try_from(number)?)?;
        let started = Instant::now();
        Filler::open(drive.store(), round.clone()).await?.fill_ledger(user, *size).await?;
        let mut column =
            Column { size: *size, filled_seconds: started.elapsed().as_secs_f64(), steps: Vec::new() };
        drive.play_as(user)?;
        column.steps = steps_of_bet(&mut drive, &round).await?;
        column.steps.extend(reads_of_player(&drive, user).await?);
        after_entries.columns.push(column);
    }
    drive.stop().await;
    let series = vec![after_bets, after_entries];
    let broken = series.iter().flat_map(Series::broken).collect();
    Ok(Growth { series, broken })
}

/// The first user whose ledger is filled.
const FIRST_OF_LEDGERS: u64 = 1_001_000;

async fn steps_of_bet(drive: &mut Drive, round: &RoundId) -> anyhow::Result<Vec<Step>> {
    let mut sums: [(Cost, Latency); 3] = Default::default();
    drive.change_players().await?;
    // The first pair fills the process's caches.
    drive.pair_alone(round.as_str()).await?;
    for _ in 0..PAIRS {
        for (sum, (cost, took)) in sums.iter_mut().zip(drive.pair_alone(round.as_str()).await?) {
            sum.0.add(&cost);
            sum.1.record(took);
        }
    }
    Ok(STEPS.into_iter().zip(sums).map(|(name, (cost, latency))| Step::new(name, &cost, &latency)).collect())
}

async fn reads_of_player(drive: &Drive, user: UserId) -> anyhow::Result<[Step; 3]> {
    let wallet = read(drive, "read the wallet", async |drive| {
        drive.read(async |store| store.load_wallet(user).await).await
    });
    let ledger = read(drive, "read a page of the ledger", async |drive| {
        drive.read(async |store| store.list_entries(user, None, PAGE).await).await
    });
    let bets = read(drive, "read a page of the bets", async |drive| {
        drive.read(async |store| store.list_bets(user, None, PAGE).await).await
    });
    Ok([wallet.await?, ledger.await?, Step { tolerance: Some(TOLERANCE_OF_CHANCE), ..bets.await? }])
}

async fn read<E>(
    drive: &Drive,
    name: &'static str,
    once: impl AsyncFn(&Drive) -> Result<(Cost, Duration), E>,
) -> Result<Step, E> {
    let (mut sum, mut latency) = (Cost::default(), Latency::new());
    for _ in 0..READS {
        let (cost, took) = once(drive).await?;
        sum.add(&cost);
        latency.record(took);
    }
    Ok(Step::new(name, &sum, &latency))
}

impl Step {
    /// The mean over all calls with these times.
    fn new(name: &'static str, sum: &Cost, latency: &Latency) -> Self {
        let cost = sum.per(count(latency.count()));
        Self {
            name,
            tolerance: Some(TOLERANCE),
            write_units: cost.write_units,
            read_units: cost.read_units,
            calls: cost.calls,
            sqs_requests: cost.sqs_requests(),
            p50_ms: milliseconds(latency.quantile(0.5)),
            p99_ms: milliseconds(latency.quantile(0.99)),
        }
    }

    fn costs(&self) -> [(&'static str, f64); 4] {
        let Self { write_units, read_units, calls, sqs_requests, .. } = *self;
        [("WU", write_units), ("RU", read_units), ("calls", calls), ("SQS requests", sqs_requests)]
    }
}

impl Series {
    /// The costs that are higher at a larger size than at the first one.
    #[expect(clippy::float_arithmetic, reason = "capacity units, not money")]
    fn broken(&self) -> Vec<String> {
        let Some((first, others)) = self.columns.split_first() else { return Vec::new() };
        let mut broken = Vec::new();
        for column in others {
            for (before, after) in first.steps.iter().zip(&column.steps) {
                let Some(tolerance) = after.tolerance else { continue };
                for ((unit, least), (_, cost)) in before.costs().into_iter().zip(after.costs()) {
                    if cost > least * (1.0 + tolerance) {
                        let (name, size, of) = (after.name, column.size, self.of);
                        broken.push(format!(
                            "growth: {name} costs {cost:.2} {unit} after {size} {of}, not {least:.2}"
                        ));
                    }
                }
            }
        }
        broken
    }

    fn print(&self) {
        println!();
        let sizes: Vec<_> =
            self.columns.iter().map(|column| format!("{} {}", column.size, self.of)).collect();
        println!("| step | unit | {} |", sizes.join(" | "));
        println!("|:---|:---|{}", "---:|".repeat(sizes.len()));
        let Some(first) = self.columns.first() else { return };
        for (place, step) in first.steps.iter().enumerate() {
            let name = format!("{}{}", step.name, if step.tolerance.is_none() { " (may grow)" } else { "" });
            let cells = |value: &dyn Fn(&Step) -> f64| {
                let cells = self.columns.iter().map(|column| format!("{:.2}", value(&column.steps[place])));
                cells.collect::<Vec<_>>().join(" | ")
            };
            for (unit, (label, _)) in step.costs().iter().enumerate() {
                println!("| {name} | {label} | {} |", cells(&|step| step.costs()[unit].1));
            }
            println!("| {name} | p50 ms | {} |", cells(&|step| step.p50_ms));
            println!("| {name} | p99 ms | {} |", cells(&|step| step.p99_ms));
        }
        let filled = self.columns.iter().map(|column| format!("{:.1}", column.filled_seconds));
        println!("| filling it | s | {} |", filled.collect::<Vec<_>>().join(" | "));
    }
}

impl Growth {
    pub(crate) fn broken(&self) -> impl Iterator<Item = &str> {
        self.broken.iter().map(String::as_str)
    }

    pub(crate) fn print(&self) {
        self.series.iter().for_each(Series::print);
        println!();
        println!(
            "Earlier bets and entries were written by the store's own transactions: placed, joined, settled."
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Series, Step};

    fn step(name: &'static str, tolerance: Option<f64>, read_units: f64) -> Step {
        let (write_units, calls, sqs_requests, p50_ms) = (8.0, 2.0, 1.0, read_units);
        Step { name, tolerance, write_units, read_units, calls, sqs_requests, p50_ms, p99_ms: 9.0 }
    }

    #[test]
    fn a_cost_that_grows_is_found_where_it_may_not() {
        let rows = [
            (Some(0.02), [2.0, 2.0, 2.03], 0),
            (Some(0.02), [2.0, 2.5, 40.0], 2),
            (Some(0.3), [2.0, 2.5, 40.0], 1),
            (None, [2.0, 2.5, 40.0], 0),
        ];
        for (tolerance, costs, expected) in rows {
            let column = |(size, cost)| Column {
                size,
                filled_seconds: 0.0,
                steps: vec![step("place-bet", Some(0.0), 2.0), step("read", tolerance, cost)],
            };
            let columns = [10, 100, 1_000].into_iter().zip(costs).map(column).collect();
            let broken = Series { of: "bets in the round", columns }.broken();
            assert_eq!(broken.len(), expected, "{broken:?}");
            assert!(broken.iter().all(|broken| broken.contains("read costs")), "{broken:?}");
        }
    }
}
