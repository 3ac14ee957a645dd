//! Answers about bets on games. The old API's fields keep their names.

use crate::http::cursor::next_cursor;
use crate::{Facts, Money, Time};
use evens_games::{DrawnSymbols, GameBet, GameBetStatus, Period};
use evens_ledger::Amount;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `202` to `POST …/bet`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaceGameBetAnswer {
    /// The HTTP status again, for old clients.
    pub status: u16,
    /// The bet.
    pub data: PlacedGameBetBody,
}

/// A placed bet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacedGameBetBody {
    /// The bet's id.
    pub bet_id: String,
    /// The period.
    pub period_id: String,
    /// The highest payout as a multiple of the stake without its fee.
    #[schema(value_type = f64)]
    pub odds: Money,
    /// The fee in the stake.
    pub platform_fee: Money,
    /// The stake without the fee.
    pub net_bet_amount: Money,
    /// The highest possible payout.
    pub expected_win: Money,
    /// The cash balance after the stake was deducted.
    pub balance: Money,
    /// The bonus balance after the stake was deducted.
    pub bonus_balance: Money,
}

/// `200` to `GET …/my-bets`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameBetListAnswer {
    /// The player's bets, newest first. A page may be short or empty although another page follows.
    pub data: Vec<GameBetBody>,
    /// Start of the next page; null only on the last page.
    pub next_cursor: Option<String>,
    /// This page and those before it contain all bets placed after this time (RFC 3339); null on the last page. A
    /// client that merges this list with another one shows nothing older.
    pub read_to: Option<Time>,
}

/// The current state of a bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameBetBody {
    /// The bet's id.
    pub bet_id: String,
    /// The game.
    pub game_type: &'static str,
    /// Length of its periods in seconds.
    pub duration: u32,
    /// The period.
    pub period_id: String,
    /// The type of bet.
    pub bet_type: &'static str,
    /// Its value.
    pub bet_value: &'static str,
    /// The stake.
    pub bet_amount: Money,
    /// The part of the stake that the bonus balance paid.
    pub bonus_amount: Money,
    /// The fee in the stake.
    pub platform_fee: Money,
    /// `PENDING`, `WON`, `LOST` or `REFUNDED`.
    pub status: &'static str,
    /// The payout, made or due. Zero for a pending or lost bet, and the stake for a refunded one.
    pub win_amount: Money,
    /// The result; null before the draw.
    #[schema(required)]
    pub result: Option<Facts>,
    /// Time of placing (RFC 3339).
    pub created_at: Time,
}

impl From<&GameBet> for PlaceGameBetAnswer {
    fn from(bet: &GameBet) -> Self {
        let best = bet.selection.prices().first().copied();
        let odds =
            best.and_then(|best| Amount::from_units(i128::from(best.in_hundredths()) * 1_000_000).ok());
        let data = PlacedGameBetBody {
            bet_id: bet.id.to_string(),
            period_id: bet.period.digits(),
            odds: odds.unwrap_or_default().into(),
            platform_fee: bet.stake.fee().into(),
            net_bet_amount: bet.stake.net().into(),
            expected_win: best.map(|best| bet.stake.payout(best)).unwrap_or_default().into(),
            balance: bet.balance_after.into(),
            bonus_balance: bet.bonus_after.into(),
        };
        Self { status: 202, data }
    }
}

impl GameBetBody {
    /// A bet as its period decides it.
    pub fn of(bet: &GameBet, period: &Period) -> Self {
        Self::new(bet, bet.status(period), period.result().map(|result| &result.drawn))
    }

    /// A bet with its status, and the result of its period once it is drawn.
    pub fn new(bet: &GameBet, status: GameBetStatus, drawn: Option<&DrawnSymbols>) -> Self {
        let won = match status {
            GameBetStatus::Pending | GameBetStatus::Lost => Amount::ZERO,
            GameBetStatus::Won(payout) => payout,
            GameBetStatus::Refunded => bet.stake.amount(),
        };
        let room = bet.period.room;
        Self {
            bet_id: bet.id.to_string(),
            game_type: room.game().id(),
            duration: room.duration_s(),
            period_id: bet.period.digits(),
            bet_type: bet.selection.bet_type(),
            bet_value: bet.selection.bet_value(),
            bet_amount: bet.stake.amount().into(),
            bonus_amount: bet.parts.bonus.into(),
            platform_fee: bet.stake.fee().into(),
            status: status.as_str(),
            win_amount: won.into(),
            result: drawn.map(|drawn| Facts::new(room, drawn)),
            created_at: bet.placed_at.into(),
        }
    }
}

impl GameBetListAnswer {
    /// A page of bets, newest first. The next page starts before the entry number `next`, and contains bets placed up
    /// to `read_to`.
    pub fn new(data: Vec<GameBetBody>, next: Option<u64>, read_to: Option<Timestamp>) -> Self {
        let next_cursor = next_cursor(next);
        let read_to = read_to.filter(|_| next_cursor.is_some()).map(Time::from);
        Self { data, next_cursor, read_to }
    }
}
