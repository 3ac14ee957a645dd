//! [`Home`]: the engines that a command uses.
//!
//! If [`EngineChoice`] selects AWS, these are the engines that the SDK finds. Otherwise they are the embedded engines
//! of the data folder: those of the process that already runs them, or else new ones in this process. A lock on the
//! folder decides which process runs them. It ends with that process, even after a crash.
//!
//! A file in the folder holds the addresses of those engines and their access key. Only its owner can read it.

use crate::data_folder::commit_durability::answering_from_env;
use crate::data_folder::{clock_floor, durable_file, full_disk};
use crate::engine_choice::EngineChoice;
use crate::identity;
use crate::local_stage::sandbox::SandboxAddress;
use evens_engines::{Disk, Engines, Options};
use evens_queues::{QueueChange, QueueError};
use evens_runtime::telemetry::chain;
use evens_runtime::{Clients, Clock, Context, Durability, Endpoints, Identity, Settings, StartError};
use evens_store::StoreError;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// The engines that a command uses.
pub(crate) struct Home {
    pub(crate) settings: Settings,
    pub(crate) endpoints: Endpoints,
    pub(crate) identity: Identity,
    pub(crate) folder: PathBuf,
    /// The sandbox provider of the process that runs the engines, if another process runs them.
    pub(crate) sandbox: Option<SandboxAddress>,
    running: Option<EmbeddedEngines>,
    durability: Durability,
    clock: Clock,
}

/// Engines in this process.
struct EmbeddedEngines {
    engines: Engines,
    _lock: File,
}

/// The addresses of a folder's engines, in a file for other processes.
#[derive(Serialize, Deserialize)]
struct Address {
    dynamodb: String,
    sqs: String,
    /// The access key of both engines: a secret.
    access_key: String,
    /// The address of the API, once it is served.
    api: Option<SocketAddr>,
    /// The sandbox provider, if one runs beside the engines. Its key and its signing secret are secret, too.
    sandbox: Option<SandboxAddress>,
}

/// How to open a home that another process may have open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenMode {
    /// Use the engines of the other process.
    Beside,
    /// Refuse.
    Alone,
}

impl Home {
    const LOCK_FILE: &'static str = "lock";
    const ADDRESS_FILE: &'static str = "engines.json";
    pub(crate) const LAYOUT_FILE: &'static str = "layout";
    pub(crate) const TABLE_FILE: &'static str = Engines::TABLE_FILE;
    /// The version of the item keys in a data folder. A folder with other keys would look empty.
    const LAYOUT: &'static str = "5";
    /// Exists from when a folder was made as a copy until a process has served from it.
    pub(crate) const COPY_FILE: &'static str = "copy";
    /// The mode bits for group and others.
    const MODE_OF_OTHERS: u32 = 0o077;
    /// The maximum time from taking the lock to writing the address.
    const START_TIMEOUT: Duration = Duration::from_secs(10);

    /// Opens the home. Creates the table and the queues if the engines run in this process.
    pub(crate) async fn open(folder: &Path, sharing: OpenMode) -> Result<Self, StartError> {
        let settings = Settings::from_env()?;
        let mut home = Self {
            settings,
            endpoints: Endpoints::default(),
            identity: Identity::from_env(),
            folder: folder.to_owned(),
            sandbox: None,
            running: None,
            durability: Durability::default(),
            clock: Clock::system(),
        };
        if EngineChoice::from_env()? == EngineChoice::Aws {
            home.identity = identity::find(&home.endpoints).await;
            return Ok(home);
        }
        home.open_folder(sharing).await.map_err(|error| full_disk::named(folder, error))?;
        Ok(home)
    }

    /// Opens the data folder: with new engines in this process, or with those of the process that runs them.
    async fn open_folder(&mut self, sharing: OpenMode) -> Result<(), StartError> {
        let folder = &self.folder.clone();
        keep_private(folder)?;
        self.durability = durability(Disk::of(folder));
        match lock(&folder.join(Self::LOCK_FILE)).map_err(|error| cannot_use(folder, error))? {
            Some(lock) => {
                check_layout(folder)?;
                self.clock = clock_floor::open(folder)?;
                let answering = answering_from_env(self.settings.stage)?;
                let options = Options { folder: Some(folder), answering, ..Options::default() };
                let engines = Engines::start_with(options).await.map_err(|error| {
                    StartError::new(
                        "the embedded engines did not start",
                        "check the contents of the data folder, or choose another one with --data",
                    )
                    .caused_by(error)
                })?;
                let address = Address::of(&engines);
                write_address(folder, &address).map_err(|error| cannot_use(folder, error))?;
                self.endpoints = Endpoints {
                    http_client: Some(engines.http_client()),
                    table: Some(engines.table(&self.settings.table)),
                    queues: Some(engines.queues()),
                    ..Endpoints::from(address)
                };
                self.running = Some(EmbeddedEngines { engines, _lock: lock });
                self.migrate(Duration::ZERO).await?;
            }
            None if sharing == OpenMode::Beside => {
                let address = await_address(folder).await?;
                self.identity = Identity::of_engines(&address.access_key);
                self.sandbox.clone_from(&address.sandbox);
                self.endpoints = address.into();
            }
            None => {
                let message = format!("another evens process uses the data folder {}", folder.display());
                return Err(StartError::new(message, "stop it, or choose another folder with --data"));
            }
        }
        Ok(())
    }

