//! Serves the core over HTTP, with one lock, one clock, and one task that sends callbacks.

mod faulty;
mod fields;
mod file;
mod page;
mod problem;
mod routes;
mod sender;
mod state;
mod views;

use crate::core::{Books, Core};
use crate::settings::{ApiKey, Settings};
use axum::serve::ListenerExt;
use file::StateFile;
use sender::Sender;
use state::State;
use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The time after which a shutdown cuts off requests in progress.
const SHUTDOWN_MAX: Duration = Duration::from_secs(10);

/// The reason why the provider cannot be served or has stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The state file cannot be read or is invalid.
    #[error("{} cannot be read: {source}", path.display())]
    StateFile { path: PathBuf, source: io::Error },
    /// The machine has no certificates to verify the receiver of callbacks.
    #[error("no CA certificates were found to verify the receiver of callbacks")]
    Certificates(#[source] Box<dyn Error + Send + Sync>),
    /// A call corrupted the state. The log has the reason.
    #[error("the state is broken after a panic")]
    Broken,
    /// The listener failed.
    #[error("cannot listen: {0}")]
    Listener(#[source] io::Error),
}

struct Server {
    state: Arc<State>,
    key: ApiKey,
    /// The public URL for browsers, without a trailing slash.
    base_url: String,
}

/// Serves the provider until `shutdown` resolves. Then requests in progress are answered for at most 10 s. Calls with
/// the fault `hang` end at once.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let Settings { rules, key, callbacks, public_url, state_file } = settings;
    let base_url = match public_url {
        Some(url) => url.to_string().trim_end_matches('/').to_owned(),
        None => format!("http://{}", listener.local_addr().map_err(ServeError::Listener)?),
    };
    let sender = Sender::new(callbacks, rules.callbacks.answer_within).map_err(ServeError::Certificates)?;
    let (file, books) = open(state_file)?;
    let (stop, stopping) = watch::channel(false);
    let mut stopped = stopping.clone();
    let state = Arc::new(State::new(Core::restore(rules, books), file, stopping));
    let router = routes::router(Arc::new(Server { state: Arc::clone(&state), key, base_url }));
    let listener = listener.tap_io(|stream| {
        // Answers are small, and clients wait for each of them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "Could not disable the send delay of a connection: {error}");
        }
    });
    let until_stop = async move {
        shutdown.await;
        stop.send_replace(true);
    };
    let given_up = async move {
        if stopped.wait_for(|is_stopping| *is_stopping).await.is_ok() {
            tokio::time::sleep(SHUTDOWN_MAX).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(until_stop).into_future() => {
            served.map_err(ServeError::Listener)
        }
        () = given_up => Ok(()),
        () = sender::keep_time(state, sender) => Err(ServeError::Broken),
    }
}

fn open(path: Option<PathBuf>) -> Result<(Option<StateFile>, Books), ServeError> {
    let Some(path) = path else { return Ok((None, Books::default())) };
    match StateFile::open(path.clone()) {
        Ok((file, books)) => Ok((Some(file), books)),
        Err(source) => Err(ServeError::StateFile { path, source }),
    }
}
