//! The share of a box that one client address can occupy. Neither its slow bodies nor its many connections keep others
//! waiting, nor does a proxy in front.

use evens_players::Role;
use evens_tests::Scenario;
use futures::future::join_all;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

const ATTACKER: &str = "127.0.0.2";
const OTHER: &str = "127.0.0.3";

/// More than the process has slots.
const SLOW_CLIENTS: usize = 1_200;

/// The largest share of one address.
const SHARE_MAX: usize = 128;

/// The time for an answer that waits for nothing, on a busy machine. The body timeout is five seconds.
const AT_ONCE: Duration = Duration::from_millis(4_500);

async fn connect(scenario: &Scenario, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    socket.connect(scenario.api()).await.unwrap()
}

/// The head of a request with a body of 60 bytes, and the first byte of that body.
fn head(request: &str, headers: &str) -> String {
    format!(
        "{request} HTTP/1.1\r\nHost: evens\r\n{headers}Content-Type: application/json\r\nContent-Length: 60\r\n\r\n{{"
    )
}

/// Reads up to the end of a JSON object or of the connection. Returns `None` after this time.
async fn answer(stream: &mut TcpStream, within: Duration) -> Option<String> {
    let (mut received, mut buffer) = (Vec::new(), [0; 4_096]);
    let read = async {
        while !received.ends_with(b"}") {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(count) => received.extend_from_slice(&buffer[..count]),
            }
        }
    };
    timeout(within, read).await.ok()?;
    Some(String::from_utf8(received).unwrap())
}

/// The time of a liveness request on a new connection.
async fn ask(scenario: &Scenario) -> Duration {
    let asked = Instant::now();
    let mut stream = connect(scenario, OTHER).await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: evens\r\n\r\n").await.unwrap();
    let answer = answer(&mut stream, Duration::from_secs(30)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    asked.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_from_one_address_leave_places_to_others() {
    let scenario = Scenario::start().await;
    let slow = head("POST /api/users/login", "");
    let mut streams = Vec::new();
    for _ in 0..SLOW_CLIENTS {
        let mut stream = connect(&scenario, ATTACKER).await;
        // A stream beyond the share may already be closed.
        let _ = stream.write_all(slow.as_bytes()).await;
        streams.push(stream);
    }
    let mut took = Vec::new();
    for _ in 0..50 {
        took.push(ask(&scenario).await);
    }
    took.sort_unstable();
    assert!(took[49] < AT_ONCE, "others waited for {:?}, in the middle {:?}", took[49], took[25]);

    let closed = join_all(streams.iter_mut().map(|stream| answer(stream, Duration::from_secs(1)))).await;
    let held = closed.iter().filter(|answer| answer.is_none()).count();
    assert!(held <= SHARE_MAX, "one address holds {held} places");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_named_by_a_proxy_has_a_share_of_the_requests() {
    let scenario = Scenario::start_with(&[("EVENS_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let slow = head("POST /api/users/login", "X-Forwarded-For: 198.51.100.1\r\n");
    let mut streams = Vec::new();
    for _ in 0..SHARE_MAX + 20 {
        let mut stream = connect(&scenario, ATTACKER).await;
        stream.write_all(slow.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    // The same proxy, for another client.
    let mut other = connect(&scenario, ATTACKER).await;
    let request = "GET /health/live HTTP/1.1\r\nHost: evens\r\nX-Forwarded-For: 198.51.100.2\r\n\r\n";
    other.write_all(request.as_bytes()).await.unwrap();
    let served = answer(&mut other, AT_ONCE).await.expect("an answer");
    assert!(served.starts_with("HTTP/1.1 200 "), "{served}");
    // The streams within the share finally get a body timeout.
    let answers = join_all(streams.iter_mut().map(|stream| answer(stream, Scenario::DEADLINE))).await;
    let (late, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().flatten().partition(|answer| answer.starts_with("HTTP/1.1 408 "));
    assert!(refused.len() >= 20, "{} are refused, {} are late", refused.len(), late.len());
    for answer in refused {
        assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
        assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_request_is_refused_before_its_body_arrives() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "login=1/24h,bets=1/24h")]).await;
    let user = scenario.enrol(41, Role::Player).await.user;
    let token = scenario.signer().sign(user, Role::Player, Timestamp::now(), Duration::from_mins(5)).unwrap();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let rows = [
        ("PUT /api/bets", "", "405"),
        ("POST /api/bets", "", "401"),
        ("POST /api/bets", "Authorization: Bearer no.such.token\r\n", "401"),
        ("POST /api/rounds", &bearer, "403"),
        ("POST /api/bets", &bearer, "408"),
        ("POST /api/bets", &bearer, "429"),
        ("POST /api/users/login", "", "408"),
        ("POST /api/users/login", "", "429"),
    ];
    for (request, headers, status) in rows {
        let asked = Instant::now();
        let mut stream = connect(&scenario, OTHER).await;
        stream.write_all(head(request, headers).as_bytes()).await.unwrap();
        let refused = answer(&mut stream, Duration::from_secs(15)).await.expect("an answer");
        assert!(refused.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {refused}");
        if status == "408" {
            continue;
        }
        assert!(asked.elapsed() < AT_ONCE, "{request}: {status} after {:?}", asked.elapsed());
        // A body that arrives after the answer is drained, and the next request on the connection is answered.
        stream.write_all(&[b' '; 59]).await.unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: evens\r\n\r\n").await.unwrap();
        let next = answer(&mut stream, AT_ONCE).await.expect("an answer");
        assert!(next.starts_with("HTTP/1.1 200 "), "{request}: {next}");
    }
    scenario.finish().await;
}
