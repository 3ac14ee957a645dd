//! [`Catalog`]: the answer of `GET /api/games`. It never changes while the process runs and is expensive to compute:
//! the return of each selection is summed over every outcome.

use evens_contracts::{GameBody, GamesAnswer};
use evens_games::{GAMES, Room, RoomLimits};
use std::sync::{Arc, OnceLock};

/// The list, computed on first use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog(Arc<OnceLock<GamesAnswer>>);

impl Catalog {
    /// The games under these limits, which must be the same in each call.
    pub(crate) fn of(&self, limits: impl Fn(Room) -> RoomLimits) -> GamesAnswer {
        let made = || GamesAnswer { data: GAMES.iter().map(|game| GameBody::new(*game, &limits)).collect() };
        self.0.get_or_init(made).clone()
    }
}
