//! The server as a program of its own.

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

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
    /// Where to listen.
    #[arg(long, env = "EMBEDDED_SQS_LISTEN", default_value = "127.0.0.1:9324")]
    listen: SocketAddr,
    /// The SQLite file that keeps queues and messages; without it they are gone with the process.
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
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { listen, data, region } = arguments;
    // Who lets it listen elsewhere wants to be reached by other names.
    let access = if listen.ip().is_loopback() { Access::ThisMachine } else { Access::Anybody };
    let server = Server::open(Options { data, region, access }).map_err(|error| error.to_string())?;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        format!("cannot listen on {listen}: {error}\nhint: end what uses the port, or choose another with --listen")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let shutdown = shutdown_signal().map_err(|error| format!("cannot wait for signals: {error}"))?;
    // Whoever started the program may wait for this line: it stands alone on standard output.
    println!("http://{address}");
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