    /// Returns whether the engines run in this process.
    pub(crate) fn is_embedded(&self) -> bool {
        self.running.is_some()
    }

    /// Returns whether the table is a copy that has not been served yet.
    pub(crate) fn is_copy(&self) -> bool {
        self.is_embedded() && self.folder.join(Self::COPY_FILE).exists()
    }

    /// Removes the mark of a copy, once its open rounds are cancelled.
    pub(crate) fn forget_copy(&self) -> Result<(), StartError> {
        fs::remove_file(self.folder.join(Self::COPY_FILE)).map_err(|error| cannot_use(&self.folder, error))
    }

    /// Publishes the addresses of the API and of the sandbox provider beside it to other processes.
    pub(crate) fn publish_api(
        &self,
        api: SocketAddr,
        sandbox: Option<SandboxAddress>,
    ) -> Result<(), StartError> {
        let Some(EmbeddedEngines { engines, .. }) = &self.running else {
            return Ok(());
        };
        write_address(&self.folder, &Address { api: Some(api), sandbox, ..Address::of(engines) })
            .map_err(|error| cannot_use(&self.folder, error))
    }

    pub(crate) async fn context(&self, settings: Settings) -> Result<Context, StartError> {
        let context = Context::from_settings_as(&self.identity, settings, &self.endpoints).await?;
        Ok(Context { durability: self.durability.clone(), clock: self.clock.clone(), ..context })
    }

    pub(crate) fn clients(&self) -> Result<Clients, StartError> {
        Clients::connect_as(&self.identity, &self.endpoints)
    }

    /// Creates the table and the queues if they do not exist, and returns a line for each action. Waits up to
    /// `patience` for engines that have just started.
    pub(crate) async fn migrate(&self, patience: Duration) -> Result<Vec<String>, StartError> {
        let clients = self.clients()?;
        let failed = |what: &str| {
            StartError::new(format!("cannot create {what}"), "check AWS_ENDPOINT_URL and the credentials")
        };
        let table = async || evens_store::migrate(&clients.dynamodb, &self.settings.table).await;
        let table = ask_patiently("table", patience, StoreError::is_retryable, table).await;
        let table = table.map_err(|error| failed("the table").caused_by(error))?;
        let queues = async || evens_queues::create_queues(&clients.sqs, self.settings.stage.as_str()).await;
        let queues = ask_patiently("queues", patience, QueueError::is_retryable, queues).await;
        let queues = queues.map_err(|error| failed("the queues").caused_by(error))?;
        let did = match table {
            evens_store::MigrateOutcome::Created => "created",
            evens_store::MigrateOutcome::Present => "present",
        };
        let mut lines = vec![format!("table {}: {did}", self.settings.table)];
        lines.extend(queues.into_iter().map(|report| match report.change {
            QueueChange::Created => format!("queue {}: created", report.name),
            QueueChange::Corrected(what) => format!("queue {}: corrected {}", report.name, what.join(", ")),
            QueueChange::Kept => format!("queue {}: present", report.name),
        }));
        Ok(lines)
    }

