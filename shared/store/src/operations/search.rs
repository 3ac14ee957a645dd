//! Orders, rounds and bets by their ids, for staff who search.

use crate::exchange::entities::{bet, round};
use crate::games::entities::game_bet;
use crate::payments::entities::order;
use crate::table::item::{Fields, Item};
use crate::{PlayerOrder, Store, StoreError};
use evens_exchange::{Bet, Round, RoundId};
use evens_games::GameBet;
use evens_idempotency::BetId;
use evens_payments::OrderId;

/// The ids that a text can be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchIds {
    pub order: Option<OrderId>,
    pub round: Option<RoundId>,
    pub bet: Option<BetId>,
}

/// A bet of either kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyBet {
    OnRound(Box<Bet>),
    OnPeriod(Box<GameBet>),
}

/// The things that have these ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundThings {
    pub order: Option<PlayerOrder>,
    pub round: Option<Round>,
    pub bet: Option<AnyBet>,
}

impl Store {
    /// The order, the round and the bet with these ids, as far as they exist.
    ///
    /// # Role
    /// - `BatchGetItem` on `BET#`, `ORDER#`, `ROUND#`
    pub async fn find_by_ids(&self, ids: &SearchIds) -> Result<FoundThings, StoreError> {
        let of_order = ids.order.map(order::key);
        let of_round = ids.round.as_ref().map(round::key);
        let of_bet = ids.bet.map(bet::key);
        let keys: Vec<_> = [of_order, of_round, of_bet].into_iter().flatten().collect();
        let items = if keys.is_empty() { Vec::new() } else { self.get_batch_again(&keys).await? };
        let mut found = FoundThings::default();
        for item in items.iter().flatten() {
            match Fields::of(item).get::<String>("kind")?.as_str() {
                order::KIND => found.order = Some(PlayerOrder::decode(item)?),
                round::KIND => found.round = Some(round::decode(item)?),
                _ => found.bet = Some(any_bet(item)?),
            }
        }
        Ok(found)
    }
}

fn any_bet(item: &Item) -> Result<AnyBet, StoreError> {
    if Fields::of(item).get::<String>("kind")? == game_bet::KIND {
        return Ok(AnyBet::OnPeriod(Box::new(game_bet::decode(item)?)));
    }
    Ok(AnyBet::OnRound(Box::new(bet::decode(item)?)))
}
