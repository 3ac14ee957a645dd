//! Serves the core over HTTP, with one lock, one writer, and waiting pollers.

mod bounded;
mod client;
mod faults;
mod operations;
mod polling;
mod protocol;
mod state;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};

pub use self::bounded::BoundedListener;
pub use self::client::{CallError, Client};
pub use self::faults::Unavailable;
use self::state::{State, Storage};
use crate::{
    access::Access,
    core::{Core, Snapshot},
    store::{self, Writer},
};

#[derive(Clone, Debug)]
pub struct Options {
    /// The SQLite file. `None` keeps everything in memory.
    pub data: Option<PathBuf>,
    /// The region in ARNs.
    pub region: String,
    /// The clients that [`Server::serve`] answers.
    pub access: Access,
}

impl Default for Options {
    fn default() -> Self {
        Self { data: None, region: "us-east-1".to_owned(), access: Access::default() }
    }
}

/// The reason why the state cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process uses the file.
    #[error("{} is in use by another process", path.display())]
    InUse { path: PathBuf },
    /// A later version wrote the file.
    #[error("{} has schema version {found}, but this program supports only {known}", path.display())]
    Version {
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The supported version.
        known: i64,
    },
    /// The file cannot be opened or is invalid.
    #[error("{} cannot be opened: {source}", path.display())]
    Sqlite { path: PathBuf, source: rusqlite::Error },
    /// The operating system provided no thread or no random numbers.
    #[error("the writer cannot be started: {0}")]
    Start(#[from] io::Error),
}

/// The time after which a shutdown cuts off requests in progress, in seconds.
const SHUTDOWN_SECONDS_MAX: u64 = 10;

/// A server with its opened state.
pub struct Server {
    state: Arc<State>,
    writer_failed: oneshot::Receiver<()>,
    stop: watch::Sender<bool>,
    access: Access,
}

impl Server {
    /// Opens or creates the state.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let (failed, writer_failed) = oneshot::channel();
        let (stop, stopping) = watch::channel(false);
        let (snapshot, storage) = match &options.data {
            Some(path) => {
                let (connection, snapshot) = store::open(path)?;
                (snapshot, Storage::File(Writer::start(connection, failed)?))
            }
            None => (Snapshot::default(), Storage::Memory),
        };
        let core = Core::restore(options.region, random_seed()?, snapshot);
        Ok(Self {
            state: Arc::new(State::new(core, storage, stopping)),
            writer_failed,
            stop,
            access: options.access,
        })
    }

    /// The queues by types, for callers in this process.
    pub fn client(&self) -> Client {
        Client::new(Arc::clone(&self.state))
    }

    /// The router for callers in this process, without sockets and access checks. It works while [`Server::serve`]
    /// runs.
    pub fn router(&self) -> axum::Router {
        protocol::router(Arc::clone(&self.state))
    }

    /// Serves until `shutdown` resolves. Then answers requests in progress, and returns once everything accepted is on
    /// disk.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self { state, writer_failed, stop, access } = self;
        let ticking = tokio::spawn(Arc::clone(&state).keep_time());
        let stopped = stop.subscribe();
        let until_stop = async move {
            tokio::select! {
                () = shutdown => {}
                // An error means that the writer ended normally, which is no reason to stop.
                Ok(()) = writer_failed => {}
            }
            stop.send_replace(true);
        };
        let router = access.guard(protocol::router(Arc::clone(&state)));
        let serving = axum::serve(BoundedListener::new(listener), router).with_graceful_shutdown(until_stop);
        let served = tokio::select! {
            served = serving.into_future() => served,
            () = give_up(stopped) => {
                tracing::warn!("Cut off requests that were still running {SHUTDOWN_SECONDS_MAX} s after the shutdown signal");
                Ok(())
            }
        };
        ticking.abort();
        let is_complete = state.close().await;
        served?;
        if is_complete { Ok(()) } else { Err(io::Error::other("a change could not be written; see the log")) }
    }
}

async fn give_up(mut stopped: watch::Receiver<bool>) {
    // The sender lives as long as the server, so this ends only when it signals a stop.
    if stopped.wait_for(|is_stopping| *is_stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(Duration::from_secs(SHUTDOWN_SECONDS_MAX)).await;
}

/// Message ids must differ between runs, so each run has its own seed.
fn random_seed() -> io::Result<u64> {
    let mut bytes = [0; 8];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| io::Error::other("the system's random number generator failed"))?;
    Ok(u64::from_ne_bytes(bytes))
}
