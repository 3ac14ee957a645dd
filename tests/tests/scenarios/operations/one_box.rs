//! Further needs of one box: a backup of a table in use, and engines outside the binary.

use crate::operations::user_commands::{PASSWORD, PHONE, run};
use evens_contracts::Queue;
use evens_engines::Engines;
use evens_tests::{Process, Scenario, await_until, binary};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// Every unmatched bet is refunded by the next sweep.
const SOON: &[(&str, &str)] = &[("EVENS_REFUND_AFTER_SECONDS", "2")];

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_table_in_use_is_of_one_moment_and_goes_on_without_its_queues() {
    let mut scenario = Scenario::start_with(SOON).await;
    let mut players = Vec::new();
    for number in 0..20 {
        players.push(scenario.funded(100 + number, "100").await);
    }
    let placed = players[0].bet("before", "A", "7").await;
    let bets = players.iter().cloned().enumerate().map(|(number, player)| {
        tokio::spawn(async move {
            let side = if number % 2 == 0 { "A" } else { "B" };
            for _ in 0..15 {
                player.bet("meanwhile", side, "1").await;
            }
        })
    });
    let bets: Vec<_> = bets.collect();
    let copy = scenario.folder().join("copy");
    let copied = run(&scenario, &["backup", copy.to_str().unwrap()]).await;
    assert_eq!(copied.code, Some(0), "{}", copied.stderr);
    for bet in bets {
        bet.await.unwrap();
    }
    let all = scenario.books().await;

    // The machine is lost, and its queues with it.
    scenario.kill_9().await;
    let data = scenario.folder().join("data");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(!copy.join("sqs.sqlite").exists());
    // Without these keys, no payout could reach the accounts in the table.
    let keys = |folder: &Path| fs::read(folder.join("payee-keys")).unwrap();
    assert_eq!(keys(&copy), keys(&data));
    fs::rename(&data, scenario.folder().join("lost")).unwrap();
    fs::rename(&copy, &data).unwrap();
    scenario.restart().await;
    let kept = scenario.books().await;
    assert!(kept.bets.contains_key(&placed.id()), "what was answered before the copy was made");
    assert!(kept.bets.keys().all(|bet| all.bets.contains_key(bet)));
    assert_eq!(kept.wallets.len(), all.wallets.len());

    // Only the sweeper sends jobs now: for matches, for bets, and for overdue ones.
    scenario.sweep_later().await;
    let books = scenario.await_ended().await;
    assert_eq!(books.bets.len(), kept.bets.len());
    assert_eq!(scenario.player(100).read_bet(&placed.bet_id).await["status"], "REFUNDED");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_replaces_nothing_and_needs_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let nothing = Process::run(folder.path(), &["backup", &at("copy")], &[]).await;
    assert_eq!(nothing.code, Some(1));
    assert!(nothing.stderr.contains("has no table"), "{}", nothing.stderr);
    assert!(!folder.path().join("data").exists() && !folder.path().join("copy").exists());

    let scenario = Scenario::start().await;
    fs::create_dir(at("taken")).unwrap();
    fs::write(folder.path().join("taken/kept"), "kept").unwrap();
    let rows = [("taken", "File exists"), ("no/such", "No such file")];
    for (name, said) in rows {
        let refused = run(&scenario, &["backup", &at(name)]).await;
        assert_eq!(refused.code, Some(1), "{name}");
        assert!(refused.stderr.contains(said), "{name}: {}", refused.stderr);
    }
    assert_eq!(fs::read_to_string(folder.path().join("taken/kept")).unwrap(), "kept");
    let elsewhere =
        Process::run(scenario.folder(), &["backup", &at("copy")], &[("EVENS_ENGINES", "aws")]).await;
    assert_eq!(elsewhere.code, Some(1));
    assert!(
        elsewhere.stderr.contains("the table is in DynamoDB, not in a data folder"),
        "{}",
        elsewhere.stderr
    );
    scenario.finish().await;
}

