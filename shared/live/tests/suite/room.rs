//! Rooms, and who may be in them.

use crate::world::user;
use evens_live::{Room, RoomError};
use evens_players::Role;

#[test]
fn a_room_has_one_name() {
    for name in ["rounds", "round:r-1", "user:42"] {
        assert_eq!(name.parse::<Room>().unwrap().to_string(), name);
    }
    for name in
        ["", "round", "round:", "round:a b", "user:", "user:0", "user:+42", "games", "rounds:r", "admin"]
    {
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
        ];
        for (room, expected) in table {
            let admits = room.parse::<Room>().unwrap().admits(user(42), role);
            assert_eq!(admits, expected, "{room} {role:?}");
        }
    }
}
