//! [`Process`]: the `evens` binary, built once, started in a folder, and ended in every possible way.

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

/// The variable that names an existing binary, such as a release.
const BINARY: &str = "EVENS_TESTS_BINARY";

/// The path of the `evens` binary. The first call builds it.
pub fn binary() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::var_os(BINARY).map_or_else(|| built("evens"), PathBuf::from))
}

/// A program of this workspace, built now, so that it is up to date.
///
/// It has the features of the whole workspace, so that it shares its dependencies with `cargo test --workspace`. The
/// programs of Lambda functions need one more feature.
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
    // The build must not see the variables that cargo set for this test. The build script of ring reads them, so most
    // of the workspace would be rebuilt now and again by the next build without them.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_") {
            cargo.env_remove(&variable);
        }
    }
    let features: &[&str] =
        if ["evens", "evens-bench"].contains(&name) { &[] } else { &["--features", "lambda"] };
    let built = cargo
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["build", "--quiet", "--workspace", "--bin", name, "--profile", profile])
        .args(features)
        .arg("--target-dir")
        .arg(target)
        .status()
        .expect("cargo starts");
    assert!(built.success(), "{name} is not built");
    folder.join(name)
}

/// The result of a process that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// The exit code, or `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The addresses of a running `evens`, from the file in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Addresses {
    pub dynamodb: String,
    pub sqs: String,
    /// The access key of both engines.
    pub access_key: String,
    /// The API, once it is served.
    pub api: Option<SocketAddr>,
    /// The sandbox provider, if one runs beside the process.
    pub sandbox: Option<Sandbox>,
}

impl Addresses {
    /// The identity that the engines accept.
    pub fn identity(&self) -> Identity {
        Identity::of_engines(&self.access_key)
    }

    /// The variables of a process that uses these engines.
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

/// A running `evens`. It is killed on drop.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
    served_after: Duration,
}

impl Process {
    /// The time limit of a start, an end or a command on a busy machine.
    const DEADLINE: Duration = Duration::from_mins(2);

    /// A command whose environment has little more than `variables`.
    fn command(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).arg("--data").arg(folder.join("data"));
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("EVENS_"))
        {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "warn").env("NO_COLOR", "1");
        // Password hashes at full cost would dominate the run time. Tests that need them set the variable to an empty
        // text.
        command.env("EVENS_ARGON2", "m=8,t=1,p=1");
        // Allows the smallest amounts and any number of bets. The limits have tests of their own.
        command.env("EVENS_STAKE_MIN", "0.00000001").env("EVENS_WAITING_BETS_MAX", "100000");
        // Rounds and jackpots that open by themselves would be in every count of them.
        command.env("EVENS_QUICK_ROUND", "off").env("EVENS_LOCAL_JACKPOTS", "off");
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

    /// Starts serving on a free port, with data and log in `folder`. Returns once the API is up.
    pub async fn serve(folder: &Path, variables: &[(&str, &str)]) -> (Self, Addresses) {
        Self::serve_on(folder, "127.0.0.1:0", variables).await
    }

    /// The same on this address.
    pub async fn serve_on(folder: &Path, listen: &str, variables: &[(&str, &str)]) -> (Self, Addresses) {
        let addresses = folder.join("data/engines.json");
        // The file may be a remnant of a killed process.
        let _ = fs::remove_file(&addresses);
        let mut process = Self::spawn(folder, listen, variables);
        let found = process
            .await_served(async || {
                let read = fs::read(&addresses).ok();
                let found = read.and_then(|bytes| serde_json::from_slice::<Addresses>(&bytes).ok());
                found.filter(|found| found.api.is_some())
            })
            .await;
        (process, found)
    }

    /// Starts serving over external engines, on a port that was free a moment before. Returns once the process is
    /// healthy.
    pub async fn serve_over(
        folder: &Path,
        engines: &Addresses,
        variables: &[(&str, &str)],
    ) -> (Self, SocketAddr) {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let api = free.expect("a free port");
        let mut process = Self::spawn(folder, &api.to_string(), &engines.variables(variables));
        // It listens before it has found its engines, and then becomes healthy.
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

    /// The time from start to serving.
    pub fn served_after(&self) -> Duration {
        self.served_after
    }

    /// Sends a signal such as `STOP`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("a running child").to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill starts");
        assert!(sent.success(), "no signal was sent to {id}");
    }

    /// The stderr of this process and of earlier ones with the same folder.
    pub fn log(&self) -> String {
        // A write in progress may end within a character.
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Kills the process.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a running child");
    }

    /// Sends `SIGTERM` and returns the exit code.
    pub async fn terminate(self) -> Option<i32> {
        self.end_by("TERM").await
    }

    /// The same with another signal.
    pub async fn end_by(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        let ended = timeout(Self::DEADLINE, self.child.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("evens does not end:\n{}", self.log()));
        status.expect("the state of a child").code()
    }
}
