//! Sockets of the live channel: the memory and the CPU time of idle ones, and the latency of bets beside them and
//! without. Then a broadcast to all sockets, their return after a cut, and the time from a settlement to its players.

mod settled;
mod sockets;

use crate::figure::Figure;
use crate::measures::{count, milliseconds, plan};
use crate::processes::{Watch, resident_mebibytes};
use crate::scenarios::Sizes;
use crate::system::System;
use anyhow::{Context, ensure};
use evens_load::{Connection, Pace, Plan, Report, Run};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use serde_json::json;
use settled::settled_to_clients;
use sockets::{Socket, await_event, join, open, open_again, raise_file_limit};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// The number of idle sockets.
const SOCKETS: u64 = 10_000;
/// How often the latency is measured, each time without sockets and then beside them.
const TURNS: usize = 3;
/// 100 bets a second by 200 players over 64 connections.
const INTERVAL: Duration = Duration::from_millis(10);
const PLAYERS: u64 = 200;
const CONNECTIONS: usize = 64;
const SECONDS: u64 = 10;
const BROADCASTS: usize = 5;
/// Two operators, and a player who does nothing.
const OPERATORS: [u64; 2] = [900, 902];
const PLAYER: u64 = 901;

const KIBIBYTES_MAX: f64 = 8.0;
const IDLE_CORES_MAX: f64 = 0.1;
const RATIO_MAX: f64 = 1.1;
const BROADCAST_MS_MAX: f64 = 250.0;
const RETURN_SECONDS: u64 = 30;
const RETURN_SECONDS_MAX: f64 = 30.0;
const SETTLED_P50_MS_MAX: f64 = 10.0;
const SETTLED_P99_MS_MAX: f64 = 50.0;

pub(crate) async fn live(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let sockets = usize::try_from(sizes.users.unwrap_or(SOCKETS))?;
    raise_file_limit(sockets)?;
    let evens = system.evens()?;
    let api = evens.api()?;
    let [operator, _] = evens.enrol_operators(OPERATORS, PLAYER).await?;
    let tokens = evens.tokens(sockets)?;
    let seconds = sizes.seconds.unwrap_or(SECONDS);
    // The memory of the first bets does not belong to sockets.
    place(system, seconds).await?;
    let mut figures = beside_idle_sockets(system, api, &tokens, seconds).await?;
    let mut all = open(api, &tokens).await?;
    join(&mut all, "rounds").await?;
    let mut slowest = Duration::ZERO;
    for _ in 0..BROADCASTS {
        slowest = slowest.max(broadcast(api, &operator, &mut all).await?);
    }
    let name = "broadcast to the last client, the slowest of five, ms";
    figures.push(Figure::lower(name, milliseconds(slowest)).at_most(BROADCAST_MS_MAX));
    drop(all);
    figures.extend(come_back(system, api, &tokens).await?);
    let latency = settled_to_clients(api, bets(system, seconds).await?, &system.target()?).await?;
    figures.extend([
        Figure::note("settlements that reached their player", count(latency.count())),
        Figure::lower("settled to client p50 ms", milliseconds(latency.quantile(0.5)))
            .at_most(SETTLED_P50_MS_MAX),
        Figure::lower("settled to client p99 ms", milliseconds(latency.quantile(0.99)))
            .at_most(SETTLED_P99_MS_MAX),
    ]);
    Ok(figures)
}

/// Memory, CPU time, and the latency of bets beside idle sockets and without.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "memory and ratios, not money")]
async fn beside_idle_sockets(
    system: &System,
    api: SocketAddr,
    tokens: &[String],
    seconds: u64,
) -> anyhow::Result<Vec<Figure>> {
    let processes = system.processes()?;
    let (mut without, mut beside, mut kibibytes, mut cores) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        without.push(p99(&place(system, seconds).await?));
        let memory_before = resident_mebibytes(&processes);
        let open = open(api, tokens).await?;
        let memory = resident_mebibytes(&processes) - memory_before;
        kibibytes.push(memory * 1_024.0 / tokens.len() as f64);
        let watch = Watch::start(processes.clone());
        sleep(Duration::from_secs(seconds)).await;
        cores.push(watch.usage().cpu.as_secs_f64() / seconds as f64);
        beside.push(p99(&place(system, seconds).await?));
        drop(open);
    }
    let (without, beside) = (median(without), median(beside));
    Ok(vec![
        Figure::lower("place p99 ms without sockets", without),
        Figure::lower("place p99 ms beside idle sockets", beside),
        Figure::lower("place p99 beside, of without", beside / without).at_most(RATIO_MAX),
        // Later sockets reuse memory of the first ones.
        Figure::lower("resident KiB an idle socket", kibibytes[0]).at_most(KIBIBYTES_MAX),
        Figure::lower("cores while all sockets are idle", median(cores)).at_most(IDLE_CORES_MAX),
    ])
}

/// The time from the request that opens a round until the last socket has heard of it.
async fn broadcast(api: SocketAddr, operator: &str, all: &mut [Socket]) -> anyhow::Result<Duration> {
    let round = Uuid::now_v7().to_string();
    let request = Request::post("/api/rounds")
        .header(HOST, api.to_string())
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {operator}"))
        .body(Full::<Bytes>::from(json!({ "roundId": round }).to_string()))?;
    let started = Instant::now();
    let opening = async {
        let (status, body) = Connection::new(api).send(request).await?;
        ensure!(status == StatusCode::CREATED, "the round was not opened: {status} {body:?}");
        anyhow::Ok(())
    };
    let id = format!("round:{round}");
    tokio::try_join!(opening, await_event(all, &id))?;
    Ok(started.elapsed())
}

/// All clients come back at once while bets are placed.
async fn come_back(system: &System, api: SocketAddr, tokens: &[String]) -> anyhow::Result<[Figure; 2]> {
    let all = open(api, tokens).await?;
    let run = Run::start(&system.target()?, bets(system, RETURN_SECONDS).await?).await;
    drop(all);
    let started = Instant::now();
    let again = open_again(api, tokens).await?;
    let took = started.elapsed();
    let report = run.finish().await;
    drop(again);
    Ok([
        Figure::lower("all sockets back s", took.as_secs_f64()).at_most(RETURN_SECONDS_MAX),
        Figure::lower("bets refused meanwhile", count(report.outcomes.failed())).at_most(0.0),
    ])
}

/// A plan of bets in pairs, 100 a second.
async fn bets(system: &System, seconds: u64) -> anyhow::Result<Plan> {
    let requests = seconds * 1_000 / u64::try_from(INTERVAL.as_millis())?;
    plan(system, PLAYERS, 1, Pace::Open { interval: INTERVAL, requests }, CONNECTIONS).await
}

async fn place(system: &System, seconds: u64) -> anyhow::Result<Report> {
    let report = Run::start(&system.target()?, bets(system, seconds).await?).await.finish().await;
    let failed = report.outcomes.failed();
    (failed == 0).then_some(report).with_context(|| format!("{failed} requests failed"))
}

/// The 99th percentile of placing a bet, in milliseconds.
fn p99(report: &Report) -> f64 {
    milliseconds(report.latency.quantile(0.99))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
