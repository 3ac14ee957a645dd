//! [`Worker`]: another `evens` that works on the queues of the first.

use crate::counters::Counters;
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio::process::Child;

/// The log file in a process's data folder.
pub(crate) const LOG: &str = "evens.log";

/// Another `evens` that uses the engines of the first process. Its own API gets no requests.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) process: Child,
    pub(crate) api: ReservedAddress,
    pub(crate) metrics: ReservedAddress,
    /// Removed on drop.
    pub(crate) folder: TempDir,
}

impl Worker {
    /// Waits until it reports that it is ready.
    pub(crate) async fn await_ready(&self, timeout: Duration) -> anyhow::Result<()> {
        let url = format!("http://{}/health/ready", self.api.address);
        let (client, started) = (reqwest::Client::new(), Instant::now());
        loop {
            let answer = client.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if started.elapsed() >= timeout {
                bail!("a worker is not ready:\n{}", std::fs::read_to_string(self.folder.path().join(LOG))?);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills it (SIGKILL). Returns the number of jobs it had done just before.
    pub(crate) async fn kill(mut self) -> anyhow::Result<f64> {
        let jobs = Counters::read(self.metrics.address).await?.jobs_done();
        self.process.kill().await.context("a worker does not stop")?;
        Ok(jobs)
    }
}

/// Reserves an address. A bound socket that does not listen keeps the port from automatic assignment, but not from an
/// explicit request.
#[derive(Debug)]
pub(crate) struct ReservedAddress {
    pub(crate) address: SocketAddr,
    _socket: TcpSocket,
}

impl ReservedAddress {
    pub(crate) fn find() -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4().context("no socket")?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        Ok(Self { address: socket.local_addr()?, _socket: socket })
    }
}
