//! [`System`]: an `evens` process with its own data folder, which tests call like any client.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, config};
use evens_audit_log::{Act, Action, Actor};
use evens_ledger::UserId;
use evens_players::{Account, ReferralCode, Registration, Role};
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Clock, Settings};
use evens_store::{PasswordHash, Store};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::Permissions;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) type Record = HashMap<String, AttributeValue>;

const TABLE: &str = "evens-local";
const PATIENCE: Duration = Duration::from_mins(2);

/// A data folder, and the `evens` process that runs on it, if one is started.
pub(crate) struct System {
    folder: TempDir,
    server: Option<Child>,
    http: reqwest::Client,
}

/// Output and exit code of a command.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl CommandOutput {
    fn of(Output { status, stdout, stderr }: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: status.code().expect("it was not killed"), out: text(stdout), err: text(stderr) }
    }
}

impl System {
    /// A folder without a running process.
    pub(crate) fn new() -> Self {
        let private = Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(private).tempdir().expect("a folder");
        Self { folder, server: None, http: reqwest::Client::new() }
    }

    pub(crate) async fn started() -> Self {
        let mut system = Self::new();
        system.start().await;
        system
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evens"));
        let configured = std::env::vars().map(|(name, _)| name);
        for name in configured.filter(|name| name.starts_with("AWS_") || name.starts_with("EVENS_")) {
            command.env_remove(name);
        }
        command.args(arguments).arg("--data").arg(self.folder.path()).env("NO_COLOR", "1");
        // The tests count rounds and jackpots.
        command.env("EVENS_QUICK_ROUND", "off").env("EVENS_LOCAL_JACKPOTS", "off");
        command
    }

    pub(crate) async fn start(&mut self) {
        let log = File::create(self.folder.path().join("log")).expect("a log");
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        self.server = Some(server.expect("evens starts"));
        self.wait_for("the API", async || self.engines().get("api").is_some_and(Value::is_string)).await;
        let store = Store::new(self.engine(), TABLE.to_owned());
        for user in [1, 2] {
            let (id, order) = (UserId::new(user).expect("a user"), format!("first-{user}"));
            let amount = "1000".parse().expect("an amount");
            store.fund_wallet(id, amount, &order, Clock::system().now()).await.expect("it is funded");
        }
    }