    /// Returns when an engine in this process has failed ([`Engines::failed`]).
    pub(crate) async fn engine_failed(&self) {
        match &self.running {
            Some(EmbeddedEngines { engines, .. }) => engines.failed().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the engines of this process after they finish their current work.
    pub(crate) async fn close(self) {
        if let Some(EmbeddedEngines { engines, _lock }) = self.running {
            engines.stop().await;
            // A process that finds this address but no lock would start its own engines.
            if let Err(error) = fs::remove_file(self.folder.join(Self::ADDRESS_FILE)) {
                tracing::warn!(%error, "Could not remove the file with the addresses of the engines");
            }
        }
    }
}

impl Address {
    fn of(engines: &Engines) -> Self {
        Self {
            dynamodb: engines.dynamodb_url(),
            sqs: engines.sqs_url(),
            access_key: engines.access_key().to_owned(),
            api: None,
            sandbox: None,
        }
    }
}

impl From<Address> for Endpoints {
    fn from(address: Address) -> Self {
        Self { dynamodb: Some(address.dynamodb), sqs: Some(address.sqs), ..Self::default() }
    }
}

/// The embedded table keeps its log on that disk, whichever process runs it.
fn durability(disk: Disk) -> Durability {
    Durability::by(move || {
        let disk = disk.clone();
        async move { disk.sync().await }
    })
}

/// Sets the folder's mode to 0700, because it holds password hashes and phone numbers. Refuses, and does not change, a
/// folder with files of other users.
fn keep_private(folder: &Path) -> Result<(), StartError> {
    let failed = |error| cannot_use(folder, error);
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Ok(()) => {
            let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
            return durable_file::sync_folder(parent.unwrap_or(Path::new("."))).map_err(failed);
        }
        Err(error) => return Err(failed(error)),
    }
    let mut permissions = fs::metadata(folder).map_err(failed)?.permissions();
    if permissions.mode() & Home::MODE_OF_OTHERS == 0 {
        return Ok(());
    }
    let has_our_files = [Home::LAYOUT_FILE, Home::TABLE_FILE].iter().any(|name| folder.join(name).exists());
    let is_empty = fs::read_dir(folder).map_err(failed)?.next().is_none();
    if !has_our_files && !is_empty {
        let message = format!(
            "other users can read the data folder {}, which contains foreign files",
            folder.display()
        );
        return Err(StartError::new(message, "choose another folder with --data, or `chmod 700` this one"));
    }
    permissions.set_mode(0o700);
    fs::set_permissions(folder, permissions).map_err(failed)?;
    tracing::warn!(
        "Changed the mode of the data folder {} to 0700, because other users could read it",
        folder.display()
    );
    Ok(())
}

/// Refuses a folder whose items have another key layout than this version expects. Marks a new folder with the current
/// layout.
fn check_layout(folder: &Path) -> Result<(), StartError> {
    let path = folder.join(Home::LAYOUT_FILE);
    match fs::read_to_string(&path) {
        Ok(layout) if layout.trim() == Home::LAYOUT => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.join(Home::TABLE_FILE).exists() => {
            durable_file::write(folder, Home::LAYOUT_FILE, Home::LAYOUT)
                .map_err(|error| cannot_use(folder, error))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot_use(folder, error)),
        Ok(_) | Err(_) => {
            let message =
                format!("the data folder {} was created by an incompatible version", folder.display());
            Err(StartError::new(
                message,
                "choose another folder with --data, or delete this one with its contents",
            ))
        }
    }
}

/// Takes the lock, or returns `None` if another process holds it.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Written to a temporary file and renamed, so that readers never see a partial file. Only the owner can read it.
fn write_address(folder: &Path, address: &Address) -> io::Result<()> {
    let unfinished = folder.join("engines.json.new");
    let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    // A file left by an earlier crash keeps its old mode.
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(&serde_json::to_vec(address)?)?;
    fs::rename(unfinished, folder.join(Home::ADDRESS_FILE))
}

/// Waits for the address of the engines that another process runs or is just starting.
async fn await_address(folder: &Path) -> Result<Address, StartError> {
    let deadline = Instant::now() + Home::START_TIMEOUT;
    loop {
        let read = fs::read(folder.join(Home::ADDRESS_FILE)).ok();
        if let Some(address) = read.and_then(|bytes| serde_json::from_slice::<Address>(&bytes).ok())
            && is_reachable(&address.dynamodb).await
            && is_reachable(&address.sqs).await
        {
            return Ok(address);
        }
        if Instant::now() >= deadline {
            let message = format!("the evens process that uses {} does not answer", folder.display());
            return Err(StartError::new(message, "check its log, or stop it and try again"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn is_reachable(url: &str) -> bool {
    let Some(address) = url.strip_prefix("http://") else { return false };
    tokio::net::TcpStream::connect(address).await.is_ok()
}

fn cannot_use(folder: &Path, error: io::Error) -> StartError {
    let message = format!("cannot use the data folder {}", folder.display());
    StartError::new(message, "choose another folder with --data").caused_by(error)
}

/// Asks once a second until the engine answers or the time is up.
async fn ask_patiently<T, E: std::error::Error + 'static>(
    what: &str,
    patience: Duration,
    is_retryable: impl Fn(&E) -> bool,
    ask: impl AsyncFn() -> Result<T, E>,
) -> Result<T, E> {
    let deadline = Instant::now() + patience;
    loop {
        match ask().await {
            Err(error) if is_retryable(&error) && Instant::now() < deadline => {
                tracing::warn!(error = chain(&error), "Waiting for the engine of the {what}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::durability;
    use evens_engines::{Disk, Engines};

    #[tokio::test]
    async fn handlers_can_sync_the_table_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let durability = durability(Disk::of(folder.path()));
        assert!(durability.sync().await.is_err(), "there is no table yet");
        let engines = Engines::start(Some(folder.path())).await.unwrap();
        durability.sync().await.unwrap();
        engines.stop().await;
    }
}
