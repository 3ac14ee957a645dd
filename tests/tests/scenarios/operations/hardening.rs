//! Hostile clients and careless defaults: bodies that never end, files readable by other users, secrets in logs.

use evens_players::Role;
use evens_tests::{PASSWORD, Process, Request, Scenario, phone};
use jiff::Timestamp;
use serde_json::json;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// More than there are slots.
const SLOW_CLIENTS: usize = 20;

/// Sends the head of a request and the first byte of its body, and then nothing.
fn send_slowly(scenario: &Scenario, number: u64) -> TcpStream {
    let user = scenario.player(number).user;
    let token = scenario.signer().sign(user, Role::Player, Timestamp::now(), Duration::from_mins(5)).unwrap();
    let mut stream = TcpStream::connect(scenario.api()).unwrap();
    let head = format!(
        "PATCH /api/users/me HTTP/1.1\r\nHost: evens\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Reads up to the end of a JSON object.
fn receive(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    let (mut received, mut buffer) = (Vec::new(), [0; 4_096]);
    while !received.ends_with(b"}") {
        let count = stream.read(&mut buffer).expect("an answer");
        assert_ne!(count, 0, "the connection ended: {}", String::from_utf8_lossy(&received));
        received.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(received).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_bodies_delay_no_other_request() {
    let scenario = Scenario::start().await;
    let slow = scenario.enrol(41, Role::Player).await;
    let other = scenario.enrol(42, Role::Player).await;
    let streams: Vec<_> = (0..SLOW_CLIENTS).map(|_| send_slowly(&scenario, slow.user.number())).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let asked = Instant::now();
    other.get("/api/wallet").await.expect(200);
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(4), "another player waited for {took:?}");

    let answers = streams.into_iter().map(|stream| tokio::task::spawn_blocking(|| receive(stream)));
    for answer in answers.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("urn:evens:problem:request-timeout"), "{answer}");
    }
    assert!(asked.elapsed() < Duration::from_secs(15), "they were given up late");

    // Bodies of every size are still refused, in the same order.
    let change = |size: usize| Request::new("PATCH", "/api/users/me").json(vec![b' '; size]);
    for (client, size, problem) in [
        (&slow, 64 * 1_024, "400 malformed-body -"),
        (&slow, 64 * 1_024 + 1, "413 payload-too-large -"),
        (&slow, 9 * 1_024 * 1_024, "413 payload-too-large -"),
        (&scenario.visitor(), 64 * 1_024 + 1, "401 unauthorized -"),
    ] {
        // A client that declares more than the process drains may see the connection close instead.
        if let Some(answer) = client.send_if_alive(change(size)).await {
            assert_eq!(answer.problem(), problem, "{size} bytes");
        } else {
            assert!(size > 8 * 1_024 * 1_024, "{size} bytes are not answered");
        }
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_folder_is_its_owners() {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut scenario = Scenario::start().await;
    let data = scenario.folder().join("data");
    assert_eq!(mode(&data), 0o700, "a new folder");
    // A folder of an earlier version, readable by all users.
    fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    scenario.restart().await;
    assert_eq!(mode(&data), 0o700, "a folder of ours");
    scenario.finish().await;

    // An empty folder is taken over. A folder with foreign files keeps its mode.
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    let listed = Process::run(folder.path(), &["user", "list"], &[]).await;
    assert_eq!((listed.code, mode(&data)), (Some(0), 0o700), "{}", listed.stderr);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("notes.txt"), "mine").unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    let refused = Process::run(folder.path(), &["user", "list"], &[]).await;
    assert_eq!((refused.code, mode(&data)), (Some(1), 0o755), "{}", refused.stderr);
    assert!(refused.stderr.contains("other users can read the data folder"), "{}", refused.stderr);
    assert!(refused.stderr.contains("chmod 700"), "the hint: {}", refused.stderr);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "nothing was put into it");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_says_what_bodies_hold() {
    let scenario = Scenario::start_with(&[("RUST_LOG", "trace")]).await;
    let phone = phone(77_123);
    let player = scenario.signed_up(&phone, PASSWORD).await;
    let body = json!({ "userName": "Asha of Kochi" }).to_string();
    player.send(Request::new("PATCH", "/api/users/me").json(body)).await.expect(200);
    scenario.log_in(&phone, PASSWORD).await.expect(200);
    let log = scenario.log();
    assert!(log.contains("DEBUG") && log.contains("aws_smithy_runtime"), "everything else is logged: {log}");
    for secret in [phone.as_str(), "$argon2", PASSWORD, "Asha of Kochi"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log says {secret}");
    }
}
