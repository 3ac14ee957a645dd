//! The server as a stand-alone program.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::Parser;
use embedded_sqs::{Access, Options, Server};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// An SQS server in one process: standard and FIFO queues over SQLite.
#[derive(Parser)]
#[command(name = "embedded-sqs", version)]
struct Arguments {
    /// The address to listen on; a host name is resolved.
    #[arg(long, env = "EMBEDDED_SQS_LISTEN", default_value = "127.0.0.1:9324")]
    listen: String,
    /// The SQLite file for queues and messages; without it, they are lost when the process ends.
    #[arg(long, env = "EMBEDDED_SQS_DATA")]
    data: Option<PathBuf>,
    /// The region in the ARNs of queues.
    #[arg(long, env = "EMBEDDED_SQS_REGION", default_value = "us-east-1")]
    region: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let levels: Option<Targets> = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok());
    let levels = levels.unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    tracing_subscriber::registry()
        .with(levels)
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // If stderr is closed, there is nowhere to report anything.
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { listen, data, region } = arguments;
    let listener = TcpListener::bind(&listen).await.map_err(|error| {
        format!(
            "cannot listen on {listen}: {error}\nhint: stop the program that uses the port, or choose \
             another one with --listen"
        )
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // A server on another address is reached by other host names.
    let access = if address.ip().is_loopback() { Access::ThisMachine } else { Access::Anybody };
    let server = Server::open(Options { data, region, access }).map_err(|error| error.to_string())?;
    let shutdown = shutdown_signal().map_err(|error| format!("cannot wait for signals: {error}"))?;
    // A parent process may wait for this line, which is the only one on standard output. Without a reader it is
    // dropped.
    let _ = writeln!(std::io::stdout(), "http://{address}");
    server.serve(listener, shutdown).await.map_err(|error| error.to_string())
}

/// Ends at the first SIGTERM or SIGINT.
fn shutdown_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
