//! Upgrades to sockets: their headers, their budget, their lines in the log, and the silence that they may keep.

use evens_tests::{LiveSocket, Scenario, await_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/// Sends the head of a request to `/live` with these lines. Returns the head of the answer.
async fn upgrade(scenario: &Scenario, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(scenario.api()).await.expect("a connection");
    let head = format!("GET /live HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n"));
    stream.write_all(head.as_bytes()).await.expect("a request");
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") {
        let read =
            timeout(Scenario::DEADLINE, stream.read_exact(&mut byte)).await.expect("an answer in time");
        read.expect("the head of an answer");
        answer.push(byte[0]);
    }
    String::from_utf8(answer).expect("text").to_lowercase()
}

/// RFC 6455, section 4.2.1, and RFC 9110: lists of items in any number of lines, and ports that may be left out.
#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_is_read_as_the_standards_say() {
    const VERSION: &str = "Sec-WebSocket-Version: 13";
    let scenario = Scenario::start().await;
    let (upgrading, websocket) = ("Connection: Upgrade", "Upgrade: websocket");
    #[rustfmt::skip]
    let table: [(&[&str], &str); 8] = [
        (&["Host: evens.test", upgrading, websocket, VERSION, KEY],                                             "101"),
        (&["Host: evens.test", "Connection: keep-alive", upgrading, websocket, VERSION, KEY],                   "101"),
        (&["Host: evens.test", upgrading, "Upgrade: foo, websocket", VERSION, KEY],                             "101"),
        (&["Host: evens.test:443", "Origin: https://evens.test", upgrading, websocket, VERSION, KEY],           "101"),
        (&["Host: evens.test", "Origin: https://evil.test", upgrading, websocket, VERSION, KEY],                "403"),
        (&["Host: evens.test", "Origin: https://evens.test", "Origin: https://evil.test", upgrading, websocket, VERSION, KEY], "403"),
        (&["Host: evens.test", upgrading, websocket, "Sec-WebSocket-Version: 8", KEY],                          "426"),
        (&["Host: evens.test", "Connection: keep-alive"],                                                       "404"),
    ];
    for (lines, status) in table {
        let answer = upgrade(&scenario, lines).await;
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{lines:?}: {answer}");
        let says_version = answer.contains("sec-websocket-version: 13\r\n");
        let says_protocol =
            answer.contains("upgrade: websocket\r\n") && answer.contains("connection: upgrade\r\n");
        assert_eq!(says_version, status == "426", "{answer}");
        assert_eq!(says_protocol, ["101", "426"].contains(&status), "{answer}");
    }
    scenario.finish().await;
}

/// RFC 6455, section 5.5.1.
#[tokio::test(flavor = "multi_thread")]
async fn a_close_frame_is_answered() {
    let scenario = Scenario::start().await;
    let mut silent = LiveSocket::open(scenario.api()).await;
    assert_eq!(silent.close(1_000).await, Some(1_000));
    let (mut greeted, _) = scenario.player(41).socket(&["rounds"]).await;
    assert_eq!(greeted.close(1_001).await, Some(1_001));
    scenario.finish().await;
}

/// Each attempt counts, whatever its answer, and in no other budget.
#[tokio::test(flavor = "multi_thread")]
async fn upgrades_have_a_budget_of_their_own() {
    let limits = [("EVENS_RATE_LIMITS", "upgrades=4/24h,refused=1/24h"), ("EVENS_SOCKETS_MAX", "1")];
    let scenario = Scenario::start_with(Vec::leak(limits.to_vec())).await;
    let evil = Some("https://evil.example.com");
    let mut statuses = Vec::new();
    let _open = LiveSocket::try_open(scenario.api(), None).await.expect("a socket");
    for origin in [evil, evil, None, None, evil] {
        statuses.push(LiveSocket::try_open(scenario.api(), origin).await.err());
    }
    assert_eq!(statuses, [403, 403, 503, 429, 429].map(Some));
    // The budget of refused requests is whole.
    let refused = scenario.bearer("garbage").get("/api/wallet").await;
    assert_eq!(refused.header("ratelimit").map(|rest| rest.contains("r=0")), Some(true), "{refused:?}");
    assert_eq!(refused.status(), 401);
    scenario.finish().await;
}

/// A client without a token can open sockets, and ask beyond a budget, as often as it likes.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_writes_a_line_a_second() {
    const TIMES: usize = 200;
    let limits = [("EVENS_RATE_LIMITS", "document=1/24h"), ("RUST_LOG", "info")];
    let scenario = Scenario::start_with(Vec::leak(limits.to_vec())).await;
    let started = std::time::Instant::now();
    for _ in 0..TIMES {
        drop(LiveSocket::open(scenario.api()).await);
        scenario.visitor().get("/openapi.json").await;
        LiveSocket::try_open(scenario.api(), Some("https://evil.example.com")).await.expect_err("403");
    }
    let count = |text: &str| scenario.log().matches(text).count();
    let more = ["more upgrades of connections", "more requests beyond a budget"];
    await_until("the rest is counted", Scenario::DEADLINE, async || {
        more.iter().all(|text| count(text) > 0).then_some(())
    })
    .await;
    let seconds = usize::try_from(started.elapsed().as_secs()).expect("a number") + 2;
    for text in ["Answered GET /live with", "Answered GET /openapi.json with 429"] {
        assert!(count(text) <= seconds.min(TIMES / 2), "{} times {text:?} in {seconds} s", count(text));
    }
    scenario.finish().await;
}

/// The first socket finds places free, and the last one takes the last place: it is ended first.
#[tokio::test(flavor = "multi_thread")]
async fn silence_is_shorter_when_places_are_short() {
    let scenario = Scenario::start_with(&[("EVENS_SOCKETS_MAX", "4")]).await;
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(LiveSocket::open(scenario.api()).await);
    }
    let (mut last, mut first) = (sockets.pop().expect("a socket"), sockets.remove(0));
    tokio::select! {
        biased;
        end = first.await_bye() => panic!("the first socket ended first: {end:?}"),
        end = last.await_bye() => assert_eq!(end, ("no-hello".to_owned(), 4_408)),
    }
    // Its place is free again.
    drop(last);
    await_until("a place", Scenario::DEADLINE, async || {
        LiveSocket::try_open(scenario.api(), None).await.ok()
    })
    .await;
    scenario.finish().await;
}
