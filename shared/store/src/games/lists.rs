//! Lists of bets against the house, page by page.

use crate::games::entities::game_bet;
use crate::{Store, StoreError};
use evens_games::GameBet;
use evens_ledger::{EntryPurpose, UserId};
use jiff::Timestamp;

/// A page of a player's bets against the house, newest first. It may be short or empty although another page follows,
/// as [`BetPage`](crate::BetPage) may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameBetPage {
    pub bets: Vec<GameBet>,
    /// The next page starts before the entry of this number; `None` on the last page.
    pub next_before: Option<u64>,
    /// This page and those before it contain all bets placed after this time; `None` on the last page.
    pub read_to: Option<Timestamp>,
}

impl Store {
    /// A page of a user's bets against the house, newest first. They are found through the ledger entries of their
    /// stakes.
    ///
    /// # Role
    /// - `BatchGetItem` on `BET#`
    /// - `GetItem` on `BET#`, `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn list_game_bets(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<GameBetPage, StoreError> {
        let (stakes, read_to) = self.list_stakes(user, EntryPurpose::Game, before, limit.into()).await?;
        let mut bets = Vec::with_capacity(stakes.len());
        for some in stakes.chunks(Self::BATCH_MAX) {
            let keys: Vec<_> = some.iter().map(|stake| game_bet::key(stake.bet)).collect();
            for item in self.get_named(&keys, "the bet is missing").await? {
                bets.push(game_bet::decode(&item)?);
            }
        }
        let (next_before, read_to) = (read_to.map(|place| place.number), read_to.map(|place| place.at));
        Ok(GameBetPage { bets, next_before, read_to })
    }
}
