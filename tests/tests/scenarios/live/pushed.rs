//! Pushed states are the bodies that `GET` gives.

use evens_tests::Scenario;
use serde_json::{Value, json};

fn is_bet<'a>(bet_id: &'a str, status: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |event| {
        event["type"] == "bet" && event["data"]["betId"] == bet_id && event["data"]["status"] == status
    }
}

/// H6: the push comes without a request, and each player gets their own bet only.
#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_arrives_without_a_get() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let (mut at_alice, hello) = alice.socket(&["round:r"]).await;
    let (mut at_bob, _) = bob.socket(&[]).await;
    assert_eq!(hello["rooms"], json!(["user:41", "round:r"]));
    assert_eq!(hello["events"][0]["type"], "wallet");

    let (on_a, on_b) = (alice.bet("r", "A", "10").await, bob.bet("r", "B", "10").await);
    let of_alice = at_alice.await_event(is_bet(&on_a.bet_id, "SETTLED")).await;
    let of_bob = at_bob.await_event(is_bet(&on_b.bet_id, "SETTLED")).await;

    assert_eq!(of_alice["id"], format!("bet:{}", on_a.bet_id));
    assert_eq!(of_alice["rooms"], json!(["user:41"]));
    assert_eq!(of_alice["revision"], "20", "10 joined, 10 settled");
    assert_eq!(of_alice["data"], alice.read_bet(&on_a.bet_id).await);
    assert_eq!(of_bob["data"], bob.read_bet(&on_b.bet_id).await);
    scenario.finish().await;
}

/// The loser's wallet changes without an entry: their stake is unlocked.
#[tokio::test(flavor = "multi_thread")]
async fn both_wallets_arrive_as_get_gives_them() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let (mut at_alice, _) = alice.socket(&[]).await;
    let (mut at_bob, _) = bob.socket(&[]).await;
    alice.bet("r", "A", "10").await;
    bob.bet("r", "B", "10").await;
    for (player, socket) in [(&alice, &mut at_alice), (&bob, &mut at_bob)] {
        let is_over = |event: &Value| {
            let balance = event["data"]["balance"].as_u64();
            event["type"] == "wallet"
                && event["data"]["lockedBalance"] == 0
                && matches!(balance, Some(90 | 110))
        };
        let wallet = socket.await_event(is_over).await;
        assert_eq!(wallet["data"], player.get("/api/wallet").await.expect(200)["data"]);
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_arrives_with_its_totals_and_its_end() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    alice.bet("r", "A", "30").await;
    let (mut in_round, _) = bob.socket(&["round:r"]).await;
    let (mut in_all, _) = bob.socket(&["rounds"]).await;
    bob.bet("r", "B", "10").await;
    let is_matched = |event: &Value| event["type"] == "round" && event["data"]["matched"]["A"] == 10;
    let totals = in_round.await_event(is_matched).await;
    assert_eq!(totals["data"]["waiting"], json!({ "A": 20, "B": 0 }));

    scenario.operator().close_round("r").await.expect(200);
    let is_public = |event: &Value| event["type"] == "round" && event["data"]["seed"].is_string();
    let closed = in_round.await_event(is_public).await;
    let closed_in_all = in_all.await_event(is_public).await;
    assert_eq!(closed["rooms"], json!(["round:r", "rounds"]));
    assert_eq!(closed_in_all, closed, "one event for both rooms");
    scenario.finish().await;
}

/// A client in two rooms of one event gets it once.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_in_two_rooms_gets_an_event_once() {
    let scenario = Scenario::start().await;
    let alice = scenario.funded(41, "100").await;
    alice.bet("r", "A", "30").await;
    let (mut socket, _) = alice.socket(&["round:r", "rounds"]).await;
    scenario.operator().close_round("r").await.expect(200);
    let mut revisions = Vec::new();
    loop {
        let event = socket.await_event(|event| event["type"] == "round").await;
        revisions.push(event["revision"].clone());
        if event["data"]["seed"].is_string() {
            break;
        }
    }
    // All earlier pushes have arrived before this answer.
    let answer = socket.ask(json!({ "type": "ping" })).await;
    assert_eq!(answer["events"], json!([]));
    let mut once = revisions.clone();
    once.dedup();
    assert_eq!(revisions, once);
    scenario.finish().await;
}