    /// Stops the server and lets it finish its work.
    pub(crate) fn stop(&mut self) {
        let mut server = self.server.take().expect("it runs");
        let asked = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
        assert!(asked.expect("kill runs").success());
        assert!(server.wait().expect("it ends").success(), "it stops in order: {}", self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn engines(&self) -> Value {
        let read = fs::read(self.folder.path().join("engines.json")).unwrap_or_default();
        serde_json::from_slice(&read).unwrap_or_default()
    }

    pub(crate) async fn wait_for(&self, what: &str, is_there: impl AsyncFn() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_there().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(waited.await.is_ok(), "waited too long for {what}: {}", self.log());
    }

    /// Runs a command on the folder of the system.
    pub(crate) fn run(&self, arguments: &[&str]) -> CommandOutput {
        CommandOutput::of(self.command(arguments).output().expect("it runs"))
    }

    /// Runs a command and repeats `happen` until it ends, at least once.
    pub(crate) async fn run_while(&self, arguments: &[&str], mut happen: impl AsyncFnMut()) -> CommandOutput {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        loop {
            happen().await;
            if child.try_wait().expect("it can be asked").is_some() {
                return CommandOutput::of(child.wait_with_output().expect("it ended"));
            }
        }
    }

    /// `evens verify --json`: the exit code and the object.
    pub(crate) fn verify(&self) -> (i32, Value) {
        self.verify_with(&[])
    }

    /// The same with these options.
    pub(crate) fn verify_with(&self, options: &[&str]) -> (i32, Value) {
        let said = self.run(&[&["verify", "--json"], options].concat());
        let object = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
        (said.code, object)
    }

    /// A token signed with the key in the folder. Roles other than player also need an account.
    async fn token(&self, user: u64, role: Role) -> String {
        let id = UserId::new(user).expect("a user");
        let now = Clock::system().now();
        if role != Role::Player {
            self.enrol(id, role, now).await;
        }
        let key = fs::read(self.folder.path().join("token-signing-key.pkcs8")).expect("a key");
        let Settings { token_issuer, token_audience, .. } = Settings::local();
        let signer = TokenSigner::from_pkcs8("local", &key, token_issuer, token_audience);
        signer.expect("a key").sign(id, role, now, Duration::from_hours(1)).expect("a token")
    }

    /// Creates an account with no bonus owed, and gives it that role as the operator's command does.
    async fn enrol(&self, user: UserId, role: Role, now: Timestamp) {
        let phone = format!("+9190000{:05}", user.number()).parse().expect("a phone number");
        let [code, ..] = user.number().to_le_bytes();
        let code = ReferralCode::from_random([code; 5]);
        let account = Account::register(user, phone, None, code, None, now);
        let account = Account { registration: Registration::Done, ..account };
        let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
        let store = Store::new(self.engine(), TABLE.to_owned());
        store.sign_up(&account, &nobodys).await.expect("it is written, or was before");
        let known = store.load_account(user).await.expect("a read").expect("the account");
        if known.role == role {
            return;
        }
        let act = Act {
            actor: Actor::CommandLine,
            action: Action::SetRole,
            subject: user.to_string(),
            reason: "by a test".to_owned(),
            before: known.role.to_string(),
            after: role.to_string(),
        };
        store.set_role(user, role, &act, now).await.expect("a role");
    }

    /// Posts to the API and expects success.
    pub(crate) async fn post(&self, user: u64, role: Role, path: &str, body: &Value) -> Value {
        let api = self.engines()["api"].as_str().expect("it runs").to_owned();
        let request = self.http.post(format!("http://{api}{path}")).bearer_auth(self.token(user, role).await);
        let request = request.header("Content-Type", "application/json").body(body.to_string());
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub(crate) async fn bet(&self, user: u64, round: &str, side: &str, amount: u64) {
        let body = json!({ "roundId": round, "side": side, "amount": amount });
        self.post(user, Role::Player, "/api/bets", &body).await;
    }

    pub(crate) async fn wait_for_matches(&self, round: &str, state: &str, count: usize) {
        let is_there = async || {
            let matches = self.records("match").await;
            let found =
                matches.iter().filter(|found| text(found, "round") == round && text(found, "state") == state);
            found.count() == count
        };
        self.wait_for(&format!("{count} {state} matches of {round}"), is_there).await;
    }

    /// A client of the engine itself, without any rules in between.
    fn engine(&self) -> Client {
        let engines = self.engines();
        let said = |name: &str| engines[name].as_str().expect("it runs");
        let config = config::Builder::new()
            .behavior_version(config::BehaviorVersion::latest())
            .region(config::Region::new("us-east-1"))
            .credentials_provider(config::Credentials::new(said("access_key"), "any", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(said("dynamodb"));
        Client::from_conf(config.build())
    }

    /// The items of a kind, ordered by key.
    pub(crate) async fn records(&self, kind: &str) -> Vec<Record> {
        let scanned = self.engine().scan().table_name(TABLE).consistent_read(true).send().await;
        let items = scanned.expect("small enough for one page").items.unwrap_or_default();
        let mut records: Vec<_> = items.into_iter().filter(|item| text(item, "kind") == kind).collect();
        records.sort_by_key(|item| (text(item, "pk"), text(item, "sk")));
        records
    }

    /// Overwrites one attribute of the first item of a kind.
    pub(crate) async fn corrupt(&self, kind: &str, name: &str, value: AttributeValue) {
        let mut record = self.records(kind).await.swap_remove(0);
        let replaced = record.insert(name.to_owned(), value);
        assert!(replaced.is_some(), "{record:?}");
        let put = self.engine().put_item().table_name(TABLE).set_item(Some(record));
        put.send().await.expect("it is put");
    }

    /// Deletes the first item of a kind.
    pub(crate) async fn delete(&self, kind: &str) {
        let record = self.records(kind).await.swap_remove(0);
        let delete = self.engine().delete_item().table_name(TABLE);
        let delete = delete.key("pk", record["pk"].clone()).key("sk", record["sk"].clone());
        delete.send().await.expect("it is deleted");
    }
}

impl Drop for System {
    /// A failed test leaves no process behind.
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

pub(crate) fn text(record: &Record, name: &str) -> String {
    match record.get(name) {
        Some(AttributeValue::S(text) | AttributeValue::N(text)) => text.clone(),
        _ => String::new(),
    }
}

pub(crate) fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn number(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}
