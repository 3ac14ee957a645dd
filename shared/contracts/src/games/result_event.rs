//! The result of a period as it is pushed: also the bets that win by it, so that a client needs no request to see that
//! its bets have lost.

use super::answer::GameResultBody;
use super::catalog::Decimal;
use evens_games::{DrawnSymbols, PeriodId, Selection};
use serde::Serialize;
use utoipa::ToSchema;

/// The result of a period, and the bets that win by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GameResultEventBody {
    /// The result, as `GET …/last-result` answers it.
    #[serde(flatten)]
    pub result: GameResultBody,
    /// The bets that win. All other bets on the period lose.
    pub winning: Vec<WinningBody>,
}

/// A winning bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WinningBody {
    /// The type of bet.
    pub bet_type: &'static str,
    /// Its value.
    pub bet_value: &'static str,
    /// The payout as a multiple of the stake without its fee.
    #[schema(value_type = f64)]
    pub multiplier: Decimal,
}

impl GameResultEventBody {
    /// A result with the bets that win by it, also those that are no longer offered.
    pub fn new(result: GameResultBody, id: PeriodId, drawn: &DrawnSymbols) -> Self {
        let winning = Selection::all(id.room.game()).filter_map(|selection| {
            let multiplier = selection.pays(drawn)?;
            Some(WinningBody {
                bet_type: selection.bet_type(),
                bet_value: selection.bet_value(),
                multiplier: multiplier.into(),
            })
        });
        Self { result, winning: winning.collect() }
    }
}