/// H2: nothing is replayed; a client reads the states that it missed.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_catches_up_after_a_crash() {
    let mut scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let bet = alice.bet("r", "A", "10").await;
    let (mut socket, hello) = alice.socket(&[]).await;
    let revision = |frame: &Value, kind: &str| {
        let events = frame["events"].as_array().expect("events").iter();
        events.clone().find(|event| event["type"] == kind).map(|event| event["revision"].clone())
    };
    let known = json!({
        "wallet": revision(&hello, "wallet"),
        "bets": { &bet.bet_id: revision(&hello, "bet") },
    });
    scenario.kill_9().await;
    assert_eq!(socket.hear_if_open().await, None);
    scenario.restart().await;
    let (alice, bob) = (scenario.player(alice.user.number()), scenario.player(bob.user.number()));

    let mut socket = evens_tests::LiveSocket::open(scenario.api()).await;
    let hello = alice.hello(&[]);
    let nothing = socket.ask(json!({ "type": "hello", "token": hello["token"], "known": known })).await;
    assert_eq!(nothing["events"], json!([]), "nothing has changed");
    bob.bet("r", "B", "10").await;
    let pushed = socket.await_event(is_bet(&bet.bet_id, "SETTLED")).await;
    let synced = socket.ask(json!({ "type": "sync", "known": known })).await;
    let events = synced["events"].as_array().expect("events");
    let of_bet = events.iter().find(|event| event["type"] == "bet").expect("the bet");
    assert_eq!(of_bet["data"], pushed["data"]);
    assert_eq!(of_bet["revision"], pushed["revision"]);
    scenario.finish().await;
}

/// The only fallback: the same states, as an answer.
#[tokio::test(flavor = "multi_thread")]
async fn polling_gives_the_same() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let (mut socket, _) = alice.socket(&["round:r"]).await;
    let bet = alice.bet("r", "A", "10").await;
    bob.bet("r", "B", "10").await;
    socket.await_event(is_bet(&bet.bet_id, "SETTLED")).await;
    let synced = socket.ask(json!({ "type": "sync" })).await;

    let polled = alice.get("/api/live?rooms=round:r").await.expect(200);
    let parts = |frame: &Value| {
        let events = frame["events"].as_array().expect("events").iter();
        let parts = events.map(|event| (event["id"].clone(), event["data"].clone())).collect::<Vec<_>>();
        (frame["rooms"].clone(), frame["more"].clone(), frame["expiresAt"].clone(), parts)
    };
    let is_same_but_for_totals = |one: Value, other: Value| {
        let strip = |frame: &Value| {
            let mut parts = parts(frame);
            for (_, data) in &mut parts.3 {
                data.as_object_mut().expect("an object").remove("totalsAt");
            }
            parts
        };
        assert_eq!(strip(&one), strip(&other));
    };
    is_same_but_for_totals(polled, synced.clone());
    let revision = |kind: &str| {
        let events = synced["events"].as_array().expect("events").iter();
        events.clone().find(|event| event["type"] == kind).expect("an event")["revision"].clone()
    };
    let known = json!({ "wallet": revision("wallet"), "bets": { &bet.bet_id: revision("bet") } });
    let polled = alice.get(&format!("/api/live?known={known}")).await.expect(200);
    assert_eq!(polled["events"], json!([]));

    let visitor = scenario.visitor();
    #[rustfmt::skip]
    let table = [
        (&visitor, "",                "401 unauthorized -"),
        (&alice,   "rooms=user:42",   "403 forbidden rooms"),
        (&alice,   "rooms=casino",    "422 invalid rooms"),
        (&alice,   "known=5",         "422 invalid known"),
    ];
    for (client, query, problem) in table {
        assert_eq!(client.get(&format!("/api/live?{query}")).await.problem(), problem, "{query}");
    }
    scenario.finish().await;
}

/// A client names the bets that it wants to know of; those of another player are left out.
#[tokio::test(flavor = "multi_thread")]
async fn bets_of_another_player_are_not_shown() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let bet = alice.bet("r", "A", "10").await;
    bob.bet("r", "B", "10").await;
    alice.await_status(&bet.bet_id, "SETTLED").await;
    let sync = json!({ "type": "sync", "known": { "bets": { &bet.bet_id: "0" } } });
    for (player, count) in [(alice, 1), (scenario.player(43), 0)] {
        let (mut socket, _) = player.socket(&["round:r"]).await;
        let synced = socket.ask(sync.clone()).await;
        let events = synced["events"].as_array().expect("events").iter();
        assert_eq!(events.filter(|event| event["type"] == "bet").count(), count, "{synced}");
    }
    scenario.finish().await;
}
