//! [`Room`]: a set of events that a socket may receive.

use evens_exchange::RoundId;
use evens_games::{GAMES, Room as GameRoom};
use evens_ledger::UserId;
use evens_players::Role;
use std::fmt;
use std::str::FromStr;

/// A set of events that a socket may receive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    /// A user's own bets, wallet and orders. Written `user:{id}`.
    User(UserId),
    /// A round: its state and its totals. Written `round:{id}`.
    Round(RoundId),
    /// The state of every round, without totals as they change. Written `rounds`.
    Rounds,
    /// The results of every game. Written `games`.
    Games,
    /// The results of a game, in all of its rooms. Written `game:{type}`, with the game's id.
    Game(&'static str),
    /// The results of one room of a game. Written `game:{type}-{duration}`, with the duration in seconds.
    GameRoom(GameRoom),
    /// The jackpots. Written `jackpots`.
    Jackpots,
    /// The numbers of the platform: health, traffic, queues and sockets. Written `admin`.
    Admin,
    /// The bets on the current period of a room of a game. Written `admin:{type}-{duration}`.
    AdminGame(GameRoom),
    /// The orders that wait for a cashier. Written `cashier`.
    Cashier,
}

/// The text names no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "has a name that is no room: rounds, round:ID, games, game:TYPE, game:TYPE-SECONDS, jackpots, user:ID, admin, \
     admin:TYPE-SECONDS, cashier"
)]
pub struct RoomError;

impl Room {
    /// The rooms that hear of the periods of a room of a game, the narrowest first.
    pub fn of_periods(room: GameRoom) -> [Self; 3] {
        [Self::GameRoom(room), Self::Game(room.game().id()), Self::Games]
    }

    /// The rooms of games whose periods this room hears of.
    pub fn game_rooms(&self) -> Vec<GameRoom> {
        let hears = |room: &GameRoom| match self {
            Self::Games => true,
            Self::Game(game) => room.game().id() == *game,
            Self::GameRoom(only) => room == only,
            Self::User(_)
            | Self::Round(_)
            | Self::Rounds
            | Self::Jackpots
            | Self::Admin
            | Self::AdminGame(_)
            | Self::Cashier => false,
        };
        GameRoom::all().filter(hears).collect()
    }

    /// The number of things that a snapshot of the room reads, besides what each snapshot reads of the user.
    fn reads(&self) -> usize {
        match self {
            Self::User(_) | Self::Rounds => 0,
            // The round and its totals.
            Self::Round(_) => 2,
            Self::Games | Self::Game(_) | Self::GameRoom(_) => self.game_rooms().len(),
            Self::Jackpots | Self::AdminGame(_) | Self::Cashier => 1,
            // Health, numbers, queues and sockets.
            Self::Admin => 4,
        }
    }

    /// The number of messages that a snapshot of these rooms counts as, besides the message that asks for it.
    pub fn extra_messages(rooms: &[Self]) -> usize {
        rooms.iter().map(Self::reads).sum::<usize>() / crate::READS_PER_MESSAGE
    }

    /// The kinds of rooms, in the order of the variants.
    pub const KINDS: [&'static str; 10] = [
        "user",
        "round",
        "rounds",
        "games",
        "game",
        "game-room",
        "jackpots",
        "admin",
        "admin-game",
        "cashier",
    ];

    /// The kind of the room, which names no user, round or game.
    pub fn kind(&self) -> &'static str {
        let [user, round, rounds, games, game, game_room, jackpots, admin, admin_game, cashier] = Self::KINDS;
        match self {
            Self::User(_) => user,
            Self::Round(_) => round,
            Self::Rounds => rounds,
            Self::Games => games,
            Self::Game(_) => game,
            Self::GameRoom(_) => game_room,
            Self::Jackpots => jackpots,
            Self::Admin => admin,
            Self::AdminGame(_) => admin_game,
            Self::Cashier => cashier,
        }
    }

    /// Returns `true` if the room admits only roles beside playing.
    pub fn is_of_staff(&self) -> bool {
        match self {
            Self::Admin | Self::AdminGame(_) | Self::Cashier => true,
            Self::User(_)
            | Self::Round(_)
            | Self::Rounds
            | Self::Games
            | Self::Game(_)
            | Self::GameRoom(_)
            | Self::Jackpots => false,
        }
    }

    /// Returns `true` if a user with this role may be in the room. A room of staff admits the roles that can `GET` its
    /// states.
    pub fn admits(&self, user: UserId, role: Role) -> bool {
        match self {
            Self::User(of) => *of == user,
            Self::Round(_)
            | Self::Rounds
            | Self::Games
            | Self::Game(_)
            | Self::GameRoom(_)
            | Self::Jackpots => match role {
                Role::Player | Role::Operator | Role::Cashier | Role::Auditor => true,
                // These roles belong to systems, which have no use for what players see.
                Role::Contributor | Role::Oracle => false,
            },
            Self::Admin => matches!(role, Role::Operator | Role::Auditor),
            Self::AdminGame(_) => role == Role::Operator,
            Self::Cashier => matches!(role, Role::Cashier | Role::Auditor),
        }
    }
}

impl FromStr for Room {
    type Err = RoomError;

    fn from_str(text: &str) -> Result<Self, RoomError> {
        match text.split_once(':') {
            None if text == "rounds" => Ok(Self::Rounds),
            None if text == "games" => Ok(Self::Games),
            None if text == "jackpots" => Ok(Self::Jackpots),
            None if text == "admin" => Ok(Self::Admin),
            None if text == "cashier" => Ok(Self::Cashier),
            Some(("user", id)) => id.parse().map(Self::User).map_err(|_| RoomError),
            Some(("round", id)) => id.parse().map(Self::Round).map_err(|_| RoomError),
            Some(("admin", name)) => name.parse().map(Self::AdminGame).map_err(|_| RoomError),
            Some(("game", name)) if name.contains('-') => {
                name.parse().map(Self::GameRoom).map_err(|_| RoomError)
            }
            Some(("game", name)) => {
                let mut ids = GAMES.iter().map(|game| game.id());
                ids.find(|id| *id == name).map(Self::Game).ok_or(RoomError)
            }
            _ => Err(RoomError),
        }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(formatter, "user:{user}"),
            Self::Round(id) => write!(formatter, "round:{id}"),
            Self::Rounds => formatter.write_str("rounds"),
            Self::Games => formatter.write_str("games"),
            Self::Game(game) => write!(formatter, "game:{game}"),
            Self::GameRoom(room) => write!(formatter, "game:{room}"),
            Self::Jackpots => formatter.write_str("jackpots"),
            Self::Admin => formatter.write_str("admin"),
            Self::AdminGame(room) => write!(formatter, "admin:{room}"),
            Self::Cashier => formatter.write_str("cashier"),
        }
    }
}
