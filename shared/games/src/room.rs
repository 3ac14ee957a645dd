//! [`Room`]: a game with one duration of periods, which follow each other.

use crate::{GAMES, Game};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A game and the duration of its periods. Its text is `wingo-30`.
#[derive(Clone, Copy)]
pub struct Room {
    game: &'static dyn Game,
    duration_s: u32,
}

/// There is no such room. The variants are in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoomError {
    #[error("is not a game")]
    Game,
    #[error("is not a period length of this game")]
    Duration,
}

impl Room {
    /// Returns an error if the game has no periods of this duration.
    pub fn new(game: &'static dyn Game, duration_s: u32) -> Result<Self, RoomError> {
        let is_there = game.durations_s().contains(&duration_s);
        if is_there { Ok(Self { game, duration_s }) } else { Err(RoomError::Duration) }
    }

    /// Parses a room as clients name it: a game by its id or an older name, and a duration in seconds.
    pub fn parse(game: &str, duration_s: &str) -> Result<Self, RoomError> {
        let is_meant = |known: &&&dyn Game| known.is_called(game);
        let game = *GAMES.iter().find(is_meant).ok_or(RoomError::Game)?;
        let duration = duration_s.parse().map_err(|_| RoomError::Duration)?;
        let room = Self::new(game, duration)?;
        if room.duration_s.to_string() == duration_s { Ok(room) } else { Err(RoomError::Duration) }
    }

    /// The rooms of a game, shortest periods first.
    pub fn of_game(game: &'static dyn Game) -> impl Iterator<Item = Self> {
        game.durations_s().iter().map(move |duration_s| Self { game, duration_s: *duration_s })
    }

    pub fn all() -> impl Iterator<Item = Self> {
        GAMES.iter().flat_map(|game| Self::of_game(*game))
    }

    pub fn game(self) -> &'static dyn Game {
        self.game
    }

    /// The duration of a period, in seconds.
    pub fn duration_s(self) -> u32 {
        self.duration_s
    }

    /// Returns `true` if the room has periods only with a source of blocks.
    pub fn needs_blocks(self) -> bool {
        self.game.drawn_by_block().is_some()
    }

    fn key(self) -> (&'static str, u32) {
        (self.game.id(), self.duration_s)
    }
}

impl FromStr for Room {
    type Err = RoomError;

    /// Parses the text of a room. Older names of games are not accepted.
    fn from_str(text: &str) -> Result<Self, RoomError> {
        let (game, duration_s) = text.split_once('-').ok_or(RoomError::Game)?;
        let room = Self::parse(game, duration_s)?;
        if room.game.id() == game { Ok(room) } else { Err(RoomError::Game) }
    }
}

impl PartialEq for Room {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Room {}

impl PartialOrd for Room {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Room {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Room {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.game.id(), self.duration_s)
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
