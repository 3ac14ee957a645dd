//! Systems contribute to jackpots faster than players bet, with a win every few seconds. Each contribution must be
//! stored, each win must be exact and immediate, and the process's memory must stay constant.

use super::jackpot_storm::{Api, Storm, Wins, win_every};
use super::{Sizes, in_order};
use crate::counters::Counters;
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{cores, count, milliseconds, per_second};
use crate::processes::{Watch, peak_mebibytes, resident_mebibytes};
use anyhow::ensure;
use evens_load::Latency;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Contributions per second, and the duration: until some minutes after the process has begun to check its books.
const RATE: u64 = 2_000;
const SECONDS: u64 = 420;
/// The number of contributions in a closed loop, for comparing one group with three, and of unmeasured ones before.
const FAST: u64 = 20_000;
const WARM_UP: u64 = 2_000;
const WIN_EVERY: Duration = Duration::from_secs(3);
/// The time after which the process's long-lived state is allocated.
const MEMORY_FROM: Duration = Duration::from_mins(1);
/// The time for which memory is then watched, before the process checks its books.
const MEMORY_FOR: Duration = Duration::from_mins(3);
const DRAIN_TIMEOUT: Duration = Duration::from_mins(5);
/// The required limit.
const P99_MS_MAX: f64 = 100.0;
const WIN_MS_MAX: f64 = 500.0;
const ONE_OF_THREE_MIN: f64 = 0.9;
/// A check of the books may make contributions this much slower than in the minute before it.
const SLOWER_MAX: f64 = 2.0;
/// The memory that it may take.
const MEMORY_MORE_MIB_MAX: f64 = 256.0;
const MINUTE: Duration = Duration::from_mins(1);
/// The growth that still counts as constant.
const MEMORY_GROWTH_PERCENT_MAX: f64 = 10.0;
/// The users who operate and win.
const OPERATORS: [u64; 2] = [900, 902];
const WINNER: u64 = 901;

pub(crate) async fn jackpots(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let (rate, seconds) = (sizes.rate.unwrap_or(RATE), sizes.seconds.unwrap_or(SECONDS));
    ensure!(rate > 0, "a rate of nothing");
    let tokens = evens.enrol_operators(OPERATORS, WINNER).await?;
    let address = evens.api()?;
    let [api, other] = tokens.map(|token| Api { address, token });
    open_groups([&api, &other]).await?;
    let mut figures = one_group_and_three(&api, sizes.users.unwrap_or(FAST)).await?;
    let before = evens.counters().await?;
    figures.extend(open_loop(evens, &api, rate, Duration::from_secs(seconds)).await?);
    evens.await_idle(DRAIN_TIMEOUT).await?;
    figures.extend(Counters::jackpots(&evens.counters().await?.since(&before)));
    figures.push(in_order(evens.verify().await?.is_clean));
    Ok(figures)
}

/// Closed loops, alternating so that neither variant always comes first.
async fn one_group_and_three(api: &Api, fast: u64) -> anyhow::Result<Vec<Figure>> {
    Storm::fast(api, "warm-up", to_three(), fast.min(WARM_UP)).send().await?;
    let (mut of_three, mut of_one) = (Duration::ZERO, Duration::ZERO);
    for turn in ["first", "second"] {
        let (_, took) = Storm::fast(api, &format!("three-{turn}"), to_three(), fast).send().await?;
        of_three += took;
        let (_, took) =
            Storm::fast(api, &format!("one-{turn}"), json!({ "minor": 0.03 }), fast).send().await?;
        of_one += took;
    }
    let (of_three, of_one) = (per_second(2 * fast, of_three), per_second(2 * fast, of_one));
    Ok(vec![
        Figure::higher("contributions/s to three groups, at most", of_three),
        Figure::higher("contributions/s to one group, at most", of_one),
        Figure::higher("one group to three", share(of_one, of_three)).at_least(ONE_OF_THREE_MIN),
    ])
}

