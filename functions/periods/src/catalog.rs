//! [`Catalog`]: the games as `GET /api/games` lists them. They are the same as long as the process runs, and dear to
//! make: what each selection returns is added up over every outcome.

use evens_contracts::{GameBody, GamesAnswer};
use evens_games::{GAMES, Room, RoomLimits};
use std::sync::{Arc, OnceLock};

/// The list, made when it is first asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog(Arc<OnceLock<GamesAnswer>>);

impl Catalog {
    /// The games, under these limits, which are the same each time.
    pub(crate) fn of(&self, limits: impl Fn(Room) -> RoomLimits) -> GamesAnswer {
        let made = || GamesAnswer { data: GAMES.iter().map(|game| GameBody::new(*game, &limits)).collect() };
        self.0.get_or_init(made).clone()
    }
}
