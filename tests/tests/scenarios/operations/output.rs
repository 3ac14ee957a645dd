//! The output of commands: a closed pipe, a full disk, and a command that is repeated.

use crate::operations::user_commands::{PHONE, run, signed_up};
use evens_tests::{Scenario, binary};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a command with this stdout and stderr. Returns its exit code and its stderr, if that is a pipe.
fn run_into(arguments: &[&str], stdout: impl Into<Stdio>, stderr: impl Into<Stdio>) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    command.args(arguments).env("RUST_LOG", "warn").env("NO_COLOR", "1").stdin(Stdio::null());
    let output = command.stdout(stdout).stderr(stderr).spawn().unwrap().wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// A pipe whose reader is gone.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// `evens key generate | true`: the reader wants no more, so the command ends as it would otherwise.
#[test]
fn a_closed_pipe_ends_no_command() {
    let (code, stderr) = run_into(&["key", "generate"], closed_pipe(), Stdio::piped());
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    let (code, _) = run_into(&["key", "generate"], closed_pipe(), closed_pipe());
    assert_eq!(code, Some(0));
    let missing = ["import-referrals", "/nowhere/referrals.csv"];
    let (code, _) = run_into(&missing, Stdio::null(), closed_pipe());
    assert_eq!(code, Some(1));
}

/// Every write to `/dev/full` fails as on a full disk.
#[test]
fn a_full_disk_is_one_line_and_a_code() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (code, stderr) = run_into(&["key", "generate"], full, Stdio::piped());
    assert_eq!(code, Some(3), "{stderr}");
    let errors: Vec<_> = stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    let [error] = errors[..] else { panic!("{stderr}") };
    assert!(error.starts_with("error: the output could not be written: "), "{error}");
}

/// Runs a script of the shell, with a small file system of its own mounted in the folder `$1`.
fn run_on_small_disk(folder: &Path, script: &str, arguments: &[&str]) -> Output {
    let script = format!("mount -t tmpfs -o size=8m tmpfs \"$1\" || exit 99; {script}");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]).arg(folder);
    command.args(arguments).env("RUST_LOG", "off").env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().unwrap()
}

/// A start on a full disk says so, with a new data folder and with an existing one.
#[test]
fn a_start_on_a_full_disk_names_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("unshare").arg("--version").output().is_err()
        || !run_on_small_disk(folder.path(), "true", &[]).status.success()
    {
        eprintln!("SKIPPED: cannot mount a file system; needs unshare and user namespaces");
        return;
    }
    let evens = binary().to_str().unwrap();
    let fill = "head -c 16M /dev/zero > \"$1/filler\" 2> /dev/null";
    let start = "exec \"$2\" --listen 127.0.0.1:0 --data \"$1/data\"";
    let before = "\"$2\" user list --data \"$1/data\" > /dev/null || exit 98";
    for script in [format!("{fill}; {start}"), format!("{before}; {fill}; {start}")] {
        let ended = run_on_small_disk(folder.path(), &script, &[evens]);
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{script}: {stderr}");
        let said = format!("error: the disk of the data folder {}/data is full: ", folder.path().display());
        assert!(stderr.lines().any(|line| line.starts_with(&said)), "{script}: {stderr}");
        assert!(stderr.contains("hint: free some space on it and start again"), "{script}: {stderr}");
    }
}

/// The answer of `fund` was lost, so the operator repeats it. The wallet is credited once.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_fund_credits_once() {
    let scenario = Scenario::start().await;
    let player = signed_up(&scenario, PHONE, None).await;
    let fund = ["fund", "--phone", PHONE, "--amount", "12.50"];
    for (more, balance, said) in [
        (&[][..], 12.5, "Credited 12.5"),
        (&[], 12.5, "Nothing changed. Another credit needs another --order."),
        (&["--order", "second"], 25.0, "Credited 12.5"),
    ] {
        let ran = run(&scenario, &[&fund, more].concat()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
        assert_eq!(player.me().await["walletBalance"].as_f64(), Some(balance), "{}", ran.stdout);
    }
    scenario.finish().await;
}
