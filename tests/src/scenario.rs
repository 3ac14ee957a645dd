//! [`Scenario`]: one running `evens` with its clients.

use crate::books::Books;
use crate::process::Addresses;
use crate::{Client, Document, Process, Sandbox};
use evens_audit::Fundings;
use evens_contracts::Queue;
use evens_ledger::UserId;
use evens_queues::Queues;
use evens_runtime::tokens::{Role, TokenSigner};
use evens_runtime::{Clients, Context, Endpoints, JobDone, ScheduleHandler, Settings};
use evens_verify::{HistoryVerification, Verifier};
use jiff::Timestamp;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Waits until the condition returns a value. Panics after `deadline`.
pub async fn await_until<T>(
    what: &str,
    deadline: Duration,
    mut condition: impl AsyncFnMut() -> Option<T>,
) -> T {
    let end = Instant::now() + deadline;
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(Instant::now() < end, "{what}: not within {deadline:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// One running `evens` with its own folder.
#[derive(Debug)]
pub struct Scenario {
    pub started: Timestamp,
    variables: &'static [(&'static str, &'static str)],
    process: Option<Process>,
    addresses: Addresses,
    /// The addresses at which the process reaches external engines.
    through: Option<Addresses>,
    signer: TokenSigner,
    http: reqwest::Client,
    document: Arc<Document>,
    context: Context,
    clients: Clients,
    // The last field, so that the process ends before its folder is removed.
    folder: TempDir,
}

impl Scenario {
    /// The time limit for pending work on a busy machine.
    pub const DEADLINE: Duration = Duration::from_mins(1);

    /// The user id of the operator.
    pub const OPERATOR: u64 = 900_001;
    /// The user id of the oracle.
    pub const ORACLE: u64 = 900_002;
    /// The user id of the cashier.
    pub const CASHIER: u64 = 900_010;
    /// The user id of the auditor.
    pub const AUDITOR: u64 = 900_011;
    /// The number of accounts at the start of a scenario: the four above.
    pub const STAFF: usize = 4;

    /// The audit log of today without the lines that give these accounts their roles.
    pub const AUDIT_LOG: &str = "/api/operator/audit?after=4";

    /// Starts a process with default settings.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts a process with these variables.
    pub async fn start_with(variables: &'static [(&'static str, &'static str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (process, addresses) = Process::serve(folder.path(), variables).await;
        Self::of_process(process, addresses, None, folder, variables).await
    }

    /// Starts a process with its data in that folder. The log is elsewhere, so that it can be read even if that disk is
    /// full.
    pub async fn start_in(data: &Path, variables: &'static [(&'static str, &'static str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        symlink(data, folder.path().join("data")).expect("a link");
        let (process, addresses) = Process::serve(folder.path(), variables).await;
        Self::of_process(process, addresses, None, folder, variables).await
    }

    /// Starts a process over external engines, which it reaches at `through`.
    pub async fn start_over(
        engines: Addresses,
        through: Addresses,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let migrated = Process::run(folder.path(), &["migrate"], &engines.variables(variables)).await;
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        let (process, api) = Process::serve_over(folder.path(), &through, variables).await;
        let addresses = Addresses { api: Some(api), ..engines };
        Self::of_process(process, addresses, Some(through), folder, variables).await
    }

    async fn of_process(
        process: Process,
        addresses: Addresses,
        through: Option<Addresses>,
        folder: TempDir,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        let started = Timestamp::now();
        let key = fs::read(folder.path().join("data/token-signing-key.pkcs8")).expect("the signing key");
        let settings = Settings::local();
        let signer = TokenSigner::from_pkcs8("local", &key, settings.token_issuer, settings.token_audience);
        let signer = signer.expect("a signing key");
        let (context, clients) = connect(&addresses, variables).await;
        let http = Client::http();
        let document = read_document(&http, &addresses).await;
        let process = Some(process);
        let scenario = Self {
            started,
            variables,
            process,
            addresses,
            through,
            signer,
            http,
            document,
            context,
            clients,
            folder,
        };
        scenario.enrol(Self::OPERATOR, Role::Operator).await;
        scenario.enrol(Self::ORACLE, Role::Oracle).await;
        scenario.enrol(Self::CASHIER, Role::Cashier).await;
        scenario.enrol(Self::AUDITOR, Role::Auditor).await;
        scenario
    }

    /// A player's client. The player has no account, which [`Scenario::signed_up`] creates, and no money, which
    /// [`Scenario::fund`] adds.
    pub fn player(&self, number: u64) -> Client {
        self.client(number, Role::Player)
    }

    /// A player's client with money in the wallet.
    pub async fn funded(&self, number: u64, amount: &str) -> Client {
        self.fund(number, amount).await;
        self.player(number)
    }

    pub fn operator(&self) -> Client {
        self.client(Self::OPERATOR, Role::Operator)
    }

    pub fn oracle(&self) -> Client {
        self.client(Self::ORACLE, Role::Oracle)
    }

    pub fn cashier(&self) -> Client {
        self.client(Self::CASHIER, Role::Cashier)
    }

    pub fn auditor(&self) -> Client {
        self.client(Self::AUDITOR, Role::Auditor)
    }

    /// A client whose token has this role, whatever the account's role.
    pub fn client(&self, number: u64, role: Role) -> Client {
        let user = UserId::new(number).expect("a user");
        let token = self.signer.sign(user, role, Timestamp::now(), Duration::from_hours(1));
        Client { token: Some(token.expect("a token")), ..self.anonymous(user) }
    }

    /// A client with this token.
    pub fn bearer(&self, token: impl Into<String>) -> Client {
        Client { token: Some(token.into()), ..self.anonymous(UserId::new(1).expect("a user")) }
    }

    /// A client without a token.
    pub fn visitor(&self) -> Client {
        self.anonymous(UserId::new(1).expect("a user"))
    }

    fn anonymous(&self, user: UserId) -> Client {
        let (http, document) = (self.http.clone(), self.document.clone());
        Client { user, token: None, api: self.api(), http, document }
    }

    /// The signer of this system's tokens.
    pub fn signer(&self) -> &TokenSigner {
        &self.signer
    }

    pub fn api(&self) -> SocketAddr {
        self.addresses.api.expect("an API")
    }

    /// The address of the console, which the log of a scenario with `EVENS_CONSOLE_LISTEN` and `RUST_LOG=info` names.
    pub async fn console(&self) -> SocketAddr {
        await_until("the address of the console", Self::DEADLINE, async || {
            let log = self.log();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            let mut found = lines.filter(|line| {
                line["message"].as_str().unwrap_or_default().starts_with("Serving the console on http://")
            });
            found.next().and_then(|line| line["address"].as_str()?.parse().ok())
        })
        .await
    }

    /// The sandbox provider beside the process.
    pub fn sandbox(&self) -> &Sandbox {
        self.sandbox_if_any().expect("a sandbox provider")
    }

    pub(crate) fn sandbox_if_any(&self) -> Option<&Sandbox> {
        self.addresses.sandbox.as_ref()
    }

    /// The folder with the log and the folder `data`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The process's stderr.
    pub fn log(&self) -> String {
        self.process.as_ref().map(Process::log).unwrap_or_default()
    }

    /// The engines of the process, for actions behind its back and for handlers that run beside its own.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The queue client, for calls that the system itself never makes.
    pub fn sqs(&self) -> &aws_sdk_sqs::Client {
        &self.clients.sqs
    }

    /// The table client, for items that the system itself never writes.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.clients.dynamodb
    }

    /// Credits money from the house to a wallet.
    pub async fn fund(&self, number: u64, amount: &str) {
        let user = UserId::new(number).expect("a user");
        let order = format!("fund-{number}-{}", Timestamp::now().as_nanosecond());
        let amount = amount.parse().expect("an amount");
        let funded = self.context.store.fund_wallet(user, amount, &order, Timestamp::now()).await;
        // An answer may be lost. The order id is unique, so an existing order is this one.
        assert!(funded.is_ok(), "{funded:?}");
    }

    /// Kills the process. [`Scenario::restart`] starts the next one.
    pub async fn kill_9(&mut self) {
        self.process.take().expect("a running process").kill().await;
    }

    /// Starts a process while its engines are away: it logs an error and exits.
    pub async fn fail_to_start(&self) {
        let through = self.through.as_ref().expect("engines that are not the process's own");
        let variables = through.variables(self.variables);
        let exit = Process::run(self.folder(), &["--listen", "127.0.0.1:0"], &variables).await;
        assert_eq!(exit.code, Some(1), "{exit:?}");
        assert!(exit.stderr.contains("hint:"), "{exit:?}");
    }

    /// The time from the process's start to serving.
    pub fn served_after(&self) -> Duration {
        self.process.as_ref().expect("a running process").served_after()
    }

    /// Sends the process a signal such as `STOP`.
    pub fn signal(&self, name: &str) {
        self.process.as_ref().expect("a running process").signal(name);
    }

    /// Stops the process, which must end in time and without an error.
    pub async fn stop(&mut self) {
        self.stop_by("TERM").await;
    }

    /// The same with another signal.
    pub async fn stop_by(&mut self, signal: &str) {
        let code = self.process.take().expect("a running process").end_by(signal).await;
        assert_eq!(code, Some(0), "the end of a process that was asked to end");
    }

    /// The same with other variables.
    pub async fn restart_with(&mut self, variables: &'static [(&'static str, &'static str)]) {
        self.variables = variables;
        self.restart().await;
    }

    /// Starts a process over the same data. Existing clients do not know its address.
    pub async fn restart(&mut self) {
        if self.process.is_some() {
            self.stop().await;
        }
        let folder = self.folder.path();
        let (process, addresses) = match &self.through {
            None => Process::serve(folder, self.variables).await,
            Some(through) => {
                let (process, api) = Process::serve_over(folder, through, self.variables).await;
                (process, Addresses { api: Some(api), ..self.addresses.clone() })
            }
        };
        (self.process, self.addresses) = (Some(process), addresses);
        (self.context, self.clients) = connect(&self.addresses, self.variables).await;
        self.document = read_document(&self.http, &self.addresses).await;
    }

    /// Reads the whole table.
    pub async fn books(&self) -> Books {
        Books::read(&self.context.store).await.expect("the table")
    }

    /// Waits until everything has ended except unmatched bets, and checks the books.
    pub async fn await_ended(&self) -> Books {
        self.await_ended_within(Self::DEADLINE).await
    }

    /// The public view of an ended round, once its seed is public.
    pub async fn await_published(&self, round: &str) -> serde_json::Value {
        let path = format!("/api/rounds/{round}");
        crate::await_until("a public seed", Self::DEADLINE, async || {
            let body = self.visitor().get(&path).await.expect(200);
            body["data"]["seed"].is_string().then_some(body)
        })
        .await
    }

    /// The same with another time limit.
    pub async fn await_ended_within(&self, deadline: Duration) -> Books {
        let end = Instant::now() + deadline;
        loop {
            let is_idle = self.is_idle().await;
            if is_idle {
                let books = self.books().await;
                if books.unended() == 0 {
                    assert_eq!(books.violations(), [""; 0]);
                    return books;
                }
            }
            if Instant::now() >= end {
                let books = self.books().await;
                let (unended, waiting) = (books.unended(), books.waiting.len());
                panic!(
                    "{unended} bets and matches have not ended within {deadline:?}, {waiting} of them wait"
                );
            }
            sleep(Duration::from_millis(if is_idle { 200 } else { 50 })).await;
        }
    }

    /// Ends the scenario. All queues must be empty, the books in order, no job given up, and the log free of errors.
    /// The process must stop cleanly.
    pub async fn finish(self) -> Books {
        self.finish_despite(&[]).await
    }

    /// The same, but log errors that contain one of these texts are permitted.
    pub async fn finish_despite(self, expected: &[&str]) -> Books {
        self.await_idle().await;
        for queue in Queue::ALL {
            assert_eq!(self.dead_letters(queue).await, 0, "dead letters of {}", queue.name());
        }
        self.end(expected).await
    }

    /// The same as [`Self::finish`], but jobs may have been given up, as jobs are that were under way at three ends of
    /// a process.
    pub async fn finish_with_dead_letters(self) -> Books {
        self.await_idle().await;
        self.end(&[]).await
    }

    async fn end(mut self, expected: &[&str]) -> Books {
        let books = self.books().await;
        // Runs the auditor's command beside the running system.
        let arguments: &[&str] =
            if books.unended() == 0 { &["verify", "--json", "--ended"] } else { &["verify", "--json"] };
        let verified = match self.through {
            None => Process::run(self.folder(), arguments, self.variables).await,
            Some(_) => {
                Process::run(self.folder(), arguments, &self.addresses.variables(self.variables)).await
            }
        };
        assert_eq!(verified.code, Some(0), "{arguments:?}: {verified:#?}");
        // Runs the scheduled verification too, which gets no secret: of all books, and of recent movements.
        for verifier in [Verifier::beside_others(), Verifier::beside_others().holding(usize::MAX, 0)] {
            let looked = verifier.run(self.context(), Timestamp::now()).await;
            let looked = looked.expect("the schedule looks at the books");
            assert_eq!(looked, JobDone("verified the books without violations"));
        }
        let history = HistoryVerification {
            store: &self.context().store,
            fundings: Fundings::Permitted,
            page: 100,
            entries_max: 8,
        };
        let (_, found) = history.run(Timestamp::now()).await.expect("the history is read");
        assert!(found.offenders() == 0, "{:?} {:?}", found.report.violations(), found.unreadable);
        let log = self.log();
        let is_expected = |line: &str| expected.iter().any(|text| line.contains(text));
        let is_error = |line: &str| line.contains("ERROR") || line.contains("panicked");
        let errors: Vec<_> = log.lines().filter(|line| is_error(line) && !is_expected(line)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        self.stop().await;
        books
    }
}

/// Prints the end of the process's log if a test fails.
impl Drop for Scenario {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().filter(|line| is_telling(line)).collect();
            let last = &lines[lines.len().saturating_sub(40)..];
            eprintln!("---- the end of what evens wrote to stderr\n{}", last.join("\n"));
        }
    }
}

