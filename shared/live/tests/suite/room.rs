//! Rooms, and who may be in them.

use crate::world::user;
use evens_games::Room as GameRoom;
use evens_live::{Room, RoomError};
use evens_players::Role;

#[test]
fn a_room_has_one_name() {
    #[rustfmt::skip]
    let table = [
        ("user:42", "user"), ("round:r-1", "round"), ("rounds", "rounds"), ("games", "games"), ("game:k3", "game"),
        ("game:k3-60", "game-room"), ("jackpots", "jackpots"), ("admin", "admin"), ("admin:k3-60", "admin-game"),
        ("cashier", "cashier"),
    ];
    for (name, kind) in table {
        let room: Room = name.parse().unwrap();
        assert_eq!((room.to_string(), room.kind()), (name.to_owned(), kind));
    }
    assert_eq!(table.map(|(_, kind)| kind), Room::KINDS);
    #[rustfmt::skip]
    let none = [
        "", "round", "round:", "round:a b", "user:", "user:0", "user:+42", "rounds:r", "game:", "games:k3",
        "game:roulette", "game:k3-", "game:k3-61", "game:k3-060", "game:fiveD", "game:fiveD-60", "jackpots:minor",
        "admin:", "admin:k3", "admin:k3-61", "cashier:", "cashier:1",
    ];
    for name in none {
        assert_eq!(name.parse::<Room>(), Err(RoomError), "{name:?}");
    }
}

/// M8: no user joins the room of another one, whatever their role.
#[test]
fn a_room_admits_by_user_and_role() {
    for role in Role::ALL {
        let is_system = matches!(role, Role::Contributor | Role::Oracle);
        #[rustfmt::skip]
        let table = [
            ("user:42", true),
            ("user:43", false),
            ("round:r", !is_system),
            ("rounds",  !is_system),
            ("games",      !is_system),
            ("game:k3",    !is_system),
            ("game:k3-60", !is_system),
            ("jackpots",   !is_system),
            ("admin",       matches!(role, Role::Operator | Role::Auditor)),
            ("admin:k3-60", role == Role::Operator),
            ("cashier",     matches!(role, Role::Cashier | Role::Auditor)),
        ];
        for (room, expected) in table {
            let admits = room.parse::<Room>().unwrap().admits(user(42), role);
            assert_eq!(admits, expected, "{room} {role:?}");
            let is_of_staff = room.starts_with("admin") || room == "cashier";
            assert_eq!(room.parse::<Room>().unwrap().is_of_staff(), is_of_staff, "{room}");
        }
    }
}

/// A room hears of exactly the periods whose events name it.
#[test]
fn a_result_names_the_rooms_that_hear_of_it() {
    let rooms: Vec<_> = GameRoom::all().collect();
    let names = Room::of_periods("k3-60".parse().unwrap()).map(|room| room.to_string());
    assert_eq!(names, ["game:k3-60", "game:k3", "games"]);
    for named in ["games", "game:k3", "game:k3-60", "rounds", "jackpots", "user:42", "round:r"] {
        let named: Room = named.parse().unwrap();
        let heard: Vec<_> =
            rooms.iter().copied().filter(|room| Room::of_periods(*room).contains(&named)).collect();
        assert_eq!(named.game_rooms(), heard, "{named}");
    }
}

/// Every ten reads of a snapshot count as one more message.
#[test]
fn what_a_snapshot_reads_counts() {
    let rounds = |count: usize| (0..count).map(|number| format!("round:r{number}")).collect::<Vec<_>>();
    let games = GameRoom::all().count();
    assert!((10..20).contains(&games), "{games} rooms of games");
    #[rustfmt::skip]
    let table = [
        (vec!["user:42".to_owned(), "rounds".to_owned()],                   0),
        (vec!["jackpots".to_owned(), "game:k3".to_owned()],                 0),
        (rounds(4),                                                         0),
        (rounds(5),                                                         1),
        (vec!["games".to_owned()],                                          1),
        (rounds(19),                                                        3),
    ];
    for (names, expected) in table {
        let rooms: Vec<Room> = names.iter().map(|name| name.parse().unwrap()).collect();
        assert_eq!(Room::extra_messages(&rooms), expected, "{names:?}");
    }
}
