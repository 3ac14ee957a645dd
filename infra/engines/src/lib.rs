//! The embedded engines: servers of the DynamoDB and SQS protocols on loopback ports of this process.
//!
//! They are reached through the AWS SDK like the real ones, so nothing behind the SDK knows where it runs. Clients in
//! this process can be given [`Engines::http_client`], which leaves out the socket. Those of other processes need
//! [`Engines::access_key`], which is another one at each start: no web page, and nobody else on the machine, is
//! answered.
//!
//! With a folder they keep their data there and survive `kill -9`; without one they keep it in memory.
//!
//! Items whose time has passed are deleted once an hour. Until then they are there, as they may be for days in the real
//! DynamoDB: nobody may take an item for good because it is there.

mod checkpoint;
mod disk;
mod expiry;
mod in_process;
mod operations;
mod repeated;
mod table_server;
mod table_thread;

pub use disk::{Disk, SyncError};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use checkpoint::{Log, move_log};
use dynoxide::Database;
use embedded_sqs::{Access, AccessKey, NoRandomness};
use expiry::delete_expired;
use in_process::InProcess;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use table_thread::TableThread;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Both engines, running.
#[derive(Debug)]
pub struct Engines {
    dynamodb: SocketAddr,
    sqs: SocketAddr,
    access_key: AccessKey,
    client: InProcess,
    stop: watch::Sender<bool>,
    /// Whether one of them ended without being asked to.
    failed: watch::Receiver<bool>,
    servers: Vec<JoinHandle<()>>,
}

/// Why the engines did not start.
#[derive(Debug, thiserror::Error)]
pub enum EnginesError {
    /// The folder cannot be made or written.
    #[error("cannot use the data folder {folder}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No loopback port.
    #[error("cannot listen on a loopback port")]
    Listen(#[source] io::Error),
    /// No access key.
    #[error("cannot make an access key")]
    AccessKey(#[from] NoRandomness),
    /// No thread.
    #[error("cannot start the thread of the table")]
    Thread(#[source] io::Error),
    /// The table's file cannot be opened.
    #[error("cannot open the table in the data folder: {0}")]
    Table(String),
    /// The queues' file cannot be opened.
    #[error("cannot open the queues in the data folder")]
    Queues(#[source] embedded_sqs::OpenError),
}

impl Engines {
    /// How many connections other processes have at once, to both ports together.
    pub const CONNECTIONS_MAX: usize = 2 * embedded_sqs::Bounded::CONNECTIONS;
    /// What the file of the table is called.
    pub const TABLE_FILE: &'static str = "dynamodb.sqlite";

    /// How often items whose time has passed are deleted.
    const EXPIRY_PERIOD: Duration = Duration::from_hours(1);

    /// Starts both, with their data in `folder`, or in memory.
    pub async fn start(folder: Option<&Path>) -> Result<Self, EnginesError> {
        Self::start_with_expiry(folder, Self::EXPIRY_PERIOD).await
    }

    /// The same, deleting items whose time has passed more or less often.
    pub async fn start_with_expiry(folder: Option<&Path>, period: Duration) -> Result<Self, EnginesError> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)
                .map_err(|source| EnginesError::Folder { folder: folder.to_owned(), source })?;
        }
        let file = |name: &str| folder.map(|folder| folder.join(name));
        let (table, log) = open_table(file(Self::TABLE_FILE).as_deref())?;
        let access_key = AccessKey::random()?;
        let access = Access::Holders(access_key.clone());
        let data = file("sqs.sqlite");
        let options =
            embedded_sqs::Options { data, access: access.clone(), ..embedded_sqs::Options::default() };
        let queues = embedded_sqs::Server::open(options).map_err(EnginesError::Queues)?;

        let thread = TableThread::start(table.clone()).map_err(EnginesError::Thread)?;
        let client = InProcess::new(thread.clone(), queues.router());
        let (stop, _) = watch::channel(false);
        let (table_failed, failed) = watch::channel(false);
        let queues_failed = table_failed.clone();
        let stopped = |mut stopped: watch::Receiver<bool>| async move {
            // An error means that the engines were dropped, which stops them as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let (dynamodb_listener, dynamodb) = listen().await?;
        let (sqs_listener, sqs) = listen().await?;
        let (table_stopped, queues_stopped) = (stopped(stop.subscribe()), stopped(stop.subscribe()));
        let moved = log.map(|log| tokio::spawn(move_log(log, stopped(stop.subscribe()))));
        let mut servers = Vec::from_iter(moved);
        servers.extend([
            tokio::spawn(delete_expired(table, period, stopped(stop.subscribe()))),
            tokio::spawn(async move {
                if let Err(error) =
                    table_server::serve(dynamodb_listener, thread, access, table_stopped).await
                {
                    tracing::error!(%error, "The embedded DynamoDB stopped");
                    table_failed.send_replace(true);
                }
            }),
            tokio::spawn(async move {
                if let Err(error) = queues.serve(sqs_listener, queues_stopped).await {
                    tracing::error!(%error, "The embedded SQS stopped");
                    queues_failed.send_replace(true);
                }
            }),
        ]);
        Ok(Self { dynamodb, sqs, access_key, client, stop, failed, servers })
    }

    /// Where DynamoDB is.
    pub fn dynamodb_url(&self) -> String {
        format!("http://{}", self.dynamodb)
    }

    /// Where SQS is.
    pub fn sqs_url(&self) -> String {
        format!("http://{}", self.sqs)
    }

    /// The id of the access key without which neither answers over its port. It is a secret. The secret that belongs to
    /// an access key may be any here: signatures are not checked.
    pub fn access_key(&self) -> &str {
        self.access_key.id()
    }

    /// What clients of the SDK in this process ask the engines with, without a socket.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.client.clone())
    }

    /// Returns when one of them has ended without being asked to, as it does where it cannot keep what it is told. The
    /// log says why, and nothing works any more until they are started again.
    pub async fn failed(&self) {
        // An error means that both have ended well.
        if self.failed.clone().wait_for(|failed| *failed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Stops both, after what is under way.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for server in self.servers {
            if let Err(error) = server.await {
                tracing::error!(%error, "An embedded engine ended badly");
            }
        }
    }
}

/// The table, and its log where it has a file.
fn open_table(file: Option<&Path>) -> Result<(Database, Option<Log>), EnginesError> {
    let table = match file {
        Some(file) => Database::new(&file.to_string_lossy()),
        None => Database::memory(),
    };
    let table = table.map_err(|error| EnginesError::Table(error.to_string()))?;
    let log = file.map(Log::open).transpose().map_err(|error| EnginesError::Table(error.to_string()))?;
    Ok((table, log))
}

async fn listen() -> Result<(TcpListener, SocketAddr), EnginesError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(EnginesError::Listen)?;
    let address = listener.local_addr().map_err(EnginesError::Listen)?;
    Ok((listener, address))
}
