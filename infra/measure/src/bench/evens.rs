//! [`Evens`]: runs the binary beside this one over a temporary data folder.

use crate::bank::Bank;
use crate::counters::Counters;
use crate::worker::{LOG, ReservedAddress, Worker};
use anyhow::{Context, bail, ensure};
use aws_sdk_sqs::types::QueueAttributeName;
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::Queue;
use evens_ledger::{Amount, UserId};
use evens_load::{Dialect, Players, Target};
use evens_players::{Account, ReferralCode, Registration};
use evens_queues::Queues;
use evens_runtime::tokens::{Role, TokenSigner};
use evens_runtime::{Clients, Clock, Endpoints, Identity, Settings};
use evens_store::{PasswordHash, Since, Store};
use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::{File, Permissions};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The measured Evens.
#[derive(Debug)]
pub(crate) struct Evens {
    binary: PathBuf,
    signer: TokenSigner,
    running: Option<EvensProcess>,
}

#[derive(Debug)]
struct EvensProcess {
    process: Child,
    started: Instant,
    address: Address,
    api: SocketAddr,
    metrics: ReservedAddress,
    store: Store,
    queues: Queues,
    sqs: aws_sdk_sqs::Client,
    bank: Bank,
    /// Removed on drop.
    folder: TempDir,
}

/// The auditor's findings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Books {
    pub(crate) bets: u64,
    pub(crate) is_clean: bool,
}

/// The file in the data folder with the addresses of engines and API.
const ADDRESSES: &str = "engines.json";

/// The time from the start of a process to its first check of the books.
const FIRST_CHECK: Duration = Duration::from_mins(5);

/// The addresses of the engines and the API.
#[derive(Debug, Deserialize)]
struct Address {
    dynamodb: String,
    sqs: String,
    access_key: String,
    api: Option<SocketAddr>,
}

impl Evens {
    const START_TIMEOUT: Duration = Duration::from_secs(30);
    const END_TIMEOUT: Duration = Duration::from_mins(1);

    /// The time until the process checks its books for the first time.
    pub(crate) fn until_first_check(&self) -> anyhow::Result<Duration> {
        Ok(FIRST_CHECK.saturating_sub(self.running()?.started.elapsed()))
    }

