//! A connection has one user, and its rooms of staff end with the role: however the client sends its tokens.

use crate::operations::watched::{metrics, metrics_address};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_audit_log::{Act, Action, Actor};
use evens_players::Role;
use evens_runtime::tokens::TokenSubject;
use evens_store::{AccountWrite, Announcement, ChangedItem, HubId};
use evens_tests::{Client, LiveSocket, Scenario};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

const ROLE_LOST: (&str, u16) = ("role-lost", 4_403);

/// An operator with an account, in the room `admin`.
async fn operator(scenario: &Scenario, number: u64) -> (Client, LiveSocket) {
    scenario.enrol(number, Role::Operator).await;
    let operator = scenario.client(number, Role::Operator);
    let (socket, _) = operator.socket(&["admin"]).await;
    (operator, socket)
}

/// Takes the role of an account, of which the process that serves hears nothing. Returns a client of a later login.
async fn take_role(scenario: &Scenario, operator: &Client) -> Client {
    let store = &scenario.context().store;
    let (user, now) = (operator.user, Timestamp::now());
    let act = Act {
        actor: Actor::CommandLine,
        action: Action::SetRole,
        subject: user.to_string(),
        before: "operator".to_owned(),
        after: "player".to_owned(),
        reason: "left".to_owned(),
    };
    let Ok(AccountWrite::Written(account)) = store.set_role(user, Role::Player, &act, now).await else {
        panic!("an account that was not written");
    };
    let subject = TokenSubject { user, role: Role::Player, session_epoch: account.session_epoch };
    let token = scenario.signer().sign_login(subject, now, Duration::from_hours(1));
    scenario.bearer(token.expect("a token"))
}

/// Tells the process that serves that the account has changed.
async fn announce(scenario: &Scenario, client: &Client) {
    let changes = vec![ChangedItem::Account(client.user)];
    let announcement = Announcement { from: HubId::from_random(1), number: 0, at: Timestamp::now(), changes };
    scenario.context().store.announce(&announcement).await.expect("an announcement");
}

/// The events of a room of staff never end by themselves, so this has a deadline of its own.
async fn await_role_lost(socket: &mut LiveSocket) {
    let (reason, code) = timeout(Scenario::DEADLINE, socket.await_bye()).await.expect("an end in time");
    assert_eq!((reason.as_str(), code), ROLE_LOST);
}

/// The first valid token names the user, also if its `hello` is refused: another user's token could otherwise join
/// rooms that the hub does not count as theirs, and keep them when the role is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_hello_names_the_user_of_the_connection() {
    let scenario = Scenario::start().await;
    scenario.enrol(900_033, Role::Operator).await;
    let mut socket = LiveSocket::open(scenario.api()).await;
    let refused = socket.ask(scenario.player(41).hello(&["user:42"])).await;
    assert_eq!(refused["problem"]["field"], "rooms", "{refused}");
    let refused = socket.ask(scenario.client(900_033, Role::Operator).hello(&["admin"])).await;
    assert_eq!(refused["problem"]["type"], "urn:evens:problem:forbidden", "{refused}");
    assert_eq!(refused["problem"]["field"], "token", "{refused}");
    // The user may try again.
    assert_eq!(
        socket.ask(scenario.player(41).hello(&["rounds"])).await["rooms"],
        json!(["user:41", "rounds"])
    );
    scenario.finish().await;
}

/// The token of a later login as a player is refused, because a player may not be in the room. The socket goes on with
/// its session as an operator, which the lost role ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_does_not_keep_a_socket_whose_role_is_lost() {
    let scenario = Scenario::start().await;
    let (operator, mut socket) = operator(&scenario, 900_034).await;
    let as_player = take_role(&scenario, &operator).await;
    let refused = socket.ask(as_player.hello(&[])).await;
    assert_eq!(refused["problem"]["type"], "urn:evens:problem:forbidden", "{refused}");
    announce(&scenario, &operator).await;
    await_role_lost(&mut socket).await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_a_room_of_staff_reads_the_account() {
    let scenario = Scenario::start().await;
    let (operator, mut socket) = operator(&scenario, 900_035).await;
    take_role(&scenario, &operator).await;
    socket.say(json!({ "type": "subscribe", "rooms": ["admin:wingo-30"] })).await;
    await_role_lost(&mut socket).await;
    scenario.finish().await;
}

/// Two broken announcements, one of an hour to come, hide no other. Each is counted once.
#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_that_cannot_be_read_hides_no_other() {
    let scenario =
        Scenario::start_with(&[("RUST_LOG", "info"), ("EVENS_METRICS_LISTEN", "127.0.0.1:0")]).await;
    let (operator, mut socket) = operator(&scenario, 900_036).await;
    take_role(&scenario, &operator).await;
    let table = &scenario.context().settings.table;
    for at in [Timestamp::now(), Timestamp::now() + Duration::from_hours(1)] {
        let broken = [
            ("pk", "LIVE".to_owned()),
            ("sk", format!("{:015}#broken", at.as_millisecond())),
            ("kind", "announcement".to_owned()),
        ];
        let broken = broken.map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
        let put = scenario.dynamodb().put_item().table_name(table).set_item(Some(broken.into()));
        put.send().await.expect("the table");
    }
    announce(&scenario, &operator).await;
    await_role_lost(&mut socket).await;
    let counted = metrics(metrics_address(&scenario).await).await.remove("evens_live_unreadable_total");
    assert_eq!(counted.as_deref(), Some("2"));
    scenario.finish().await;
}

/// An announcement can be lost, as when the table does not answer for some seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_role_closes_a_socket_without_an_announcement() {
    let scenario = Scenario::start().await;
    let (operator, mut socket) = operator(&scenario, 900_036).await;
    take_role(&scenario, &operator).await;
    await_role_lost(&mut socket).await;
    scenario.finish().await;
}
