//! How connections end, and that the server says why.

use evens_players::Role;
use evens_runtime::tokens::TokenSigner;
use evens_tests::{Client, LiveSocket, PASSWORD, Process, Scenario, phone};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;

/// A client whose token ends after that time.
fn for_a_while(scenario: &Scenario, number: u64, seconds: u64) -> Client {
    let user = number.to_string().parse().expect("a user");
    let signer: &TokenSigner = scenario.signer();
    let token = signer.sign(user, Role::Player, Timestamp::now(), Duration::from_secs(seconds));
    scenario.bearer(token.expect("a token"))
}

async fn bye_to(api: std::net::SocketAddr, text: String) -> (String, u16) {
    let mut socket = LiveSocket::open(api).await;
    socket.say_text(text).await;
    socket.await_bye().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_without_hello_is_closed() {
    let scenario = Scenario::start().await;
    let mut silent = LiveSocket::open(scenario.api()).await;
    let expired = scenario.signer().sign(
        scenario.player(41).user,
        Role::Player,
        Timestamp::now() - Duration::from_hours(2),
        Duration::from_hours(1),
    );
    let hello = |token: &str| json!({ "v": 1, "type": "hello", "token": token }).to_string();
    #[rustfmt::skip]
    let table = [
        // first message                                     reason           code
        (json!({ "v": 1, "type": "ping" }).to_string(),      "no-hello",      4_408),
        (json!({ "v": 1, "type": "sync" }).to_string(),      "no-hello",      4_408),
        (hello("no token"),                                  "no-hello",      4_408),
        (hello(&expired.expect("a token")),                  "token-expired", 4_401),
        ("{".to_owned(),                                     "malformed",     4_400),
        ("[]".to_owned(),                                    "malformed",     4_400),
        (r#"{"v":1,"v":1,"type":"ping"}"#.to_owned(),        "malformed",     4_400),
    ];
    for (text, reason, code) in table {
        assert_eq!(bye_to(scenario.api(), text.clone()).await, (reason.to_owned(), code), "{text}");
    }
    assert_eq!(silent.await_bye().await, ("no-hello".to_owned(), 4_408));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_token_unless_there_is_a_newer_one() {
    let scenario = Scenario::start().await;
    let (mut ends, _) = for_a_while(&scenario, 41, 5).socket(&[]).await;
    let (mut goes_on, first) = for_a_while(&scenario, 42, 5).socket(&["rounds"]).await;
    let second = goes_on.ask(scenario.player(42).hello(&[])).await;
    assert!(second["expiresAt"].as_str() > first["expiresAt"].as_str(), "{first} {second}");
    assert_eq!(second["rooms"], first["rooms"]);
    assert_eq!(ends.await_bye().await, ("token-expired".to_owned(), 4_401));
    assert_eq!(goes_on.ask(json!({ "type": "ping" })).await["ok"], true);
    scenario.finish().await;
}

/// The command runs in another process. The player sends nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_account_is_sent_away() {
    let scenario = Scenario::start().await;
    let player = scenario.signed_up(&phone(41), PASSWORD).await;
    let (mut open, _) = player.socket(&[]).await;
    let number = player.user.to_string();
    let exit = Process::run(scenario.folder(), &["user", "block", &number], &[]).await;
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert_eq!(open.await_bye().await, ("blocked".to_owned(), 4_403));
    let hello = player.hello(&[]);
    let text = json!({ "v": 1, "type": "hello", "token": hello["token"] }).to_string();
    assert_eq!(bye_to(scenario.api(), text).await, ("blocked".to_owned(), 4_403));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_account_does_not_have_is_sent_away() {
    let scenario = Scenario::start().await;
    let text = scenario.client(41, Role::Operator).hello(&[]);
    let text = json!({ "v": 1, "type": "hello", "token": text["token"] }).to_string();
    assert_eq!(bye_to(scenario.api(), text).await, ("role-lost".to_owned(), 4_403));
    scenario.finish().await;
}

/// A socket of the lost role ends with that reason. The socket of a player's token ends with the sessions.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ends_when_its_role_is_lost() {
    let scenario = Scenario::start().await;
    let number = 900_020;
    scenario.enrol(number, Role::Operator).await;
    let (mut as_operator, _) = scenario.client(number, Role::Operator).socket(&[]).await;
    let (mut as_player, _) = scenario.player(number).socket(&[]).await;
    let exit = Process::run(scenario.folder(), &["user", "role", &number.to_string(), "player"], &[]).await;
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert_eq!(as_operator.await_bye().await, ("role-lost".to_owned(), 4_403));
    assert_eq!(as_player.await_bye().await, ("token-expired".to_owned(), 4_401));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_or_no_text_ends_the_connection() {
    let scenario = Scenario::start().await;
    let alice = scenario.player(41);
    let (mut large, _) = alice.socket(&[]).await;
    large.say_text(format!(r#"{{"v":1,"type":"ping","padding":"{}"}}"#, "x".repeat(9 * 1_024))).await;
    assert_eq!(large.await_bye().await, ("malformed".to_owned(), 4_400));
    let (mut bytes, _) = alice.socket(&[]).await;
    bytes.say_bytes(br#"{"v":1,"type":"ping"}"#.to_vec()).await;
    assert_eq!(bytes.await_bye().await, ("malformed".to_owned(), 4_400));
    scenario.finish().await;
}

/// A process that ends says so, and each client when to come back.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_says_so() {
    let mut scenario = Scenario::start().await;
    let (mut socket, _) = scenario.player(41).socket(&[]).await;
    let mut silent = LiveSocket::open(scenario.api()).await;
    scenario.signal("TERM");
    assert_eq!(silent.await_bye().await, ("going-away".to_owned(), 1_001));
    let bye = socket.hear().await;
    assert_eq!(bye["bye"]["reason"], "going-away");
    assert!(bye["bye"]["retryAfterMs"].as_u64().is_some_and(|wait| wait <= 1_000), "{bye}");
    scenario.stop().await;
}

/// A refused message ends nothing, and before `hello` there is no user whose budget counts it.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_a_token_is_heard_only_a_few_times() {
    let scenario = Scenario::start().await;
    let mut stranger = LiveSocket::open(scenario.api()).await;
    for _ in 0..10 {
        let answer = stranger.ask(json!({ "type": "unknown" })).await;
        assert!(answer["problem"].is_object(), "{answer}");
    }
    stranger.say(json!({ "type": "unknown" })).await;
    assert_eq!(stranger.await_bye().await, ("no-hello".to_owned(), 4_408));
    scenario.finish().await;
}

/// Empty fragments are no messages, so no budget counts them.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_endless_fragments_ends_the_connection() {
    let scenario = Scenario::start().await;
    let alice = scenario.player(41);
    let (mut fragments, _) = alice.socket(&[]).await;
    fragments.say_empty_fragments(3_000).await;
    assert_eq!(fragments.await_bye().await.0, "malformed");
    // A few fragments are as good as none.
    let (mut few, _) = alice.socket(&[]).await;
    few.say_empty_fragments(100).await;
    let mut silent = LiveSocket::open(scenario.api()).await;
    silent.say_empty_fragments(3_000).await;
    assert_eq!(silent.await_bye().await.0, "malformed");
    scenario.finish().await;
}

/// A frame that never ends takes a socket and nothing else, and without a token no longer than any silence.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_frame_leaves_others_untouched() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let mut unknown = LiveSocket::open(scenario.api()).await;
    unknown.say_half_a_frame().await;
    let (mut half, _) = alice.socket(&[]).await;
    half.say_half_a_frame().await;
    let (mut whole, _) = alice.socket(&[]).await;
    alice.bet("r", "A", "10").await;
    bob.bet("r", "B", "10").await;
    for socket in [&mut whole, &mut half] {
        socket.await_event(|event| event["data"]["status"] == "SETTLED").await;
    }
    assert_eq!(unknown.await_bye().await.0, "no-hello");
    scenario.finish().await;
}