/// Engines outside the process, and the settings for them.
struct Elsewhere {
    engines: Engines,
    variables: Vec<(&'static str, String)>,
}

impl Elsewhere {
    async fn start() -> Self {
        let engines = Engines::start(None).await.unwrap();
        let variables = vec![
            ("EVENS_ENGINES", "aws".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", engines.dynamodb_url()),
            ("AWS_ENDPOINT_URL_SQS", engines.sqs_url()),
            ("AWS_ACCESS_KEY_ID", engines.access_key().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "any".to_owned()),
        ];
        Self { engines, variables }
    }

    async fn run(&self, folder: &Path, arguments: &[&str]) -> evens_tests::Exit {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Process::run(folder, arguments, &variables).await
    }

    /// Starts a serving process and returns its address. It is killed on drop.
    async fn serve(&self, folder: &Path) -> (Child, String) {
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.join("data"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("NO_COLOR", "1").env("EVENS_CONCURRENCY", "match=1,settle=2");
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut pollers = Vec::new();
        let api = loop {
            let line = lines.next_line().await.unwrap().expect("it serves");
            if line.contains("Started the pollers of") {
                pollers.push(line.clone());
            }
            if let Some((_, address)) = line.split_once("api=http://") {
                break address.to_owned();
            }
        };
        // Reads the pipe to its end, as a full pipe would block the process.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        assert_eq!(pollers.len(), Queue::ALL.len());
        for (queue, count) in [("match", 1), ("settle", 2), ("attendance", 15)] {
            let is_said = |line: &String| {
                line.contains(&format!("of {queue}\"")) && line.contains(&format!("\"pollers\":{count}"))
            };
            assert!(pollers.iter().any(is_said), "{queue}: {pollers:#?}");
        }
        (child, format!("http://{api}"))
    }
}

/// An address that refuses its first connections, like an engine that is starting, and then forwards to the engine.
async fn cold(engine: &str) -> String {
    let engine = engine.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for _ in 0..10 {
            drop(listener.accept().await);
        }
        while let Ok((mut caller, _)) = listener.accept().await {
            let engine = TcpStream::connect(engine.clone());
            tokio::spawn(async move { copy_bidirectional(&mut caller, &mut engine.await.unwrap()).await });
        }
    });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_that_are_just_starting_are_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut elsewhere = Elsewhere::start().await;
    for (name, value) in &mut elsewhere.variables {
        if name.starts_with("AWS_ENDPOINT_URL_") {
            *value = cold(value).await;
        }
    }
    let migrated = elsewhere.run(folder.path(), &["migrate"]).await;
    assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
    assert!(migrated.stdout.contains("queue evens-local-settle.fifo: created"), "{}", migrated.stdout);
    for what in ["table", "queues"] {
        assert!(
            migrated.stderr.contains(&format!("Waiting for the engine of the {what}")),
            "{}",
            migrated.stderr
        );
    }
    elsewhere.engines.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_plays_with_engines_that_are_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = Elsewhere::start().await;
    let migrated = elsewhere.run(folder.path(), &["migrate"]).await;
    assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
    assert!(migrated.stdout.contains("queue evens-local-settle.fifo: created"), "{}", migrated.stdout);
    let (child, api) = elsewhere.serve(folder.path()).await;
    let http = reqwest::Client::new();
    let ask = async |request: reqwest::RequestBuilder| -> Value {
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    let mut tokens = Vec::new();
    for phone in [PHONE, "+919876500002"] {
        let body = json!({ "phoneNo": phone, "password": PASSWORD }).to_string();
        let answer = ask(http.post(format!("{api}/api/users/signup")).body(body)).await;
        tokens.push(answer["data"]["tokens"]["accessToken"].as_str().unwrap().to_owned());
        let funded = elsewhere.run(folder.path(), &["fund", "--phone", phone, "--amount", "10"]).await;
        assert_eq!(funded.code, Some(0), "{}", funded.stderr);
    }
    for (token, side) in tokens.iter().zip(["A", "B"]) {
        let body = json!({ "roundId": "r", "amount": "10", "side": side }).to_string();
        let placed = ask(http.post(format!("{api}/api/bets")).bearer_auth(token).body(body)).await;
        assert_eq!(placed["status"], 202, "{placed}");
    }
    await_until("a settled bet", Scenario::DEADLINE, async || {
        let bets = ask(http.get(format!("{api}/api/bets")).bearer_auth(&tokens[0])).await;
        bets.to_string().contains("SETTLED").then_some(())
    })
    .await;
    let verified = elsewhere.run(folder.path(), &["verify", "--json"]).await;
    assert_eq!(verified.code, Some(0), "{verified:?}");
    assert!(
        verified.stdout.contains("\"bets\":2") || verified.stdout.contains("\"bets\": 2"),
        "{}",
        verified.stdout
    );
    assert!(!folder.path().join("data/dynamodb.sqlite").exists(), "it has started engines of its own");
    // It stops while its pollers wait for empty queues.
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let mut child = child;
    let ended = tokio::time::timeout(Scenario::DEADLINE, child.wait()).await;
    assert_eq!(ended.expect("it ends").unwrap().code(), Some(0));
    elsewhere.engines.stop().await;
}

/// The service manager is notified when the process is ready, not earlier, and when it stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_is_told_how_far_the_process_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Scenario::DEADLINE)).unwrap();
    let manager_message = || {
        let mut buffer = [0; 64];
        let length = manager.recv(&mut buffer).expect("a message to the service manager");
        String::from_utf8_lossy(&buffer[..length]).trim().to_owned()
    };
    let variables = [("NOTIFY_SOCKET", path.to_str().unwrap())];
    let (process, addresses) = Process::serve(folder.path(), &variables).await;
    assert_eq!(manager_message(), "READY=1");
    let health = reqwest::get(format!("http://{}/health", addresses.api.unwrap())).await.unwrap();
    assert_eq!(health.status(), 200);
    assert_eq!(process.terminate().await, Some(0));
    assert_eq!(manager_message(), "STOPPING=1");

