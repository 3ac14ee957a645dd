//! [`Process`]: the `evens` binary, built once, started in a folder, and ended in every way a process can end.

use crate::Sandbox;
use evens_runtime::Identity;
use serde::Deserialize;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::process::Child;
use tokio::time::{Instant, sleep, timeout};

/// The variable that names a binary that is built already, such as the one of a release.
const BINARY: &str = "EVENS_TESTS_BINARY";

/// The `evens` binary of this build. The first test to ask builds it.
pub fn binary() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::var_os(BINARY).map_or_else(|| built("evens"), PathBuf::from))
}

/// A binary of this workspace, built now, so that it is never an old one.
///
/// With the features of the whole workspace, which are those that `cargo test --workspace` has just built; and into the
/// folder above that of the test's own executable: `target/<profile>/deps`.
pub fn built(name: &str) -> PathBuf {
    let executable = std::env::current_exe().expect("the path of this test");
    let folder = executable.parent().and_then(Path::parent).expect("the folder of this build");
    let profile = match folder.file_name().and_then(|name| name.to_str()).expect("the profile of this build")
    {
        "debug" => "dev",
        name => name,
    };
    let target = folder.parent().expect("the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo tells this test of its crate is not for the build: ring's build script looks at it, and with ring most
    // of the workspace would be built again, and once more by whoever builds without it.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_") {
            cargo.env_remove(&variable);
        }
    }
    let built = cargo
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["build", "--quiet", "--workspace", "--bin", name, "--profile", profile, "--target-dir"])
        .arg(target)
        .status()
        .expect("cargo starts");
    assert!(built.success(), "{name} is not built");
    folder.join(name)
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

/// Where the parts of a running `evens` are, as it says in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Addresses {
    /// The table.
    pub dynamodb: String,
    /// The queues.
    pub sqs: String,
    /// What both ask for.
    pub access_key: String,
    /// The API, once it is served.
    pub api: Option<SocketAddr>,
    /// The sandbox provider, if one runs beside it.
    pub sandbox: Option<Sandbox>,
}

impl Addresses {
    /// Who may ask the engines.
    pub fn identity(&self) -> Identity {
        Identity::of_engines(&self.access_key)
    }

    /// The variables of a process whose engines these are.
    pub(crate) fn variables<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.as_str()),
            ("AWS_ENDPOINT_URL_SQS", self.sqs.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", self.access_key.as_str()),
            ("AWS_SECRET_ACCESS_KEY", "local"),
        ];
        variables.extend(more);
        variables
    }
}

/// A running `evens`. Dropped, it is killed.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
    served_after: Duration,
}

impl Process {
    /// How long a start, an end or a command may take on a busy machine.
    const DEADLINE: Duration = Duration::from_mins(2);

    /// The command with an environment that says hardly anything but `variables`.
    fn command(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).arg("--data").arg(folder.join("data"));
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("EVENS_"))
        {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "warn").env("NO_COLOR", "1");
        // Passwords at their price would take longer than everything else. Who asks for that sets the variable to
        // nothing.
        command.env("EVENS_ARGON2", "m=8,t=1,p=1");
        // Amounts to the last decimal, and as many bets as a test wants: what limits them has tests of its own.
        command.env("EVENS_STAKE_MIN", "0.00000001").env("EVENS_WAITING_BETS_MAX", "100000");
        // Rounds that open by themselves would be in every count of rounds.
        command.env("EVENS_QUICK_ROUND", "off");
        command.envs(variables.iter().copied()).stdin(Stdio::null());
        command
    }

    /// Runs a command of the binary to its end.
    pub async fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Exit {
        let mut command = tokio::process::Command::from(Self::command(folder, arguments, variables));
        command.kill_on_drop(true);
        let output = timeout(Self::DEADLINE, command.output()).await.expect("it ends").expect("evens starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Exit { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts to serve on a port of the system's choice, with its data and its log in `folder`; returns once it does.
    pub async fn serve(folder: &Path, variables: &[(&str, &str)]) -> (Self, Addresses) {
        let addresses = folder.join("data/engines.json");
        // What a killed process has left behind is not what this one says.
        let _ = fs::remove_file(&addresses);
        let mut process = Self::spawn(folder, "127.0.0.1:0", variables);
        let found = process
            .await_served(async || {
                let read = fs::read(&addresses).ok();
                let found = read.and_then(|bytes| serde_json::from_slice::<Addresses>(&bytes).ok());
                found.filter(|found| found.api.is_some())
            })
            .await;
        (process, found)
    }

    /// Starts to serve over engines that are not its own, at a port that was free a moment before; returns once it
    /// is healthy.
    pub async fn serve_over(
        folder: &Path,
        engines: &Addresses,
        variables: &[(&str, &str)],
    ) -> (Self, SocketAddr) {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let api = free.expect("a free port");
        let mut process = Self::spawn(folder, &api.to_string(), &engines.variables(variables));
        // It listens before it has found its engines; then it is healthy.
        let health = format!("http://{api}/health");
        let is_healthy = async || reqwest::get(&health).await.ok().filter(|answer| answer.status() == 200);
        process.await_served(is_healthy).await;
        (process, api)
    }

    fn spawn(folder: &Path, listen: &str, variables: &[(&str, &str)]) -> Self {
        let log = folder.join("stderr.log");
        let stderr = File::options().create(true).append(true).open(&log).expect("a log");
        let mut command = Self::command(folder, &["--listen", listen], variables);
        command.stdout(Stdio::null()).stderr(stderr);
        let mut command = tokio::process::Command::from(command);
        let child = command.kill_on_drop(true).spawn().expect("evens starts");
        Self { child, log, served_after: Duration::ZERO }
    }

    async fn await_served<T>(&mut self, mut served: impl AsyncFnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = served().await {
                self.served_after = started.elapsed();
                return found;
            }
            let ended = self.child.try_wait().expect("the state of a child");
            assert!(ended.is_none(), "evens ended with {ended:?} instead of serving:\n{}", self.log());
            assert!(started.elapsed() < Self::DEADLINE, "evens does not serve:\n{}", self.log());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// How long it took from its start until it served.
    pub fn served_after(&self) -> Duration {
        self.served_after
    }

    /// Sends it a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("a running child").to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill starts");
        assert!(sent.success(), "no signal was sent to {id}");
    }

    /// What it, and those that had this folder before it, wrote to stderr.
    pub fn log(&self) -> String {
        // What is being written meanwhile may end in half of a character.
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Ends it without warning.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a running child");
    }

    /// Asks it to end (`SIGTERM`) and says with which code it did.
    pub async fn terminate(self) -> Option<i32> {
        self.end_by("TERM").await
    }

    /// The same by another signal.
    pub async fn end_by(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        let ended = timeout(Self::DEADLINE, self.child.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("evens does not end:\n{}", self.log()));
        status.expect("the state of a child").code()
    }
}
