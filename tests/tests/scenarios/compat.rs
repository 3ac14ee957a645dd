//! The process itself: how it starts, refuses to start, and ends.

use evens_tests::{Process, Scenario};
use std::net::TcpListener;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_answered_before_the_process_ends() {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_has_one_process() {
    let scenario = Scenario::start().await;
    let second = Process::run(scenario.folder(), &["--listen", "127.0.0.1:0"], &[]).await;
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.contains("another evens uses the data folder"), "{}", second.stderr);
    assert!(second.stderr.contains("--data"), "the hint: {}", second.stderr);
    assert_eq!(second.stdout, "");
    // The first one did not notice, and commands work beside it.
    let token = Process::run(scenario.folder(), &["token", "--user", "41"], &[]).await;
    assert_eq!(token.code, Some(0), "{}", token.stderr);
    let funded =
        Process::run(scenario.folder(), &["fund", "--user", "41", "--amount", "12.50", "--order", "o"], &[])
            .await;
    assert_eq!(funded.code, Some(0), "{}", funded.stderr);
    let repeated =
        Process::run(scenario.folder(), &["fund", "--user", "41", "--amount", "12.50", "--order", "o"], &[])
            .await;
    assert_eq!(repeated.code, Some(0), "{}", repeated.stderr);
    assert!(repeated.stdout.contains("nothing changed"), "{}", repeated.stdout);
    let wallet = scenario.bearer(token.stdout.trim()).get("/api/wallet").await;
    assert_eq!(
        (wallet.amount("data.balance").to_string(), &wallet.json()["data"]["userId"]),
        ("12.5".to_owned(), &41.into())
    );
    scenario.finish().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_used_are_named() {
    let rows = [
        ("EVENS_STAGE", "moon", "moon"),
        ("EVENS_STAGE", "prod", "EVENS_TOKEN_PUBLIC_KEYS"),
        ("EVENS_REFUND_AFTER_SECONDS", "soon", "EVENS_REFUND_AFTER_SECONDS"),
        ("EVENS_REFUND_AFTER_SECONDS", "0", "EVENS_REFUND_AFTER_SECONDS"),
        ("EVENS_TOKEN_PUBLIC_KEYS", "k", "EVENS_TOKEN_PUBLIC_KEYS"),
        ("EVENS_QUEUE_URL_MATCH", "http://x", "EVENS_QUEUE_URL_"),
    ];
    for (name, value, said) in rows {
        let folder = tempfile::tempdir().unwrap();
        let exit = Process::run(folder.path(), &["--listen", "127.0.0.1:0"], &[(name, value)]).await;
        assert_eq!(exit.code, Some(1), "{name}={value}: {}", exit.stderr);
        assert!(exit.stderr.contains(said), "{name}={value}: {}", exit.stderr);
    }
}
