//! Limits of one client, which protect the others.

use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_players::Role;
use evens_tests::{LiveSocket, Scenario};
use serde_json::{Map, Value, json};

/// H3: events go to the members of a room only.
#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_for_whom_they_admit() {
    let scenario = Scenario::start().await;
    let (mut socket, _) = scenario.player(41).socket(&[]).await;
    let mut oracle = LiveSocket::open(scenario.api()).await;
    assert_eq!(oracle.ask(scenario.client(Scenario::ORACLE, Role::Oracle).hello(&[])).await["ok"], true);
    let many: Vec<_> = (0..20).map(|number| format!("round:r{number}")).collect();
    #[rustfmt::skip]
    let table = [
        (json!({ "type": "subscribe", "rooms": ["user:42"] }),            "forbidden", Some("rooms")),
        (json!({ "type": "subscribe", "rooms": ["round:r", "user:42"] }), "forbidden", Some("rooms")),
        (json!({ "type": "subscribe", "rooms": ["casino"] }),             "invalid",   Some("rooms")),
        (json!({ "type": "subscribe", "rooms": "rounds" }),               "invalid",   Some("rooms")),
        (json!({ "type": "subscribe" }),                                  "invalid",   Some("rooms")),
        (json!({ "type": "subscribe", "rooms": many }),                   "invalid",   Some("rooms")),
        (json!({ "type": "shout" }),                                      "invalid",   Some("type")),
        (json!({ "type": "sync", "known": { "wallet": "new" } }),         "invalid",   Some("known.wallet")),
        (scenario.player(42).hello(&[]),                                  "forbidden", None),
    ];
    for (message, code, field) in table {
        let answer = socket.ask(message.clone()).await;
        assert_eq!(answer["problem"]["type"], format!("urn:evens:problem:{code}"), "{message}");
        if let Some(field) = field {
            assert_eq!(answer["problem"]["field"], field, "{message}");
        }
    }
    let refused = oracle.ask(json!({ "type": "subscribe", "rooms": ["rounds"] })).await;
    assert_eq!(refused["problem"]["type"], "urn:evens:problem:forbidden");
    // The refused message has changed nothing.
    let rooms = socket.ask(json!({ "type": "subscribe", "rooms": ["round:r"] })).await;
    assert_eq!(rooms["rooms"], json!(["user:41", "round:r"]));
    let rooms = socket.ask(json!({ "type": "unsubscribe", "rooms": ["round:r", "user:41"] })).await;
    assert_eq!(rooms["rooms"], json!(["user:41"]));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_after_the_budget_ends_the_connection() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "live=120/1h")]).await;
    let (mut socket, _) = scenario.player(41).socket(&[]).await;
    // The first message was the hello.
    for number in 2..=120 {
        assert_eq!(socket.ask(json!({ "type": "ping" })).await["ok"], true, "message {number}");
    }
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.await_bye().await, ("too-many-messages".to_owned(), 4_429));
    scenario.finish().await;
}

/// A player cannot make the server read the states of many rooms for the price of one message.
#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_many_rooms_counts_as_several_messages() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "live=20/1h,reads=20/1h")]).await;
    let player = scenario.player(41);
    let rounds: Vec<_> = (0..19).map(|number| format!("round:r{number}")).collect();
    let names: Vec<_> = rounds.iter().map(String::as_str).collect();
    // The hello and each sync read 19 rounds and count as four messages.
    let (mut socket, _) = player.socket(&names).await;
    for number in 2..=5 {
        assert_eq!(socket.ask(json!({ "type": "sync" })).await["ok"], true, "message {number}");
    }
    socket.say(json!({ "type": "sync" })).await;
    assert_eq!(socket.await_bye().await, ("too-many-messages".to_owned(), 4_429));

    let path = format!("/api/live?rooms={}", rounds.join(","));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(player.get(&path).await.status());
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hello_on_a_new_socket_counts() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "live=2/1h")]).await;
    let player = scenario.player(41);
    let _first = player.socket(&[]).await;
    let _second = player.socket(&[]).await;
    let mut third = LiveSocket::open(scenario.api()).await;
    third.say(player.hello(&[])).await;
    assert_eq!(third.await_bye().await, ("too-many-messages".to_owned(), 4_429));
    // Each hello that is refused for its rooms counts as well.
    let other = scenario.player(42);
    let mut socket = LiveSocket::open(scenario.api()).await;
    for _ in 0..2 {
        let answer = socket.ask(other.hello(&["user:41"])).await;
        assert_eq!(answer["problem"]["type"], "urn:evens:problem:forbidden");
    }
    socket.say(other.hello(&["user:41"])).await;
    assert_eq!(socket.await_bye().await, ("too-many-messages".to_owned(), 4_429));
    scenario.finish().await;
}

