//! A connection, from `hello` to `bye`.

use crate::world::{second, user};
use evens_live::{
    ByeReason, Connection, HELLO_WITHIN, Reply, Request, Room, RoomRefusal, Session, hello_within,
};
use evens_players::Role;
use std::collections::HashSet;

fn session(number: u64, expires_at: i64) -> Session {
    Session { user: user(number), role: Role::Player, session_epoch: 0, expires_at: second(expires_at) }
}

fn rooms(names: &[&str]) -> Vec<Room> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn hello(number: u64, expires_at: i64, names: &[&str]) -> Request {
    Request::Hello(session(number, expires_at), rooms(names))
}

fn snapshot(names: &[&str]) -> Reply {
    Reply::Snapshot(rooms(names))
}

/// Each row is a message at a second, and the answer; the connection was opened at 0.
#[test]
fn messages_are_answered_by_the_state_of_the_connection() {
    let many: Vec<_> = (0..20).map(|number| format!("round:{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let forbidden = |name: &str| Reply::Refused(RoomRefusal::Forbidden(name.parse().unwrap()));
    #[rustfmt::skip]
    let table = [
        // at  message                                                reply
        (0,   Request::Ping,                                         Reply::Bye(ByeReason::NoHello)),
        (0,   Request::Sync,                                         Reply::Bye(ByeReason::NoHello)),
        (0,   Request::Subscribe(rooms(&["rounds"])),                Reply::Bye(ByeReason::NoHello)),
        (10,  hello(42, 100, &[]),                                   Reply::Bye(ByeReason::NoHello)),
        (9,   hello(42, 9, &[]),                                     Reply::Bye(ByeReason::TokenExpired)),
        (9,   hello(42, 100, &["user:43"]),                          forbidden("user:43")),
        (9,   Request::Ping,                                         Reply::Bye(ByeReason::NoHello)),
        (9,   hello(42, 100, &["rounds"]),                           snapshot(&["user:42", "rounds"])),
        (20,  Request::Ping,                                         snapshot(&[])),
        (20,  Request::Subscribe(rooms(&["round:r", "rounds"])),     snapshot(&["round:r"])),
        (20,  Request::Subscribe(rooms(&["round:s", "user:43"])),    forbidden("user:43")),
        (20,  Request::Subscribe(rooms(&many)),                      Reply::Refused(RoomRefusal::TooManyRooms)),
        (20,  Request::Sync,                                         snapshot(&["user:42", "round:r", "rounds"])),
        (20,  Request::Unsubscribe(rooms(&["rounds", "user:42"])),   snapshot(&[])),
        (20,  Request::Sync,                                         snapshot(&["user:42", "round:r"])),
        (99,  hello(43, 200, &[]),                                   Reply::Refused(RoomRefusal::OtherUser)),
        (99,  Request::Sync,                                         snapshot(&["user:42", "round:r"])),
        (100, Request::Ping,                                         Reply::Bye(ByeReason::TokenExpired)),
        (100, hello(42, 200, &[]),                                   snapshot(&["user:42", "round:r"])),
        (199, Request::Ping,                                         snapshot(&[])),
        (200, Request::Sync,                                         Reply::Bye(ByeReason::TokenExpired)),
    ];
    let mut connection = Connection::opened(second(0), HELLO_WITHIN);
    for (at, request, expected) in table {
        let shown = format!("{request:?} at {at}");
        assert_eq!(connection.receive(request, second(at)), expected, "{shown}");
    }
}

fn staff(number: u64, role: Role) -> Session {
    Session { role, ..session(number, 100) }
}

/// Each row is a token of a `hello` and its rooms: the answer, and afterwards the user and the role of the connection.
#[test]
fn a_connection_has_the_user_of_its_first_token_and_the_session_that_was_accepted_last() {
    let forbidden = |name: &str| Reply::Refused(RoomRefusal::Forbidden(name.parse().unwrap()));
    let other = Reply::Refused(RoomRefusal::OtherUser);
    let operator = Some(Role::Operator);
    #[rustfmt::skip]
    let table = [
        // token                    rooms          reply                           user  role
        (staff(42, Role::Player),   "user:43",     forbidden("user:43"),           42,   None),
        (staff(43, Role::Operator), "admin",       other.clone(),                  42,   None),
        (staff(42, Role::Operator), "admin",       snapshot(&["user:42", "admin"]), 42,  operator),
        (staff(42, Role::Player),   "rounds",      forbidden("admin"),             42,   operator),
        (staff(43, Role::Player),   "rounds",      other,                          42,   operator),
        (staff(42, Role::Auditor),  "admin",       snapshot(&["user:42", "admin"]), 42,  Some(Role::Auditor)),
    ];
    let mut connection = Connection::opened(second(0), HELLO_WITHIN);
    for (token, name, expected, number, role) in table {
        let shown = format!("{token:?} {name}");
        assert_eq!(connection.receive(Request::Hello(token, rooms(&[name])), second(1)), expected, "{shown}");
        assert_eq!(connection.user(), Some(user(number)), "{shown}");
        assert_eq!(connection.session().map(|session| session.role), role, "{shown}");
        assert_eq!(
            connection.sessions().collect::<Vec<_>>(),
            Vec::from_iter(connection.session()),
            "{shown}"
        );
    }
}

/// A change of the account that comes while a `hello` is checked concerns both sessions.
#[test]
fn an_offered_session_is_known_until_it_is_accepted_or_withdrawn() {
    let (first, second_one) = (staff(42, Role::Operator), staff(42, Role::Auditor));
    let mut connection = Connection::opened(second(0), HELLO_WITHIN);
    assert_eq!(connection.offer(first, second(1)), Ok(()));
    assert_eq!((connection.session(), connection.sessions().collect()), (None, vec![first]));
    connection.receive(Request::Hello(first, Vec::new()), second(1));
    assert_eq!(connection.offer(second_one, second(1)), Ok(()));
    assert_eq!(connection.sessions().collect::<Vec<_>>(), [first, second_one]);
    connection.withdraw_offer();
    assert_eq!(connection.sessions().collect::<Vec<_>>(), [first]);
    let of_other = connection.offer(staff(43, Role::Operator), second(1));
    assert_eq!(of_other, Err(Reply::Refused(RoomRefusal::OtherUser)));
    assert_eq!(connection.sessions().collect::<Vec<_>>(), [first]);
}

/// A client that reads slowly may still have frames to come when its socket is closed.
#[test]
fn nothing_is_carried_out_or_sent_after_the_end() {
    let mut connection = Connection::opened(second(0), HELLO_WITHIN);
    connection.receive(hello(42, 100, &[]), second(1));
    connection.end(ByeReason::RoleLost);
    connection.end(ByeReason::Replaced);
    assert_eq!(connection.ended(), Some(ByeReason::RoleLost));
    assert_eq!(connection.live_session(second(2)), Err(ByeReason::RoleLost));
    for request in [hello(42, 200, &[]), Request::Sync, Request::Subscribe(rooms(&["rounds"])), Request::Ping]
    {
        let shown = format!("{request:?}");
        assert_eq!(connection.receive(request, second(2)), Reply::Bye(ByeReason::RoleLost), "{shown}");
    }
}

#[test]
fn a_frame_needs_a_session_that_holds() {
    let mut connection = Connection::opened(second(0), HELLO_WITHIN);
    assert_eq!(connection.live_session(second(1)), Err(ByeReason::NoHello));
    connection.receive(hello(42, 100, &[]), second(1));
    assert_eq!(connection.live_session(second(99)), Ok(session(42, 100)));
    assert_eq!(connection.live_session(second(100)), Err(ByeReason::TokenExpired));
}

#[test]
fn reasons_and_their_codes_never_change() {
    let words: HashSet<_> = ByeReason::ALL.map(ByeReason::as_str).into_iter().collect();
    assert_eq!(words.len(), ByeReason::ALL.len());
    let rows = ByeReason::ALL.map(|reason| (reason.as_str(), reason.close_code()));
    #[rustfmt::skip]
    let table = [
        ("no-hello",          4_408),
        ("token-expired",     4_401),
        ("blocked",           4_403),
        ("role-lost",         4_403),
        ("replaced",          4_409),
        ("too-many-messages", 4_429),
        ("malformed",         4_400),
        ("slow",              4_408),
        ("going-away",        1_001),
    ];
    assert_eq!(rows, table);
}

/// The first half of the places is free for ten seconds of silence.
#[test]
fn silence_is_shorter_when_places_are_short() {
    #[rustfmt::skip]
    let table = [
        // free    places   milliseconds
        (9_999,    10_000,  10_000),
        (5_000,    10_000,  10_000),
        (4_999,    10_000,   9_998),
        (2_500,    10_000,   6_000),
        (1_000,    10_000,   3_600),
        (1,        10_000,   2_001),
        (0,        10_000,   2_000),
        (999_999,  1_000_000, 10_000),
        (1,        4,        6_000),
        (0,        1,        2_000),
    ];
    for (free, places, milliseconds) in table {
        assert_eq!(hello_within(free, places).as_millis(), milliseconds, "{free} of {places}");
    }
    let mut short = Connection::opened(second(0), hello_within(0, 10));
    assert_eq!(short.receive(hello(42, 100, &[]), second(2)), Reply::Bye(ByeReason::NoHello));
}

/// Refused messages end nothing, so without a count a client without a token could send them for ten seconds.
#[test]
fn few_messages_come_before_a_valid_token() {
    let mut connection = Connection::opened(second(0), HELLO_WITHIN);
    for _ in 0..Connection::UNNAMED_MAX {
        assert_eq!(connection.count_unnamed(), Ok(()));
    }
    assert_eq!(connection.count_unnamed(), Err(ByeReason::NoHello));
    let mut named = Connection::opened(second(0), HELLO_WITHIN);
    assert_eq!(named.receive(hello(42, 100, &[]), second(0)), snapshot(&["user:42"]));
    for _ in 0..=Connection::UNNAMED_MAX {
        assert_eq!(named.count_unnamed(), Ok(()));
    }
    // A refused `hello` names the user too.
    let mut refused = Connection::opened(second(0), HELLO_WITHIN);
    refused.receive(hello(42, 100, &["user:43"]), second(0));
    for _ in 0..=Connection::UNNAMED_MAX {
        assert_eq!(refused.count_unnamed(), Ok(()));
    }
}
