//! A search over players, orders, rounds and bets.

use crate::{ListedUserBody, Money, NamedUserBody, RoundLineBody, Time};
use evens_exchange::Bet;
use evens_games::GameBet;
use evens_ledger::UserId;
use evens_payments::{Direction, OrderTerms};
use evens_players::UserName;
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::ToSchema;

/// The text of a search: 1 to 100 characters, without white space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(String);

/// The text is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} characters", SearchText::LENGTH_MAX)]
pub struct SearchTextError;

impl SearchText {
    /// In characters.
    pub const LENGTH_MAX: usize = 100;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SearchText {
    type Err = SearchTextError;

    fn from_str(text: &str) -> Result<Self, SearchTextError> {
        let text = text.trim();
        let fits = (1..=Self::LENGTH_MAX).contains(&text.chars().count());
        if fits { Ok(Self(text.to_owned())) } else { Err(SearchTextError) }
    }
}

/// The things that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchBody {
    /// The users with this phone number, number or referral code; then those whose name begins with the text, in the
    /// order of their names, at most 20.
    pub users: Vec<ListedUserBody>,
    /// `true` if more names begin with the text.
    pub has_more_users: bool,
    /// The deposit or withdrawal with this id. Always empty for operators, who do not see orders.
    pub orders: Vec<FoundOrderBody>,
    /// The round with this id.
    pub rounds: Vec<RoundLineBody>,
    /// The bet with this id.
    pub bets: Vec<FoundBetBody>,
}

/// A deposit or a withdrawal that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundOrderBody {
    /// `deposit` or `withdrawal`.
    pub direction: &'static str,
    /// The order id.
    pub order_id: String,
    /// The player.
    pub player: NamedUserBody,
    /// The state, as in the lists of deposits and withdrawals.
    pub state: &'static str,
    /// The amount.
    pub amount: Money,
    /// The currency code.
    pub currency: String,
    /// Time of the request (RFC 3339).
    pub created_at: Time,
}

/// A bet that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundBetBody {
    /// The bet's id.
    pub bet_id: String,
    /// The player.
    pub player: NamedUserBody,
    /// The round; null for a bet on a house game.
    pub round_id: Option<String>,
    /// The period of a house game, such as `wingo-30-20261123000000042`; null for a bet on a round.
    pub period_id: Option<String>,
    /// The stake.
    pub amount: Money,
    /// Time of the bet (RFC 3339).
    pub created_at: Time,
}

impl FoundOrderBody {
    /// An order in a state, with the name of its player among `names`.
    pub fn new(
        direction: Direction,
        terms: &OrderTerms,
        state: &'static str,
        names: &BTreeMap<UserId, UserName>,
    ) -> Self {
        Self {
            direction: direction.into(),
            order_id: terms.id.to_string(),
            player: NamedUserBody::new(terms.user, names),
            state,
            amount: terms.amount().into(),
            currency: terms.money.currency().code().to_owned(),
            created_at: terms.created_at.into(),
        }
    }
}

impl FoundBetBody {
    /// A bet on a round.
    pub fn on_round(bet: &Bet, names: &BTreeMap<UserId, UserName>) -> Self {
        Self {
            bet_id: bet.id.to_string(),
            player: NamedUserBody::new(bet.user, names),
            round_id: Some(bet.round.to_string()),
            period_id: None,
            amount: bet.stake.amount().into(),
            created_at: bet.placed_at.into(),
        }
    }

    /// A bet on a period of a house game.
    pub fn on_period(bet: &GameBet, names: &BTreeMap<UserId, UserName>) -> Self {
        Self {
            bet_id: bet.id.to_string(),
            player: NamedUserBody::new(bet.user, names),
            round_id: None,
            period_id: Some(bet.period.to_string()),
            amount: bet.stake.amount().into(),
            created_at: bet.placed_at.into(),
        }
    }
}