    // A process that cannot start sends no notification and ends with an error.
    let refused = [variables[0], ("EVENS_STAGE", "prod")];
    let exit = Process::run(folder.path(), &["--listen", "127.0.0.1:0"], &refused).await;
    assert_eq!(exit.code, Some(1));
    manager.set_nonblocking(true).unwrap();
    assert!(manager.recv(&mut [0; 64]).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_are_those_that_were_named() {
    let folder = tempfile::tempdir().unwrap();
    let on_aws = [("EVENS_ENGINES", "aws"), ("AWS_EC2_METADATA_DISABLED", "true")];
    let refused = Process::run(folder.path(), &["user", "list"], &on_aws).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("the AWS region is not known"), "{}", refused.stderr);
    assert!(!folder.path().join("data").exists());

    // The endpoint does not answer, and it is not called.
    let own = [("EVENS_ENGINES", "embedded"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")];
    let listed = Process::run(folder.path(), &["user", "list"], &own).await;
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert!(folder.path().join("data/dynamodb.sqlite").exists());

    for (name, value) in [("EVENS_ENGINES", "moon"), ("EVENS_CONCURRENCY", "match=0")] {
        let exit = Process::run(folder.path(), &["--listen", "127.0.0.1:0"], &[(name, value)]).await;
        assert_eq!(exit.code, Some(1), "{name}={value}: {}", exit.stderr);
        assert!(exit.stderr.contains(name), "{name}={value}: {}", exit.stderr);
    }
}

/// Applies to embedded engines of the process itself and of another process.
#[tokio::test(flavor = "multi_thread")]
async fn real_money_is_not_moved_over_engines_that_may_forget() {
    const REAL: &str = r#"{ "provider": "razorpay", "keyId": "rzp_test_1", "keySecret": "0123456789abcdef",
        "secret": "0123456789abcdef", "account": "7878780080316316", "shop": "Evens", "returnTo": "https://evens.example/" }"#;
    let scenario = Scenario::start().await;
    let engines = fs::read(scenario.folder().join("data/engines.json")).unwrap();
    let engines: Value = serde_json::from_slice(&engines).unwrap();
    let text = |name: &str| engines[name].as_str().unwrap().to_owned();
    let (dynamodb, sqs, key) = (text("dynamodb"), text("sqs"), text("access_key"));
    let of_another = [
        ("AWS_ENDPOINT_URL_DYNAMODB", &*dynamodb),
        ("AWS_ENDPOINT_URL_SQS", &*sqs),
        ("AWS_ACCESS_KEY_ID", &*key),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_REGION", "us-east-1"),
        ("EVENS_PAYMENT_PROVIDER", REAL),
    ];
    for variables in [&of_another[5..], &of_another[..]] {
        let folder = tempfile::tempdir().unwrap();
        let exit = Process::run(folder.path(), &["--listen", "127.0.0.1:0"], variables).await;
        assert_eq!(exit.code, Some(1), "{exit:?}");
        assert!(exit.stderr.contains("the payment provider moves real money"), "{}", exit.stderr);
    }
    scenario.finish().await;
}
