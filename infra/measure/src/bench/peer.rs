//! [`Peer`]: the system that Evens replaces, started and cleared by its own script.

use anyhow::{Context, bail, ensure};
use evens_ledger::{Amount, UserId};
use evens_load::{Dialect, Player, Players, Target};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;

/// The measured peer.
#[derive(Debug)]
pub(crate) struct Peer {
    folder: PathBuf,
    data: PathBuf,
    address: SocketAddr,
    is_ours: bool,
    client: reqwest::Client,
}

#[derive(Debug, Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    /// Its database driver returns a BIGINT as text.
    id: String,
}

#[derive(Debug, Deserialize)]
struct Count {
    settled: u64,
}

/// The times of placing and settlement of settled bets, by its database's clock.
#[derive(Debug, Deserialize)]
struct Times {
    bets: Vec<BetTimes>,
}

/// Milliseconds since 1970.
#[derive(Debug, Deserialize)]
struct BetTimes {
    accepted: f64,
    settled: f64,
}

impl Peer {
    /// Uses a running peer, or starts it.
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Self> {
        ensure!(
            folder.join("run.sh").exists(),
            "{} has no run.sh (set the peer's folder with --peer-dir)",
            folder.display()
        );
        let folder = folder.canonicalize()?;
        let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
        let port: u16 = variable("PORT", "18080").parse().context("PORT is no port")?;
        let data = PathBuf::from(variable("PEER_ROOT", "/tmp/peer-bullmq")).join("current");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let is_running = tokio::net::TcpStream::connect(address).await.is_ok();
        let client = reqwest::Client::new();
        let peer = Self { folder, data, address, is_ours: !is_running, client };
        if !is_running {
            let hint = "it did not start (run its setup.sh first)";
            ensure!(peer.folder.join("node_modules").exists(), "{hint}");
            peer.script("up").await.context(hint)?;
        }
        Ok(peer)
    }

    pub(crate) async fn restart(&self) -> anyhow::Result<()> {
        self.script("restart").await
    }

    /// Stops API and worker, which leaves the servers below them idle.
    pub(crate) async fn pause(&self) -> anyhow::Result<()> {
        self.script("stop").await
    }

    pub(crate) async fn stop(&self) -> anyhow::Result<()> {
        // A peer that was already running is left running.
        self.script(if self.is_ours { "down" } else { "start" }).await
    }

    /// Runs the repaired variant. As documented, the peer leaves bets matched forever, so there would be nothing to
    /// compare.
    async fn script(&self, step: &str) -> anyhow::Result<()> {
        let log = tempfile::tempfile()?;
        let mut command = Command::new("./run.sh");
        command.arg(step).current_dir(&self.folder).env("SETTLE_AFTER_COMMIT", "1");
        // Not a pipe, because servers that keep running would hold it open.
        command.stdin(std::process::Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?);
        let status = command.status().await.context("cannot run run.sh")?;
        if !status.success() {
            use std::io::{Read, Seek};
            let (mut log, mut text) = (log, String::new());
            log.rewind()?;
            log.read_to_string(&mut text)?;
            bail!("run.sh {step}: {status}: {}", text.trim());
        }
        Ok(())
    }

    pub(crate) fn target(&self) -> Target {
        Target::new(self.address, Dialect::Predecessor)
    }

    pub(crate) fn processes(&self) -> anyhow::Result<Vec<u32>> {
        let files = ["api.pid", "worker.pid", "pg/postmaster.pid", "redis/redis.pid"];
        let pid = |file: &&str| {
            let path = self.data.join(file);
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            text.lines().next().unwrap_or_default().trim().parse().context("no process id")
        };
        files.iter().map(pid).collect()
    }

    pub(crate) async fn fund(&self, count: u64, balance: Amount) -> anyhow::Result<Players> {
        let url = format!("http://{}/bench/users", self.address);
        let body = format!(r#"{{"users":{count},"balance":"{balance}"}}"#);
        let request = self.client.post(url).header("content-type", "application/json").body(body);
        let users: Users = request.send().await?.error_for_status()?.json().await?;
        let player =
            |user: User| -> anyhow::Result<Player> { Ok(Player::unproved(UserId::new(user.id.parse()?)?)) };
        let players = users.users.into_iter().map(player).collect::<anyhow::Result<_>>()?;
        Players::of(players).context("the peer created no users")
    }

    pub(crate) async fn settled(&self) -> anyhow::Result<u64> {
        let url = format!("http://{}/bench/progress", self.address);
        let count: Count = self.client.get(url).send().await?.error_for_status()?.json().await?;
        Ok(count.settled)
    }

    /// The times from the placing to the settling transaction of every settled bet.
    #[expect(clippy::float_arithmetic, reason = "moments as a database writes them into JSON, not money")]
    pub(crate) async fn settlement_times(&self) -> anyhow::Result<Vec<Duration>> {
        let url = format!("http://{}/bench/times", self.address);
        let times: Times = self.client.get(url).send().await?.error_for_status()?.json().await?;
        let took = |bet: BetTimes| Duration::try_from_secs_f64((bet.settled - bet.accepted) / 1_000.0);
        times
            .bets
            .into_iter()
            .map(took)
            .collect::<Result<_, _>>()
            .context("a bet is settled before it is placed")
    }
}
