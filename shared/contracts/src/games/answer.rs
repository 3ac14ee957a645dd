//! Answers about periods of games and their results. Times are RFC 3339.

use crate::{BlockBody, PeriodCursor, Time, VerificationBody};
use evens_games::{
    Block, DrawnSymbols, Entropy, Fact, Period, PeriodId, PeriodTimes, Room, Selection, Trend,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// `200` to `GET /api/games/active-periods`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivePeriodsAnswer {
    /// The current period of every room.
    pub data: Vec<CurrentPeriodBody>,
    /// The time of the platform's clock.
    pub server_time: Time,
}

/// `200` to `GET /api/games/{gameType}/{duration}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrentPeriodAnswer {
    /// The current period.
    pub data: CurrentPeriodBody,
    /// The time of the platform's clock.
    pub server_time: Time,
}

/// The current period of a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrentPeriodBody {
    /// The game.
    pub game_type: &'static str,
    /// Length of its periods in seconds.
    pub duration: u32,
    /// The period id.
    pub period_id: String,
    /// Time from which it accepts bets.
    pub opens_at: Time,
    /// Time from which it no longer accepts bets.
    pub closes_at: Time,
    /// Time of the draw.
    pub ends_at: Time,
    /// The SHA-256 of its seed; null if the platform has not opened the period.
    pub seed_hash: Option<String>,
    /// The input of its draw besides the seed: `none` or `block`; null if the platform has not opened the period.
    pub entropy: Option<&'static str>,
    /// The source of the block: `local`, `tron`, or `oracle:` and its key; null without a block.
    pub source: Option<String>,
    /// The next periods, with the hashes of their seeds.
    pub next_periods: Vec<NextPeriodBody>,
}

/// A future period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextPeriodBody {
    /// The period id.
    pub period_id: String,
    /// The SHA-256 of its seed; null if the platform has not opened the period yet.
    pub seed_hash: Option<String>,
}

/// `200` to `GET …/last-result`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GameResultAnswer {
    /// The newest result; null in a room without results.
    pub data: Option<GameResultBody>,
}

/// `200` to `GET …/history`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryAnswer {
    /// Results, newest first.
    pub data: Vec<GameResultBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// The facts of a draw, with the names that the game uses: `number`, `dice_1`, `A`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts(Map<String, Value>);

/// The result of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameResultBody {
    /// The game.
    pub game_type: &'static str,
    /// Length of its periods in seconds.
    pub duration: u32,
    /// The period.
    pub period_id: String,
    /// A unique id of this result over all rooms, by which repeated reports of it can be recognized.
    pub event_id: String,
    /// Time of its end.
    pub ends_at: Time,
    /// The result.
    pub result: Facts,
    /// The block that determined the draw; null if there is none.
    pub verification: Option<BlockBody>,
}

/// `200` to `GET …/period/{periodId}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeriodAnswer {
    /// The period.
    pub data: PeriodBody,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeriodBody {
    /// The game.
    pub game_type: &'static str,
    /// Length of its periods in seconds.
    pub duration: u32,
    /// The period id.
    pub period_id: String,
    /// `OPEN`, `CLOSING`, `CLOSED`, `RESULTED`, `SETTLED`, `CANCELLED` or `REFUNDED`.
    pub state: &'static str,
    /// The version of the payout tables for its bets.
    pub rules: u16,
    /// Time from which it accepts bets.
    pub opens_at: Time,
    /// Time from which it no longer accepts bets.
    pub closes_at: Time,
    /// Time of the draw.
    pub ends_at: Time,
    /// The result; null before the draw.
    #[schema(required)]
    pub result: Option<Facts>,
    /// The proof of the result.
    pub verification: VerificationBody,
}

/// `200` to `GET …/statistics`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendsAnswer {
    /// The statistics of each selection.
    pub data: Vec<TrendBody>,
    /// Number of periods included.
    pub periods: usize,
}

/// Statistics of a selection in the last periods of a room. They predict nothing about the next period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendBody {
    /// The type of bet.
    pub bet_type: &'static str,
    /// Its value.
    pub bet_value: &'static str,
    /// Number of periods in which it won.
    pub frequency: usize,
    /// Number of periods since its last win.
    pub missing: usize,
    /// Average number of periods between two wins.
    pub average_missing: usize,
    /// Maximum number of consecutive wins.
    pub longest_run: usize,
}

