//! What somebody can do to the process who keeps to no rule, such as bodies that never end.

use evens_accounts::Role;
use evens_tests::{Request, Scenario};
use jiff::Timestamp;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// More than there are turns.
const SLOW_CLIENTS: usize = 20;

/// Sends the head of a request and the first byte of its body, and nothing after that.
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

/// What comes back, up to the end of a JSON object.
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
async fn bodies_that_never_end_keep_nobody_waiting() {
    let scenario = Scenario::start().await;
    let slow = scenario.enrol(41, Role::Player).await;
    let other = scenario.enrol(42, Role::Player).await;
    let streams: Vec<_> = (0..SLOW_CLIENTS).map(|_| send_slowly(&scenario, slow.user.number())).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let asked = Instant::now();
    other.get("/api/wallet").await.expect(200);
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(3), "another player waited for {took:?}");

    let answers = streams.into_iter().map(|stream| tokio::task::spawn_blocking(|| receive(stream)));
    for answer in answers.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("urn:evens:problem:request-timeout"), "{answer}");
    }
    assert!(asked.elapsed() < Duration::from_secs(15), "they were given up late");

    // Bodies of every size are refused as before, and in the same order.
    let change = |size: usize| Request::new("PATCH", "/api/users/me").json(vec![b' '; size]);
    for (client, size, problem) in [
        (&slow, 64 * 1_024, "400 malformed-body -"),
        (&slow, 64 * 1_024 + 1, "413 payload-too-large -"),
        (&slow, 9 * 1_024 * 1_024, "413 payload-too-large -"),
        (&scenario.nobody(), 64 * 1_024 + 1, "401 unauthorized -"),
    ] {
        // Who declares more than is read in vain may see the connection end instead.
        if let Some(answer) = client.send_if_alive(change(size)).await {
            assert_eq!(answer.problem(), problem, "{size} bytes");
        } else {
            assert!(size > 8 * 1_024 * 1_024, "{size} bytes are not answered");
        }
    }
    scenario.finish().await;
}
