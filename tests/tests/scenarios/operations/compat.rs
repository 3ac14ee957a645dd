//! The process itself: starting, refusing to start, ending, and the commands beside it.

use crate::operations::user_commands::{PASSWORD, PHONE, run, signed_up};
use evens_tests::{Process, Scenario, binary};
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn running_requests_are_answered_before_the_process_ends() {
    let mut scenario = Scenario::start().await;
    let mut players = Vec::new();
    for number in 0..30 {
        players.push(scenario.funded(100 + number, "10").await);
    }
    let bets: Vec<_> = players
        .iter()
        .cloned()
        .map(|player| {
            tokio::spawn(async move { player.send_if_alive(player.bet_request("r", "A", "1")).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    scenario.stop().await;
    assert!(started.elapsed() < Duration::from_secs(30));
    let mut answered = 0;
    for bet in bets {
        if let Some(answer) = bet.await.unwrap() {
            answer.expect(202);
            answered += 1;
        }
    }
    assert!(!scenario.folder().join("data/engines.json").exists());
    scenario.restart().await;
    assert_eq!(
        scenario.books().await.bets.len(),
        answered,
        "bets that were taken, and bets that were answered"
    );
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_after_a_restart() {
    let mut scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let placed = player.bet("r", "A", "40").await;
    scenario.await_idle().await;
    let before = scenario.books().await;
    scenario.restart().await;
    assert_eq!(scenario.books().await, before);
    let player = scenario.player(41);
    assert_eq!(player.balance().await.to_string(), "60");
    assert_eq!(player.read_bet(&placed.bet_id).await["status"], "PENDING");
    let opponent = scenario.funded(42, "40").await;
    opponent.bet("r", "B", "40").await;
    scenario.await_ended().await;
    scenario.kill_9().await;
    scenario.restart().await;
    assert_eq!(scenario.player(41).read_bet(&placed.bet_id).await["status"], "SETTLED");
    scenario.finish().await;
}

/// As with a full disk: log lines are lost, and nothing else happens.
#[tokio::test(flavor = "multi_thread")]
async fn an_unwritable_log_delays_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("stderr.log")).unwrap();
    let (process, addresses) = Process::serve(folder.path(), &[("RUST_LOG", "debug")]).await;
    let api = addresses.api.unwrap();
    for (path, status) in [("health", 200), ("api/wallet", 401), ("api/rounds/none", 404)] {
        let answer = reqwest::get(format!("http://{api}/{path}")).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    assert_eq!(process.terminate().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_has_one_process() {
    let scenario = Scenario::start().await;
    let second = Process::run(scenario.folder(), &["--listen", "127.0.0.1:0"], &[]).await;
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.contains("another evens process uses the data folder"), "{}", second.stderr);
    assert!(second.stderr.contains("--data"), "the hint: {}", second.stderr);
    assert_eq!(second.stdout, "");
    // The first process is unaffected, and commands work beside it.
    let player = signed_up(&scenario, PHONE, None).await;
    let fund = ["fund", "--phone", "98765 00001", "--amount", "12.50", "--order", "o"];
    let funded = run(&scenario, &fund).await;
    assert_eq!(funded.code, Some(0), "{}", funded.stderr);
    assert!(funded.stdout.contains("Credited 12.5 to user"), "{}", funded.stdout);
    let id = player.user.to_string();
    let repeated = run(&scenario, &["fund", "--user", &id, "--amount", "12.50", "--order", "o"]).await;
    assert_eq!(repeated.code, Some(0), "{}", repeated.stderr);
    assert!(repeated.stdout.contains("Nothing changed"), "{}", repeated.stdout);
    let wallet = player.get("/api/wallet").await;
    assert_eq!(
        (wallet.amount("data.balance").to_string(), &wallet.json()["data"]["userId"]),
        ("12.5".to_owned(), &player.user.number().into())
    );
    scenario.finish().await;
}

/// The machine's clock stepped back over a restart. Times in the books do not go back, and a clock that is far behind
/// is reported.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_stepped_back_does_not_turn_the_books_back() {
    let mut scenario = Scenario::start().await;
    scenario.funded(41, "100").await.bet("r", "A", "10").await;
    scenario.await_idle().await;
    scenario.stop().await;
    let (file, now) = (scenario.folder().join("data/clock"), jiff::Timestamp::now());
    let kept: jiff::Timestamp = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    assert!(kept.duration_since(now).abs() < jiff::SignedDuration::from_mins(1), "{kept}");
    let ahead = now + jiff::SignedDuration::from_hours(3);
    std::fs::write(&file, ahead.to_string()).unwrap();
    let exit = Process::run(scenario.folder(), &["--listen", "127.0.0.1:0"], &[]).await;
    assert_eq!(exit.code, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("the clock of this machine is 2h 59m"), "{}", exit.stderr);
    let ahead = now + jiff::SignedDuration::from_mins(2);
    std::fs::write(&file, ahead.to_string()).unwrap();
    scenario.restart().await;
    scenario.funded(42, "40").await.bet("r", "B", "10").await;
    scenario.await_idle().await;
    let books = scenario.books().await;
    assert_eq!(books.bets.len(), 2);
    assert!(books.bets.values().any(|bet| bet.placed_at >= ahead), "{books:?}");
    scenario.finish_despite(&["The clock of this machine is"]).await;
}

/// A host name is resolved, as other servers do.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_can_be_listened_on() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let wanted = format!("localhost:{}", taken.local_addr().unwrap().port());
    drop(taken);
    let (process, found) = Process::serve_on(folder.path(), &wanted, &[]).await;
    assert!(found.api.is_some_and(|api| api.ip().is_loopback()), "{found:?}");
    process.kill().await;
    for unknown in ["localhost", "host.invalid:8080", "127.0.0.1:port"] {
        let exit = Process::run(folder.path(), &["--listen", unknown], &[]).await;
        assert_eq!(exit.code, Some(1), "{unknown}: {exit:?}");
        assert!(exit.stderr.contains(&format!("cannot listen on {unknown}")), "{}", exit.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let exit = Process::run(folder.path(), &["--listen", &address], &[]).await;
    assert_eq!(exit.code, Some(1));
    assert!(exit.stderr.contains(&format!("cannot listen on {address}")), "{}", exit.stderr);
    assert!(exit.stderr.contains("--listen"), "the hint: {}", exit.stderr);
    assert!(!folder.path().join("data").exists(), "a start that failed has made a folder");
}

/// The items of another layout would be invisible to this version, and the table would seem empty.
#[tokio::test]
async fn a_folder_of_another_version_is_refused() {
    for layout in [None, Some("1")] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(data.join("dynamodb.sqlite"), "").unwrap();
        if let Some(layout) = layout {
            std::fs::write(data.join("layout"), layout).unwrap();
        }
        let exit = Process::run(folder.path(), &["user", "list"], &[]).await;
        assert_eq!(exit.code, Some(1), "{exit:?}");
        assert!(exit.stderr.contains("was created by an incompatible version"), "{exit:?}");
        assert!(exit.stderr.contains("hint: choose another folder with --data"), "{exit:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_used_are_named() {
    let rows = [
        ("EVENS_STAGE", "moon", "moon"),
        ("EVENS_STAGE", "prod", "EVENS_TOKEN_PUBLIC_KEYS"),
        ("EVENS_REFUND_AFTER_SECONDS", "soon", "EVENS_REFUND_AFTER_SECONDS"),
        ("EVENS_REFUND_AFTER_SECONDS", "0", "EVENS_REFUND_AFTER_SECONDS"),
        ("EVENS_TOKEN_PUBLIC_KEYS", "k", "EVENS_TOKEN_PUBLIC_KEYS"),
    ];
    for (name, value, said) in rows {
        let folder = tempfile::tempdir().unwrap();
        let exit = Process::run(folder.path(), &["--listen", "127.0.0.1:0"], &[(name, value)]).await;
        assert_eq!(exit.code, Some(1), "{name}={value}: {}", exit.stderr);
        assert!(exit.stderr.contains(said), "{name}={value}: {}", exit.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn players_of_evens_play_sign_up_like_all_others() {
    let scenario = Scenario::start().await;
    let played = run(&scenario, &["play", "--users", "10", "--bets", "40"]).await;
    assert_eq!(played.code, Some(0), "{}\n{}", played.stdout, played.stderr);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let rows: Vec<_> = played.stdout.lines().map(words).collect();
    for row in [
        "bonus of 25 10 10",
        "attendance today 10 10",
        "referrals of the first 5 5",
        "tokens refreshed 10 10",
        "not ended 0",
    ] {
        assert!(rows.iter().any(|said| said == row), "{row}: {}", played.stdout);
    }
    // Stakes are random and may exceed a player's balance.
    let count = |name: &str| rows.iter().find_map(|row| row.strip_prefix(name)?.trim().parse::<u32>().ok());
    assert_eq!(count("accepted").unwrap() + count("refused: balance too low").unwrap(), 40);
    assert!(played.stdout.contains("The books are in order."), "{}", played.stdout);
    // The next run creates new players.
    let again = run(&scenario, &["play", "--users", "2", "--bets", "2"]).await;
    assert_eq!(again.code, Some(0), "{}\n{}", again.stdout, again.stderr);
    scenario.finish().await;
}

/// A run works against a server with default limits.
#[tokio::test(flavor = "multi_thread")]
async fn players_of_a_run_stake_what_is_taken() {
    const LEAST: &[(&str, &str)] = &[("EVENS_STAKE_MIN", "")];
    let scenario = Scenario::start_with(LEAST).await;
    let played = Process::run(
        scenario.folder(),
        &["play", "--users", "4", "--bets", "60", "--stake-max", "1.10"],
        LEAST,
    )
    .await;
    assert_eq!(played.code, Some(0), "{}\n{}", played.stdout, played.stderr);
    assert!(!played.stdout.contains("refused: status"), "{}", played.stdout);
    let low = ["play", "--users", "2", "--bets", "2", "--stake-max", "0.50"];
    let refused = Process::run(scenario.folder(), &low, LEAST).await;
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    assert!(
        refused.stderr.contains("the maximum stake, 0.5, is below the minimum stake, 1"),
        "{}",
        refused.stderr
    );
    scenario.finish().await;
}

/// The payee keys that stages other than the local one require. No payout is made here.
const PAYEE_KEYS: &str = "payees:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// The private and the public key that `evens key generate` prints.
async fn generated(kid: &str) -> (String, String) {
    let mut command = tokio::process::Command::new(binary());
    let output = command.args(["key", "generate", "--kid", kid]).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let private = stdout.trim_end().strip_prefix("EVENS_TOKEN_SIGNING_KEY=").unwrap().to_owned();
    let public = stderr.trim_end().strip_prefix("EVENS_TOKEN_PUBLIC_KEYS=").unwrap().to_owned();
    for half in [&private, &public] {
        assert!(half.starts_with(&format!("{kid}:")) && !half.contains('\n'), "{half}");
    }
    (private, public)
}

/// Runs `each` beside a process of the stage dev.
async fn beside_dev<T>(
    folder: &std::path::Path,
    keys: [&str; 2],
    each: impl AsyncFnOnce(SocketAddr) -> T,
) -> T {
    let [signing_key, public_keys] = keys;
    let variables = [
        ("EVENS_STAGE", "dev"),
        ("EVENS_ARGON2", ""),
        ("EVENS_TOKEN_SIGNING_KEY", signing_key),
        ("EVENS_TOKEN_PUBLIC_KEYS", public_keys),
        ("EVENS_PAYEE_KEYS", PAYEE_KEYS),
    ];
    let (process, addresses) = Process::serve(folder, &variables).await;
    let came_of_it = each(addresses.api.unwrap()).await;
    assert_eq!(process.terminate().await, Some(0));
    came_of_it
}

async fn session(api: SocketAddr, step: &str) -> String {
    let body = json!({ "phoneNo": PHONE, "password": PASSWORD }).to_string();
    let request = reqwest::Client::new().post(format!("http://{api}/api/users/{step}"));
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    body["data"]["tokens"]["accessToken"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

async fn status(api: SocketAddr, token: &str) -> u16 {
    let request = reqwest::Client::new().get(format!("http://{api}/api/wallet")).bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signing_key_is_changed_while_tokens_of_both_hold() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (old, old_public) = generated("key-1").await;
    let (new, new_public) = generated("key-2").await;
    let both = format!("{old_public},{new_public}");
    let first = beside_dev(folder, [&old, &old_public], async |api| session(api, "signup").await).await;
    let second = beside_dev(folder, [&new, &both], async |api| {
        assert_eq!(status(api, &first).await, 200, "a token of the old key, while both hold");
        session(api, "login").await
    });
    let second = second.await;
    beside_dev(folder, [&new, &new_public], async |api| {
        let statuses = (status(api, &first).await, status(api, &second).await);
        assert_eq!(statuses, (401, 200), "once the old key is dropped");
    })
    .await;

    // A signing key that is not among the accepted ones stops the start. A key without a name is not generated.
    let variables = [
        ("EVENS_STAGE", "dev"),
        ("EVENS_ARGON2", ""),
        ("EVENS_TOKEN_SIGNING_KEY", old.as_str()),
        ("EVENS_TOKEN_PUBLIC_KEYS", new_public.as_str()),
    ];
    let exit = Process::run(folder, &["--listen", "127.0.0.1:0"], &variables).await;
    assert_eq!(exit.code, Some(1));
    assert!(exit.stderr.contains(&format!("add {old_public} to EVENS_TOKEN_PUBLIC_KEYS")), "{}", exit.stderr);
    let mut command = tokio::process::Command::new(binary());
    let output = command.args(["key", "generate", "--kid", "a:b"]).output().await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), [].as_slice()));
    assert!(stderr.contains("hint: use --kid with letters, digits"), "{stderr}");
    assert!(!stderr.contains(&old), "a private key is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_payees_is_made_and_put_in_front_of_those_that_are_there() {
    let generate = async |more: &[&str]| {
        let mut command = tokio::process::Command::new(binary());
        let output = command.args(["key", "generate", "--payees"]).args(more).output().await.unwrap();
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), stdout, stderr)
    };
    let line = |stdout: &str| stdout.trim_end().strip_prefix("EVENS_PAYEE_KEYS=").unwrap().to_owned();
    let (code, stdout, stderr) = generate(&["--kid", "payees-1"]).await;
    let old = line(&stdout);
    let key = old.strip_prefix("payees-1:").unwrap();
    assert!(
        code == Some(0) && stderr.contains("Put it before existing keys") && !stderr.contains(key),
        "{stderr}"
    );
    // Without a given name, the key gets a generated one, which is valid.
    let (_, stdout, _) = generate(&[]).await;
    let keys = format!("{},{old}", line(&stdout));
    let _: evens_sealing::SealingKeys = keys.parse().unwrap();
    let (code, stdout, stderr) = generate(&["--kid", "Payees_1"]).await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert!(stderr.contains("hint: use --kid with 1 to 16 of a-z, 0-9 and '-'"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fund_and_play_are_for_the_local_stage() {
    let folder = tempfile::tempdir().unwrap();
    let (_, public) = generated("key-1").await;
    let variables = [("EVENS_STAGE", "dev"), ("EVENS_TOKEN_PUBLIC_KEYS", public.as_str())];
    for arguments in [["fund", "--user", "1", "--amount", "5"].as_slice(), &["play"]] {
        let exit = Process::run(folder.path(), arguments, &variables).await;
        assert_eq!(exit.code, Some(1), "{arguments:?}");
        assert!(exit.stderr.contains("is not allowed in the stage dev"), "{arguments:?}: {}", exit.stderr);
    }
    // Account commands work in every stage.
    let listed = Process::run(folder.path(), &["user", "list"], &variables).await;
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(listed.stderr.contains("No matching accounts."), "{}", listed.stderr);
}
