//! The embedded engines: servers of the DynamoDB and SQS protocols on loopback ports of this process.
//!
//! Clients reach them through the AWS SDK like the real services, so code behind the SDK does not know where it runs.
//! Clients in this process can use [`Engines::http_client`], which needs no socket. The store and the queues call them
//! through [`Engines::table`] and [`Engines::queues`], which need no SDK. Clients in other processes need
//! [`Engines::access_key`], which is new at each start. Web pages and other users of the machine get no answer.
//!
//! With a folder, the engines store their data there and survive `kill -9`. Without one, they keep it in memory.
//!
//! Expired items are deleted once an hour. Until then they are visible, as they may be for days in the real DynamoDB,
//! so readers must check the expiry themselves.

mod checkpoint;
mod direct;
mod direct_queues;
mod disk;
mod expiry;
mod in_process;
mod operations;
pub mod queue_calls;
mod repeated;
mod synced_answers;
mod table_server;
mod table_thread;

pub use direct_queues::DirectQueues;
pub use disk::{Disk, SyncError};
pub use embedded_sqs::Access;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use checkpoint::{Log, move_log};
use direct::DirectTable;
use disk::SyncedLog;
use dynoxide::Database;
use embedded_sqs::{AccessKey, NoRandomness};
use evens_queues::QueueService;
use evens_table::Table;
use expiry::delete_expired;
use in_process::InProcess;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use synced_answers::SyncedAnswers;
use table_thread::TableThread;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug)]
pub struct Engines {
    dynamodb: SocketAddr,
    sqs: SocketAddr,
    access_key: AccessKey,
    client: InProcess,
    table: TableThread,
    queues: Arc<DirectQueues>,
    stop: watch::Sender<bool>,
    /// Set when one of them has ended unexpectedly.
    failed: watch::Receiver<bool>,
    servers: Vec<JoinHandle<()>>,
}

/// When the table answers a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answering {
    /// Once its commit survives `kill -9`. A power cut may lose the last tenths of a second.
    #[default]
    Fast,
    /// Once its commit, and each commit that it may have read, survives a power cut.
    Synced,
}

/// The data and the habits of the engines.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The folder of the data, or `None` for memory.
    pub folder: Option<&'a Path>,
    /// In memory there is nothing to sync.
    pub answering: Answering,
    /// The interval between deletions of expired items.
    pub expiry_period: Duration,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { folder: None, answering: Answering::default(), expiry_period: Engines::EXPIRY_PERIOD }
    }
}

/// The reason why the engines did not start.
#[derive(Debug, thiserror::Error)]
pub enum EnginesError {
    /// The folder cannot be created or written.
    #[error("cannot use the data folder {folder}")]
    Folder {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    /// No loopback port is available.
    #[error("cannot listen on a loopback port")]
    Listen(#[source] io::Error),
    /// No access key could be generated.
    #[error("cannot generate an access key")]
    AccessKey(#[from] NoRandomness),
    /// The thread could not be started.
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
    /// The largest number of connections of other processes, over both ports.
    pub const CONNECTIONS_MAX: usize = 2 * embedded_sqs::BoundedListener::CONNECTIONS;
    pub const TABLE_FILE: &'static str = "dynamodb.sqlite";

    /// The interval between deletions of expired items.
    const EXPIRY_PERIOD: Duration = Duration::from_hours(1);

    /// Starts both engines, with their data in `folder` or in memory.
    pub async fn start(folder: Option<&Path>) -> Result<Self, EnginesError> {
        Self::start_with(Options { folder, ..Options::default() }).await
    }

    /// Starts both engines.
    pub async fn start_with(options: Options<'_>) -> Result<Self, EnginesError> {
        let Options { folder, answering, expiry_period } = options;
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)
                .map_err(|source| EnginesError::Folder { folder: folder.to_owned(), source })?;
        }
        let file = |name: &str| folder.map(|folder| folder.join(name));
        let (table, log) = open_table(file(Self::TABLE_FILE).as_deref())?;
        let access_key = AccessKey::random()?;
        let access = Access::Holders(access_key.clone());
        let data = file("sqs.sqlite");
        let queue_options =
            embedded_sqs::Options { data, access: access.clone(), ..embedded_sqs::Options::default() };
        let queues = embedded_sqs::Server::open(queue_options).map_err(EnginesError::Queues)?;

        let (table_failed, failed) = watch::channel(false);
        let synced = folder.filter(|_| answering == Answering::Synced);
        let synced = synced.map(|folder| answers_of(folder, table_failed.clone())).transpose();
        let synced = synced.map_err(EnginesError::Thread)?;
        let thread = TableThread::start(table.clone(), synced).map_err(EnginesError::Thread)?;
        let client = InProcess::new(thread.clone(), queues.router());
        let called = thread.clone();
        let direct_queues = Arc::new(DirectQueues::new(queues.client()));
        let (stop, _) = watch::channel(false);
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
            tokio::spawn(delete_expired(table, expiry_period, stopped(stop.subscribe()))),
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
        Ok(Self {
            dynamodb,
            sqs,
            access_key,
            client,
            table: called,
            queues: direct_queues,
            stop,
            failed,
            servers,
        })
    }

    pub fn dynamodb_url(&self) -> String {
        format!("http://{}", self.dynamodb)
    }

    pub fn sqs_url(&self) -> String {
        format!("http://{}", self.sqs)
    }

    /// The id of the access key that both ports require. It is a secret. The matching secret key can be anything,
    /// because signatures are not checked.
    pub fn access_key(&self) -> &str {
        self.access_key.id()
    }

    /// The HTTP client for SDK clients in this process, without sockets.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.client.clone())
    }

    /// The table of this name for callers in this process, without the SDK. Its calls and those of all clients run on
    /// one thread, in order.
    pub fn table(&self, name: &str) -> Arc<dyn Table> {
        Arc::new(DirectTable::new(self.table.clone(), name.to_owned()))
    }

    /// The queues for callers in this process, without the SDK.
    pub fn queues(&self) -> Arc<dyn QueueService> {
        Arc::clone(&self.queues) as _
    }

    /// Returns when one of them has ended unexpectedly, for example because it could not store a change. The log has
    /// the reason, and nothing works until the engines are restarted.
    pub async fn failed(&self) {
        // An error means that both have ended normally.
        if self.failed.clone().wait_for(|failed| *failed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Stops both after requests in progress.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for server in self.servers {
            if let Err(error) = server.await {
                tracing::error!(%error, "An embedded engine panicked");
            }
        }
    }
}

/// Answers that wait for the disk of this folder. If it cannot be synced, `failed` is set.
fn answers_of(folder: &Path, failed: watch::Sender<bool>) -> io::Result<SyncedAnswers> {
    let mut log = SyncedLog::of(folder);
    SyncedAnswers::start(
        move || log.sync(),
        move |error| {
            tracing::error!(%error, "The disk of the table cannot be synced; nothing is answered any more");
            failed.send_replace(true);
        },
    )
}

/// The table, with its log if it has a file.
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