/// The server may read each of them, so a client cannot make it read 50 bets with one message.
#[tokio::test(flavor = "multi_thread")]
async fn ten_known_bets_count_as_a_message() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "live=4/1h")]).await;
    let player = scenario.player(41);
    let bets: Map<_, _> = (0..25)
        .map(|number| {
            let key = format!("key-{number}").parse().unwrap();
            (BetId::derive(UserId::new(41).unwrap(), &key).to_string(), json!("0"))
        })
        .collect();
    let (mut socket, _) = player.socket(&[]).await;
    let sync = json!({ "type": "sync", "known": { "bets": bets } });
    assert_eq!(socket.ask(sync.clone()).await["ok"], true);
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.await_bye().await, ("too-many-messages".to_owned(), 4_429));
    let mut another = LiveSocket::open(scenario.api()).await;
    let mut hello = scenario.player(42).hello(&[]);
    hello["known"] = sync["known"].clone();
    assert_eq!(another.ask(hello.clone()).await["ok"], true);
    another.say(hello).await;
    assert_eq!(another.await_bye().await, ("too-many-messages".to_owned(), 4_429));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_socket_of_a_player_replaces_the_oldest() {
    let scenario = Scenario::start().await;
    let alice = scenario.player(41);
    let mut sockets = Vec::new();
    for _ in 0..6 {
        sockets.push(alice.socket(&[]).await.0);
    }
    assert_eq!(sockets.remove(0).await_bye().await, ("replaced".to_owned(), 4_409));
    for socket in &mut sockets {
        assert_eq!(socket.ask(json!({ "type": "ping" })).await["ok"], true);
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_last_socket_there_is_polling() {
    let scenario = Scenario::start_with(&[("EVENS_SOCKETS_MAX", "2")]).await;
    let (first, _second) = (scenario.player(41).socket(&[]).await, scenario.player(42).socket(&[]).await);
    assert_eq!(LiveSocket::try_open(scenario.api(), None).await.err(), Some(503));
    drop(first);
    evens_tests::await_until("a free socket", Scenario::DEADLINE, async || {
        LiveSocket::try_open(scenario.api(), None).await.ok().map(drop)
    })
    .await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_do_not_connect() {
    let scenario = Scenario::start_with(&[("EVENS_CORS_ORIGINS", "https://app.example.com")]).await;
    let own = format!("http://{}", scenario.api());
    let table =
        [(own.as_str(), None), ("https://app.example.com", None), ("https://evil.example.com", Some(403))];
    for (origin, status) in table {
        let refused = LiveSocket::try_open(scenario.api(), Some(origin)).await.err();
        assert_eq!(refused, status, "{origin}");
    }
    scenario.finish().await;
}

/// It is sent away when it has read nothing for a while, and others hear everything meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_leaves_others_untouched() {
    let variables = &[("EVENS_RATE_LIMITS", "off"), ("EVENS_SOCKETS_MAX", "3")];
    let scenario = Scenario::start_with(variables).await;
    let (alice, bob) = (scenario.funded(41, "1000").await, scenario.funded(42, "100").await);
    for _ in 0..20 {
        alice.bet("r", "A", "1").await;
    }
    let mut slow = LiveSocket::open_narrow(scenario.api()).await;
    slow.say(alice.hello(&[])).await;
    // Each answer has twenty bets, and none is read.
    for _ in 0..400 {
        slow.say(json!({ "type": "sync" })).await;
    }
    let (mut quick, _) = alice.socket(&[]).await;
    let (mut other, _) = bob.socket(&[]).await;
    let bet = bob.bet("r", "B", "1").await;
    let is_settled =
        |event: &Value| event["data"]["betId"] == bet.bet_id && event["data"]["status"] == "SETTLED";
    other.await_event(is_settled).await;
    quick.await_event(|event| event["type"] == "bet" && event["data"]["status"] == "SETTLED").await;
    // Its place is free when the server has given it up. Until then the client does not read.
    evens_tests::await_until("a free socket", Scenario::DEADLINE, async || {
        LiveSocket::try_open(scenario.api(), None).await.ok().map(drop)
    })
    .await;
    let (answers, is_reset) = slow.read_out().await;
    assert!(answers < 401, "the server has sent {answers} answers to a client that did not read");
    assert!(is_reset, "the system keeps the other answers for the client");
    scenario.finish().await;
}
