//! [`System`]: the measured system.

use crate::counters::Counters;
use crate::evens::Evens;
use crate::peer::Peer;
use evens_ledger::Amount;
use evens_load::{AcceptedBet, Connection, Latency, Players, Target};

#[derive(Debug)]
pub(crate) enum System {
    Evens(Box<Evens>),
    /// The system that Evens replaces.
    Peer(Peer),
}

impl System {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Evens(_) => "evens",
            Self::Peer(_) => "peer",
        }
    }

    /// Starts it with empty state.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Evens(evens) => evens.restart().await,
            Self::Peer(peer) => peer.restart().await,
        }
    }

    /// Stops its work until the next start.
    pub(crate) async fn pause(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Evens(evens) => evens.stop().await,
            Self::Peer(peer) => peer.pause().await,
        }
    }

    /// Stops the processes that were started here.
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

    /// Evens, for actions that only it supports.
    pub(crate) fn evens(&self) -> anyhow::Result<&Evens> {
        match self {
            Self::Evens(evens) => Ok(evens),
            Self::Peer(_) => anyhow::bail!("the peer does not support this"),
        }
    }

    /// Evens, to be killed.
    pub(crate) fn evens_mut(&mut self) -> anyhow::Result<&mut Evens> {
        match self {
            Self::Evens(evens) => Ok(evens),
            Self::Peer(_) => anyhow::bail!("the peer does not support this"),
        }
    }

    /// The number of messages in its queues, or `None` if it does not report it.
    pub(crate) async fn messages(&self) -> anyhow::Result<Option<u64>> {
        match self {
            Self::Evens(evens) => evens.messages().await.map(Some),
            Self::Peer(_) => Ok(None),
        }
    }

    /// Its metrics, or `None` if it has none.
    pub(crate) async fn counters(&self) -> anyhow::Result<Option<Counters>> {
        match self {
            Self::Evens(evens) => evens.counters().await.map(Some),
            Self::Peer(_) => Ok(None),
        }
    }

    /// The counts since an earlier reading.
    pub(crate) async fn counted_since(&self, before: Option<Counters>) -> anyhow::Result<Option<Counters>> {
        Ok(self.counters().await?.zip(before).map(|(now, before)| now.since(&before)))
    }

    pub(crate) fn processes(&self) -> anyhow::Result<Vec<u32>> {
        match self {
            Self::Evens(evens) => evens.processes(),
            Self::Peer(peer) => peer.processes(),
        }
    }

    /// Players with this balance.
    pub(crate) async fn fund(&self, count: u64, balance: Amount) -> anyhow::Result<Players> {
        match self {
            Self::Evens(evens) => evens.fund(count, balance).await,
            Self::Peer(peer) => peer.fund(count, balance).await,
        }
    }

    /// The number of settled bets among `accepted` ones. Reading it costs the system little, and its API nothing.
    pub(crate) async fn settled(&self, accepted: u64) -> anyhow::Result<u64> {
        match self {
            Self::Evens(evens) => Ok(accepted.saturating_sub(evens.unsettled().await?)),
            Self::Peer(peer) => peer.settled().await,
        }
    }

    /// The times from placing to settlement by its own clock, of the bets that are settled.
    pub(crate) async fn settlement_times(
        &self,
        placed: &[AcceptedBet],
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
