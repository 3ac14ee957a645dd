//! A connection, from `hello` to `bye`.

use crate::world::{second, user};
use evens_live::{ByeReason, Connection, Reply, Request, Room, RoomRefusal, Session};
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
    let mut connection = Connection::opened(second(0));
    for (at, request, expected) in table {
        let shown = format!("{request:?} at {at}");
        assert_eq!(connection.receive(request, second(at)), expected, "{shown}");
    }
}

#[test]
fn a_frame_needs_a_session_that_holds() {
    let mut connection = Connection::opened(second(0));
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

/// Refused messages end nothing, so without a count a client without a token could send them for ten seconds.
#[test]
fn few_messages_come_before_a_session() {
    let mut connection = Connection::opened(second(0));
    for _ in 0..Connection::UNNAMED_MAX {
        assert_eq!(connection.count_unnamed(), Ok(()));
    }
    assert_eq!(connection.count_unnamed(), Err(ByeReason::NoHello));
    let mut named = Connection::opened(second(0));
    assert_eq!(named.receive(hello(42, 100, &[]), second(0)), snapshot(&["user:42"]));
    for _ in 0..=Connection::UNNAMED_MAX {
        assert_eq!(named.count_unnamed(), Ok(()));
    }
}
