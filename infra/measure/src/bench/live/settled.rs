//! The way from a settlement to the socket of its player.

use super::sockets::{Socket, open_one};
use evens_load::{Latency, Plan, Run, Target};
use evens_runtime::Clock;
use futures::StreamExt;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The last events may take as long.
const LAST_EVENTS: Duration = Duration::from_secs(2);

/// Runs the plan with a socket for each player. Returns the times from the settlement of a bet, by the clock of this
/// machine, to its event.
pub(super) async fn settled_to_clients(
    api: SocketAddr,
    plan: Plan,
    target: &Target,
) -> anyhow::Result<Latency> {
    let (took, mut all) = unbounded_channel();
    let mut listening = JoinSet::new();
    for player in plan.players.iter() {
        let socket = open_one(api, player.token().to_string()).await?;
        listening.spawn(listen(socket, took.clone()));
    }
    drop(took);
    Run::start(target, plan).await.finish().await;
    sleep(LAST_EVENTS).await;
    listening.shutdown().await;
    let mut latency = Latency::new();
    while let Some(took) = all.recv().await {
        latency.record(took);
    }
    Ok(latency)
}

/// Reports each settled bet once.
async fn listen(mut socket: Socket, took: UnboundedSender<Duration>) {
    let mut seen = HashSet::new();
    while let Some(Ok(frame)) = socket.next().await {
        let now = Clock::system().now();
        let frame: Value = serde_json::from_slice(&frame.into_data()).unwrap_or_default();
        for event in frame["events"].as_array().into_iter().flatten() {
            let (bet, at) = (&event["data"]["betId"], &event["data"]["updatedAt"]);
            let at: Option<Timestamp> = at.as_str().and_then(|at| at.parse().ok());
            let is_settled = event["type"] == "bet" && event["data"]["status"] == "SETTLED";
            if let (true, Some(at)) = (is_settled, at)
                && seen.insert(bet.to_string())
                && took.send(now.duration_since(at).try_into().unwrap_or_default()).is_err()
            {
                return;
            }
        }
    }
}