impl CurrentPeriodBody {
    /// The current period and the next ones, each with its seed hash if it is open. `times` applies to a period that is
    /// not open.
    pub fn new(
        id: PeriodId,
        times: PeriodTimes,
        opened: Option<&Period>,
        next: &[(PeriodId, Option<Period>)],
    ) -> Self {
        let PeriodTimes { opens_at, closes_at, ends_at } = opened.map_or(times, |period| period.times);
        let hash = |period: &Period| period.seed_hash.to_string();
        let next = next.iter().map(|(id, opened)| NextPeriodBody {
            period_id: id.digits(),
            seed_hash: opened.as_ref().map(hash),
        });
        let entropy = opened.map(|period| period.entropy);
        Self {
            game_type: id.room.game().id(),
            duration: id.room.duration_s(),
            period_id: id.digits(),
            opens_at: opens_at.into(),
            closes_at: closes_at.into(),
            ends_at: ends_at.into(),
            seed_hash: opened.map(hash),
            entropy: entropy.map(Entropy::as_str),
            source: entropy.and_then(Entropy::source).map(|source| source.to_string()),
            next_periods: next.collect(),
        }
    }
}

impl GameResultBody {
    /// The result of a period that ended at `ends_at`, with the block that determined it, if any.
    pub fn new(id: PeriodId, drawn: &DrawnSymbols, block: Option<&Block>, ends_at: Timestamp) -> Self {
        Self {
            game_type: id.room.game().id(),
            duration: id.room.duration_s(),
            period_id: id.digits(),
            event_id: id.to_string(),
            ends_at: ends_at.into(),
            result: Facts::new(id.room, drawn),
            verification: block.map(BlockBody::from),
        }
    }
}

impl HistoryAnswer {
    /// A page of results. The next page contains results older than the period `next`.
    pub fn new(data: Vec<GameResultBody>, next: Option<PeriodId>) -> Self {
        Self { data, next_cursor: next.map(|before| PeriodCursor { before }.to_string()) }
    }
}

impl From<&Period> for PeriodAnswer {
    fn from(period: &Period) -> Self {
        let Period { id, rules, times, .. } = period;
        let result = period.result();
        let data = PeriodBody {
            game_type: id.room.game().id(),
            duration: id.room.duration_s(),
            period_id: id.digits(),
            state: period.state.name().as_str(),
            rules: *rules,
            opens_at: times.opens_at.into(),
            closes_at: times.closes_at.into(),
            ends_at: times.ends_at.into(),
            result: result.map(|result| Facts::new(id.room, &result.drawn)),
            verification: VerificationBody::from(period),
        };
        Self { data }
    }
}

impl TrendsAnswer {
    /// The statistics of each selection of a room's game in these results, newest first.
    pub fn new(room: Room, newest_first: &[DrawnSymbols]) -> Self {
        let of = |selection: Selection| {
            let Trend { wins, missing, missing_average, run_longest } = Trend::of(selection, newest_first);
            TrendBody {
                bet_type: selection.bet_type(),
                bet_value: selection.bet_value(),
                frequency: wins,
                missing,
                average_missing: missing_average,
                longest_run: run_longest,
            }
        };
        let offered = Selection::all(room.game()).filter(|selection| selection.is_offered());
        Self { data: offered.map(of).collect(), periods: newest_first.len() }
    }
}

impl Facts {
    /// The facts of a draw in a room.
    pub(crate) fn new(room: Room, drawn: &DrawnSymbols) -> Self {
        let facts = room.game().describe(drawn).into_iter();
        let value = |fact| match fact {
            Fact::Number(number) => json!(number),
            Fact::Word(word) => json!(word),
        };
        Self(facts.map(|(name, fact)| (name.to_owned(), value(fact))).collect())
    }
}

impl PartialSchema for Facts {
    fn schema() -> RefOr<Schema> {
        let kinds = [Type::Integer, Type::String].map(|kind| ObjectBuilder::new().schema_type(kind));
        let fact = kinds.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item);
        ObjectBuilder::new()
            .additional_properties(Some(RefOr::from(fact)))
            .description(Some("The facts of a draw, with the names that the game uses: numbers and words."))
            .into()
    }
}

impl ToSchema for Facts {}