    /// Finds the binary in the folder of this one.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let own = std::env::current_exe().context("the path of this program is unknown")?;
        let binary = own.with_file_name("evens");
        ensure!(
            binary.exists(),
            "{} does not exist\nhint: build it like this program, with cargo build -p evens",
            binary.display()
        );
        let pkcs8 = TokenSigner::generate_pkcs8()?;
        let settings = Settings::local();
        let signer =
            TokenSigner::from_pkcs8("bench", &pkcs8, settings.token_issuer, settings.token_audience)?;
        Ok(Self { binary, signer, running: None })
    }

    /// Starts it with an empty folder.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        self.start_empty(true).await
    }

    /// The same, with a provider that sends no callbacks.
    pub(crate) async fn restart_untold(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        self.start_empty(false).await
    }

    async fn start_empty(&mut self, is_told: bool) -> anyhow::Result<()> {
        let api = ReservedAddress::find()?;
        let bank = Bank::open(api.address, is_told).await?;
        self.running = Some(self.start(empty_folder()?, api.address, bank).await?);
        Ok(())
    }

    /// Kills it (SIGKILL) and starts it again with the same folder and address. Returns the time from start to serving.
    pub(crate) async fn kill_and_start(&mut self) -> anyhow::Result<Duration> {
        let mut running = self.running.take().context("evens is not running")?;
        running.process.kill().await.context("evens does not stop")?;
        let started = Instant::now();
        self.running = Some(self.start(running.folder, running.api, running.bank).await?);
        Ok(started.elapsed())
    }

    /// Starts another process that works on the queues of the running one, until that ends.
    pub(crate) async fn start_worker(&self) -> anyhow::Result<Worker> {
        let engines = &self.running()?.address;
        let folder = empty_folder()?;
        let [api, metrics] = [ReservedAddress::find()?, ReservedAddress::find()?];
        let process =
            self.serve(&folder, api.address, metrics.address, &self.running()?.bank, Some(engines))?;
        let worker = Worker { process, api, metrics, folder };
        worker.await_ready(Self::START_TIMEOUT).await?;
        Ok(worker)
    }

    /// Runs `evens serve` with data and log in this folder, with its own engines or those of another process.
    fn serve(
        &self,
        folder: &TempDir,
        listen: SocketAddr,
        metrics: SocketAddr,
        bank: &Bank,
        engines: Option<&Address>,
    ) -> anyhow::Result<Child> {
        let log = File::options().create(true).append(true).open(folder.path().join(LOG))?;
        let mut command = Command::new(&self.binary);
        command
            .args(["serve", "--listen", &listen.to_string()])
            .args(["--metrics-listen", &metrics.to_string(), "--data"])
            .arg(folder.path())
            .env("RUST_LOG", "warn")
            .env("EVENS_TOKEN_PUBLIC_KEYS", self.signer.public_key().to_string())
            // Watching bets exceeds a player's rate limit. The cost of counting is still part of the measurement.
            .env("EVENS_RATE_LIMITS", "reads=1000000000/1m")
            // Limits on the house's risk, awards and contributions are not measured.
            .env("EVENS_QUICK_ROUND", "off")
            .env("EVENS_LOCAL_JACKPOTS", "off")
            .env("GAMES_BANKROLL", "1000000000000")
            .env("JACKPOT_TWO_PERSONS_FROM", "1000000000")
            .env("JACKPOT_CONTRIBUTIONS_PER_DAY_MAX", "1000000000")
            .env("EVENS_PAYMENT_PROVIDER", bank.variable())
            .env_remove("AWS_ENDPOINT_URL")
            .env_remove("AWS_ENDPOINT_URL_DYNAMODB")
            .env_remove("AWS_ENDPOINT_URL_SQS")
            .env_remove("EVENS_ENGINES")
            .env_remove("EVENS_STAGE")
            .stderr(log)
            .kill_on_drop(true);
        if let Some(Address { dynamodb, sqs, access_key, .. }) = engines {
            command.env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb).env("AWS_ENDPOINT_URL_SQS", sqs);
            command.env("AWS_ACCESS_KEY_ID", access_key).env("AWS_SECRET_ACCESS_KEY", access_key);
        }
        command.spawn().with_context(|| format!("cannot start {}", self.binary.display()))
    }

    async fn start(&self, folder: TempDir, listen: SocketAddr, bank: Bank) -> anyhow::Result<EvensProcess> {
        // The file may be a remnant of a killed process.
        if let Err(error) = std::fs::remove_file(folder.path().join(ADDRESSES)) {
            ensure!(error.kind() == ErrorKind::NotFound, "cannot remove {ADDRESSES}: {error}");
        }
        let metrics = ReservedAddress::find()?;
        let started = Instant::now();
        let mut process = self.serve(&folder, listen, metrics.address, &bank, None)?;
        let deadline = Instant::now() + Self::START_TIMEOUT;
        let (address, api) = loop {
            if let Some(found) = read_address(&folder) {
                break found;
            }
            if Instant::now() >= deadline || process.try_wait()?.is_some() {
                let log = std::fs::read_to_string(folder.path().join(LOG))?;
                bail!("it did not print its address:\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let endpoints = Endpoints {
            dynamodb: Some(address.dynamodb.clone()),
            sqs: Some(address.sqs.clone()),
            ..Endpoints::default()
        };
        let clients = Clients::connect_as(&Identity::of_engines(&address.access_key), &endpoints)?;
        let store = Store::new(clients.dynamodb, Settings::local().table);
        let queues = Queues::resolve(clients.sqs.clone(), Settings::local().stage.as_str()).await?;
        let sqs = clients.sqs;
        Ok(EvensProcess { process, started, address, api, metrics, store, queues, sqs, bank, folder })
    }

    /// Asks it to stop (SIGTERM) and waits for its end, because an instrumented program prints its results then.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        let process = running.process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        kill_process(process.context("evens has stopped")?, Signal::TERM)?;
        let ended = timeout(Self::END_TIMEOUT, running.process.wait()).await;
        ended.context("evens does not stop")??;
        Ok(())
    }

    pub(crate) fn target(&self) -> anyhow::Result<Target> {
        Ok(Target::new(self.running()?.api, Dialect::Evens))
    }

    pub(crate) fn processes(&self) -> anyhow::Result<Vec<u32>> {
        Ok(vec![self.running()?.process.id().context("evens has stopped")?])
    }

    pub(crate) async fn fund(&self, count: u64, balance: Amount) -> anyhow::Result<Players> {
        let users = (1_000_u64..).take(usize::try_from(count)?).map_while(|number| UserId::new(number).ok());
        let players = Players::signed(&self.signer, users)?.context("no players")?;
        players.fund(&self.running()?.store, balance, "bench").await?;
        Ok(players)
    }

    /// The tokens of `count` users who do nothing else.
    pub(crate) fn tokens(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let users = (2_000_000_u64..).take(count).map_while(|number| UserId::new(number).ok());
        let (now, lifetime) = (Clock::system().now(), Duration::from_hours(1));
        let sign = |user| Ok(self.signer.sign(user, Role::Player, now, lifetime)?);
        users.map(sign).collect()
    }

    /// Accounts of two operators and a player, and the operators' tokens.
    pub(crate) async fn enrol_operators(
        &self,
        operators: [u64; 2],
        player: u64,
    ) -> anyhow::Result<[String; 2]> {
        let now = Clock::system().now();
        let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
        let staff = operators.map(|operator| (operator, Role::Operator));
        for (number, role) in staff.into_iter().chain([(player, Role::Player)]) {
            let phone = format!("+918{number:09}").parse()?;
            let bytes = number.to_be_bytes();
            let code = ReferralCode::from_random(std::array::from_fn(|place| bytes[place + 3]));
            let new = Account::register(UserId::new(number)?, phone, None, code, None, now);
            let account = Account { registration: Registration::Done, ..new };
            let store = &self.running()?.store;
            store.sign_up(&account, &nobodys).await?;
            if role != Role::Player {
                store.set_role(account.user, role, &role_line(account.user, role), now).await?;
            }
        }
        let sign = |operator| -> anyhow::Result<String> {
            Ok(self.signer.sign(UserId::new(operator)?, Role::Operator, now, Duration::from_hours(1))?)
        };
        let [one, other] = operators.map(sign);
        Ok([one?, other?])
    }

    /// The number of unsettled bets: unmatched ones, and both bets of each unsettled match. The bets of a benchmark
    /// have equal stakes, so none is both.
    pub(crate) async fn unsettled(&self) -> anyhow::Result<u64> {
        let store = &self.running()?.store;
        let mut unsettled = 0;
        for shard in store.layout().shards() {
            let mut start = None;
            loop {
                let page = store.sweep_waiting(shard, start).await?;
                unsettled += u64::try_from(page.found.len())?;
                start = page.next;
                if start.is_none() {
                    break;
                }
            }
            loop {
                let page = store.sweep_matches(shard, Since::Before(Timestamp::MAX), start).await?;
                unsettled += 2 * u64::try_from(page.found.len())?;
                start = page.next;
                if start.is_none() {
                    break;
                }
            }
        }
        Ok(unsettled)
    }

    /// Audits the books with the command; each bet must have ended. Returns the number of bets, and whether the books
    /// are clean.
    pub(crate) async fn verify(&self) -> anyhow::Result<Books> {
        #[derive(Deserialize)]
        struct Findings {
            verdict: String,
            counts: BTreeMap<String, u64>,
        }
        let mut command = Command::new(&self.binary);
        command.args(["verify", "--json", "--ended", "--data"]).arg(self.running()?.folder.path());
        let output = command.env("RUST_LOG", "warn").output().await.context("cannot run evens verify")?;
        let findings: Findings = serde_json::from_slice(&output.stdout).with_context(|| {
            format!("evens verify: {}: {}", output.status, String::from_utf8_lossy(&output.stderr))
        })?;
        let is_clean = output.status.success() && findings.verdict == "clean";
        if !is_clean {
            eprintln!("{}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(Books { bets: findings.counts.get("bets").copied().unwrap_or(0), is_clean })
    }

    /// The payment provider.
    pub(crate) fn bank(&self) -> anyhow::Result<&Bank> {
        Ok(&self.running()?.bank)
    }

    pub(crate) fn api(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.running()?.api)
    }

    /// The metrics of the process since its start.
    pub(crate) async fn counters(&self) -> anyhow::Result<Counters> {
        Counters::read(self.running()?.metrics.address).await
    }

    pub(crate) fn store(&self) -> anyhow::Result<&Store> {
        Ok(&self.running()?.store)
    }

    pub(crate) fn queues(&self) -> anyhow::Result<&Queues> {
        Ok(&self.running()?.queues)
    }

    /// Waits until all queues are empty, and returns the duration.
    pub(crate) async fn await_idle(&self, timeout: Duration) -> anyhow::Result<Duration> {
        let started = Instant::now();
        while self.messages().await? > 0 {
            ensure!(started.elapsed() < timeout, "the queues are not empty after {timeout:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(started.elapsed())
    }

    /// The number of messages in the queues, including those in flight.
    pub(crate) async fn messages(&self) -> anyhow::Result<u64> {
        use QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};
        let sqs = &self.running()?.sqs;
        let mut messages = 0;
        for queue in Queue::ALL {
            let url = sqs.get_queue_url().queue_name(queue.full_name("local")).send().await?.queue_url;
            let asked = sqs.get_queue_attributes().set_queue_url(url);
            let asked = asked
                .attribute_names(ApproximateNumberOfMessages)
                .attribute_names(ApproximateNumberOfMessagesNotVisible);
            for (_, count) in asked.send().await?.attributes.into_iter().flatten() {
                messages += count.parse::<u64>()?;
            }
        }
        Ok(messages)
    }

    fn running(&self) -> anyhow::Result<&EvensProcess> {
        self.running.as_ref().context("evens is not running")
    }
}

/// A folder that only its owner can read.
fn empty_folder() -> anyhow::Result<TempDir> {
    let private = Permissions::from_mode(0o700);
    tempfile::Builder::new().permissions(private).tempdir().context("cannot create a temporary folder")
}

/// The addresses, once all of them are known.
fn read_address(folder: &TempDir) -> Option<(Address, SocketAddr)> {
    let bytes = std::fs::read(folder.path().join(ADDRESSES)).ok()?;
    let address: Address = serde_json::from_slice(&bytes).ok()?;
    let api = address.api?;
    Some((address, api))
}

/// The audit line of an operator's role.
fn role_line(user: UserId, role: Role) -> Act {
    Act {
        actor: Actor::CommandLine,
        action: Action::SetRole,
        subject: user.to_string(),
        reason: "measured".to_owned(),
        before: Role::Player.to_string(),
        after: role.to_string(),
    }
}
