//! Idle sockets of the live channel: the memory that each holds, and the latency of bets beside them and without.

use crate::figure::Figure;
use crate::measures::{milliseconds, plan};
use crate::processes::resident_mebibytes;
use crate::scenarios::Sizes;
use crate::system::System;
use anyhow::{Context, ensure};
use evens_load::{Pace, Run};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

const SOCKETS: u64 = 1_000;
/// How often the latency is measured, each time without sockets and then beside them.
const TURNS: usize = 3;
/// 100 bets a second by 200 players over 64 connections.
const INTERVAL: Duration = Duration::from_millis(10);
const PLAYERS: u64 = 200;
const CONNECTIONS: usize = 64;
const SECONDS: u64 = 10;
/// What a socket may hold, and by how much bets may be slower beside all of them.
const KIBIBYTES_MAX: f64 = 8.0;
const RATIO_MAX: f64 = 1.1;

type Socket = WebSocketStream<TcpStream>;

#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "memory and ratios, not money")]
pub(crate) async fn live(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let evens = system.evens()?;
    let sockets = usize::try_from(sizes.users.unwrap_or(SOCKETS))?;
    let tokens = evens.tokens(sockets)?;
    let seconds = sizes.seconds.unwrap_or(SECONDS);
    // What the first bets allocate is not the sockets'.
    p99(system, seconds).await?;
    let (mut without, mut beside, mut kibibytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        without.push(p99(system, seconds).await?);
        let memory_before = resident_mebibytes(&evens.processes()?);
        let open = open(evens.api()?, &tokens).await?;
        let memory = resident_mebibytes(&evens.processes()?) - memory_before;
        kibibytes.push(memory * 1_024.0 / sockets as f64);
        beside.push(p99(system, seconds).await?);
        drop(open);
    }
    let first = kibibytes[0];
    let (without, beside) = (median(without), median(beside));
    Ok(vec![
        Figure::lower("place p99 ms without sockets", without),
        Figure::lower("place p99 ms beside idle sockets", beside),
        Figure::lower("place p99 beside, of without", beside / without).at_most(RATIO_MAX),
        // Later sockets find what the first ones have left.
        Figure::lower("resident KiB an idle socket", first).at_most(KIBIBYTES_MAX),
    ])
}

/// The 99th percentile of placing a bet, in milliseconds.
async fn p99(system: &System, seconds: u64) -> anyhow::Result<f64> {
    let requests = seconds * 1_000 / u64::try_from(INTERVAL.as_millis())?;
    let pace = Pace::Open { interval: INTERVAL, requests };
    let plan = plan(system, PLAYERS, 1, pace, CONNECTIONS).await?;
    let report = Run::start(&system.target()?, plan).await.finish().await;
    ensure!(report.outcomes.failed() == 0, "{} requests failed", report.outcomes.failed());
    Ok(milliseconds(report.latency.quantile(0.99)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Opens a socket for each token, and hears that it is open.
async fn open(api: SocketAddr, tokens: &[String]) -> anyhow::Result<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(tokens.len());
    for token in tokens {
        let stream = TcpStream::connect(api).await.context("too many sockets, by `ulimit -n`?")?;
        let (mut socket, _) = client_async(format!("ws://{api}/live"), stream).await?;
        let hello = json!({ "v": 1, "type": "hello", "token": token }).to_string();
        socket.send(Message::text(hello)).await?;
        let answer = socket.next().await.context("no answer to hello")??;
        ensure!(answer.to_text()?.contains(r#""ok":true"#), "hello was not taken: {answer}");
        sockets.push(socket);
    }
    Ok(sockets)
}
