//! [`System`]: what is measured.

use crate::counters::Counters;
use crate::evens::Evens;
use crate::peer::Peer;
use evens_ledger::Amount;
use evens_load::{Connection, Latency, Placed, Players, Target};

/// A system that is measured.
#[derive(Debug)]
pub(crate) enum System {
    /// Ours.
    Evens(Box<Evens>),
    /// The one that it replaces.
    Peer(Peer),
}

impl System {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Evens(_) => "evens",
            Self::Peer(_) => "peer",
        }
    }

    /// Starts it, empty.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Evens(evens) => evens.restart().await,
            Self::Peer(peer) => peer.restart().await,
        }
    }

    /// Stops its work until it is started again.
    pub(crate) async fn pause(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Evens(evens) => evens.stop().await,
            Self::Peer(peer) => peer.pause().await,
        }
    }

    /// Stops what was started here.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Evens(evens) => evens.stop().await,
            Self::Peer(peer) => peer.stop().await,
        }
    }

    pub(crate) fn target(&self) -> anyhow::Result<Target> {
        match self {
            Self::Evens(evens) => evens.target(),
            Self::Peer(peer) => Ok(peer.target()),
        }
    }

    /// Ours, for what only it does.
    pub(crate) fn evens(&self) -> anyhow::Result<&Evens> {
        match self {
            Self::Evens(evens) => Ok(evens),
            Self::Peer(_) => anyhow::bail!("the peer does not do this"),
        }
    }

    /// Ours, to be killed.
    pub(crate) fn evens_mut(&mut self) -> anyhow::Result<&mut Evens> {
        match self {
            Self::Evens(evens) => Ok(evens),
            Self::Peer(_) => anyhow::bail!("the peer does not do this"),
        }
    }

    /// How many messages are in its queues; none where it does not say.
    pub(crate) async fn messages(&self) -> anyhow::Result<Option<u64>> {
        match self {
            Self::Evens(evens) => evens.messages().await.map(Some),
            Self::Peer(_) => Ok(None),
        }
    }

    /// What it counts about itself; none where it does not.
    pub(crate) async fn counters(&self) -> anyhow::Result<Option<Counters>> {
        match self {
            Self::Evens(evens) => evens.counters().await.map(Some),
            Self::Peer(_) => Ok(None),
        }
    }

    /// What it counted since then.
    pub(crate) async fn counted_since(&self, before: Option<Counters>) -> anyhow::Result<Option<Counters>> {
        Ok(self.counters().await?.zip(before).map(|(now, before)| now.since(&before)))
    }

    /// Its processes.
    pub(crate) fn processes(&self) -> anyhow::Result<Vec<u32>> {
        match self {
            Self::Evens(evens) => evens.processes(),
            Self::Peer(peer) => peer.processes(),
        }
    }

    /// Players with that much money.
    pub(crate) async fn fund(&self, count: u64, balance: Amount) -> anyhow::Result<Players> {
        match self {
            Self::Evens(evens) => evens.fund(count, balance).await,
            Self::Peer(peer) => peer.fund(count, balance).await,
        }
    }

    /// How many of so many accepted bets are settled. It costs the system little, and its API nothing.
    pub(crate) async fn settled(&self, accepted: u64) -> anyhow::Result<u64> {
        match self {
            Self::Evens(evens) => Ok(accepted.saturating_sub(evens.unsettled().await?)),
            Self::Peer(peer) => peer.settled().await,
        }
    }

    /// From placing to settlement by its own clock, of those of the bets that are settled.
    pub(crate) async fn settlement_times(
        &self,
        placed: &[Placed],
        players: &Players,
    ) -> anyhow::Result<Latency> {
        let mut times = Latency::new();
        match self {
            Self::Evens(evens) => {
                let target = evens.target()?;
                let mut connection = Connection::new(target.address());
                for bet in placed {
                    let reading = target.read_bet(&mut connection, players.at(bet.player), bet.bet).await?;
                    if let Some((placed_at, settled_at)) = reading.times.filter(|_| reading.has_ended()) {
                        times.record(settled_at.duration_since(placed_at).try_into().unwrap_or_default());
                    }
                }
            }
            Self::Peer(peer) => {
                for took in peer.settlement_times().await? {
                    times.record(took);
                }
            }
        }
        Ok(times)
    }
}