/// An open loop with wins meanwhile.
async fn open_loop(evens: &Evens, api: &Api, rate: u64, lasts: Duration) -> anyhow::Result<Vec<Figure>> {
    let total = rate * lasts.as_secs();
    let interval = Duration::from_secs(1) / u32::try_from(rate)?;
    let storm = Storm::fast(api, "due", to_three(), total).at_each(interval);
    let (processes, check) = (evens.processes()?, evens.until_first_check()?);
    let watch = Watch::start(processes.clone());
    let (taken, won, (memory_from, memory_to)) = tokio::join!(
        Arc::new(storm).send_shared(),
        win_every(evens.store()?, api, WINNER, WIN_EVERY.min(lasts / 2), lasts),
        async {
            sleep(MEMORY_FROM.min(lasts / 2)).await;
            let from = resident_mebibytes(&processes);
            sleep(MEMORY_FOR.min(lasts / 4)).await;
            (from, resident_mebibytes(&processes))
        }
    );
    let ((taken, took), won) = (taken?, won?);
    let usage = watch.usage();
    let mut figures = vec![
        Figure::higher("contributions/s", per_second(taken.latency.count(), took)),
        Figure::lower("contribution p50 ms", milliseconds(taken.latency.quantile(0.5))),
        Figure::lower("contribution p99 ms", milliseconds(taken.latency.quantile(0.99))).below(P99_MS_MAX),
        Figure::lower("contributions not accepted at once", count(taken.repeated)).at_most(0.0),
    ];
    let peak = peak_mebibytes(&processes);
    figures.extend(around_check(&taken.by_due_time, check, more(peak, memory_to)));
    figures.extend(of_wins(&won));
    figures.extend([
        Figure::note("memory MiB after the fourth minute", memory_to),
        Figure::lower(
            "memory growth from the first minute to the fourth, %",
            growth_percent(memory_from, memory_to),
        )
        .at_most(MEMORY_GROWTH_PERCENT_MAX),
        Figure::note("memory MiB at most", peak),
        Figure::note("cores of the system", cores(usage.cpu, took)),
    ]);
    Ok(figures)
}

/// Latencies before and after the process begins to check its books, and the memory that it then takes. None if the
/// load ends before.
fn around_check(taken: &[(Duration, Duration)], check: Duration, memory: f64) -> Vec<Figure> {
    let p99_of = |is_in: &dyn Fn(Duration) -> bool| {
        let mut latency = Latency::new();
        let taken = taken.iter().filter(|(due, _)| is_in(*due));
        taken.for_each(|(_, took)| latency.record(*took));
        (latency.count() > 0).then(|| milliseconds(latency.quantile(0.99)))
    };
    let before = p99_of(&|due| (check.saturating_sub(MINUTE)..check).contains(&due));
    let (Some(before), Some(during)) = (before, p99_of(&|due| due >= check)) else { return Vec::new() };
    let last = taken.iter().map(|(due, _)| due.as_secs()).max().unwrap_or_default();
    let seconds = (0..=last).filter_map(|second| p99_of(&|due| due.as_secs() == second));
    vec![
        Figure::lower("contribution p99 ms in the minute before a check of the books", before),
        Figure::lower("contribution p99 ms during it", during),
        Figure::lower("times slower", share(during, before)).at_most(SLOWER_MAX),
        Figure::lower("contribution p99 ms in the worst second", seconds.fold(0.0, f64::max)),
        Figure::lower("memory MiB more than before it, at most", memory).at_most(MEMORY_MORE_MIB_MAX),
    ]
}

fn of_wins(won: &Wins) -> [Figure; 5] {
    [
        Figure::note("wins", count(won.latency.count())),
        Figure::lower("win p50 ms", milliseconds(won.latency.quantile(0.5))),
        Figure::lower("longest win ms", milliseconds(won.latency.quantile(1.0))).at_most(WIN_MS_MAX),
        Figure::lower("wins not paid at once", count(won.repeated)).at_most(0.0),
        Figure::lower("wins not exact", count(won.inexact)).at_most(0.0),
    ]
}

fn to_three() -> Value {
    json!({ "minor": 0.01, "major": 0.01, "mega": 0.01 })
}

/// One operator proposes the terms, and another approves them.
async fn open_groups(operators: [&Api; 2]) -> anyhow::Result<()> {
    for group in ["minor", "major", "mega"] {
        let terms = json!({
            "expectedVersion": 0, "startAmount": 1_000, "rate": 0.003, "reserveRate": 0.001, "odds": 1_000_000,
            "reason": "measured",
        });
        for operator in operators {
            let (status, _) = operator.ask(Method::PATCH, &format!("{group}/config"), &terms).await?;
            ensure!(status == StatusCode::OK, "the jackpot {group} is not opened: {status}");
        }
    }
    Ok(())
}

#[expect(clippy::float_arithmetic, reason = "a ratio of rates, not money")]
fn share(part: f64, whole: f64) -> f64 {
    part / whole.max(f64::MIN_POSITIVE)
}

#[expect(clippy::float_arithmetic, reason = "memory, not money")]
fn more(after: f64, before: f64) -> f64 {
    after - before
}

#[expect(clippy::float_arithmetic, reason = "a share of memory, not money")]
fn growth_percent(before: f64, after: f64) -> f64 {
    100.0 * (share(after, before) - 1.0)
}