/// Skips the banner, and warnings about a slow machine.
fn is_telling(line: &str) -> bool {
    (line.contains("WARN") || line.contains("ERROR") || line.contains("panicked"))
        && !line.contains("Slow request")
}

async fn connect(addresses: &Addresses, variables: &[(&str, &str)]) -> (Context, Clients) {
    let endpoints = Endpoints {
        dynamodb: Some(addresses.dynamodb.clone()),
        sqs: Some(addresses.sqs.clone()),
        ..Endpoints::default()
    };
    let settings = Settings::from_lookup(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    let settings = settings.expect("settings");
    let identity = addresses.identity();
    let clients = Clients::connect_as(&identity, &endpoints).expect("clients");
    // Engines may need a while if their process was just killed or they were taken away.
    let context = crate::await_until("engines that answer", Scenario::DEADLINE, async || {
        let queues = Queues::resolve(clients.sqs.clone(), settings.stage.as_str()).await.ok()?;
        let context = Context::from_settings_as(&identity, settings.clone(), &endpoints).await.ok()?;
        Some(Context { queues, ..context })
    })
    .await;
    (context, clients)
}

async fn read_document(http: &reqwest::Client, addresses: &Addresses) -> Arc<Document> {
    let api = addresses.api.expect("an API");
    let healthy = http.get(format!("http://{api}/health")).send().await.expect("an answer");
    assert_eq!(healthy.status(), 200, "the health of a process that serves");
    let answer = http.get(format!("http://{api}/openapi.json")).send().await.expect("an answer");
    Arc::new(Document(answer.json().await.expect("a document")))
}
