//! Answers about periods of games and their results. Times are RFC 3339.

use crate::{BlockBody, PeriodCursor, VerificationBody};
use evens_games::{Block, Drawn, Entropy, Fact, Period, PeriodId, PeriodTimes, Room, Selection, Trend};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// `200` to `GET /api/games/active-periods`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivePeriodsAnswer {
    /// The period of the moment in every room.
    pub data: Vec<CurrentPeriodBody>,
    /// What the platform's clock says.
    pub server_time: String,
}

/// `200` to `GET /api/games/{gameType}/{duration}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrentPeriodAnswer {
    /// The period of the moment.
    pub data: CurrentPeriodBody,
    /// What the platform's clock says.
    pub server_time: String,
}

/// The period of the moment in a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrentPeriodBody {
    /// The game.
    pub game_type: &'static str,
    /// How long its periods last, in seconds.
    pub duration: u32,
    /// Its id.
    pub period_id: String,
    /// From when on it takes bets.
    pub opens_at: String,
    /// From when on it takes none any more.
    pub closes_at: String,
    /// When it is drawn.
    pub ends_at: String,
    /// The SHA-256 of its seed; null where the platform has not opened it.
    pub seed_hash: Option<String>,
    /// What decides its draw besides the seed: `none` or `block`; null where the platform has not opened it.
    pub entropy: Option<&'static str>,
    /// Whose block: `local`, `tron`, or `oracle:` and its key; null without one.
    pub source: Option<String>,
    /// Those that follow, with the hashes of their seeds.
    pub next_periods: Vec<NextPeriodBody>,
}

/// A period that is to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextPeriodBody {
    /// Its id.
    pub period_id: String,
    /// The SHA-256 of its seed; null where the platform has not opened it yet.
    pub seed_hash: Option<String>,
}

/// `200` to `GET …/last-result`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GameResultAnswer {
    /// The newest result; null in a room that has none yet.
    pub data: Option<GameResultBody>,
}

/// `200` to `GET …/history`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryAnswer {
    /// Results, newest first.
    pub data: Vec<GameResultBody>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// What was drawn for a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameResultBody {
    /// The game.
    pub game_type: &'static str,
    /// How long its periods last, in seconds.
    pub duration: u32,
    /// The period.
    pub period_id: String,
    /// What names this result among those of all rooms, however and however often somebody hears of it.
    pub event_id: String,
    /// When it ended.
    pub ends_at: String,
    /// What was drawn, by the names of the game: `number`, `dice_1`, `A`.
    #[schema(value_type = Object)]
    pub result: Map<String, Value>,
    /// The block that drew it; null where none did.
    pub verification: Option<BlockBody>,
}

/// `200` to `GET …/period/{periodId}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeriodAnswer {
    /// The period.
    pub data: PeriodBody,
}

/// A period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeriodBody {
    /// The game.
    pub game_type: &'static str,
    /// How long its periods last, in seconds.
    pub duration: u32,
    /// Its id.
    pub period_id: String,
    /// `OPEN`, `CLOSING`, `CLOSED`, `RESULTED`, `SETTLED`, `CANCELLED` or `REFUNDED`.
    pub state: &'static str,
    /// The version of the payout tables that its bets are paid by.
    pub rules: u16,
    /// From when on it takes bets.
    pub opens_at: String,
    /// From when on it takes none any more.
    pub closes_at: String,
    /// When it is drawn.
    pub ends_at: String,
    /// What was drawn, by the names of the game; null before.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Map<String, Value>>,
    /// What proves the result.
    pub verification: VerificationBody,
}

/// `200` to `GET …/statistics`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendsAnswer {
    /// How each selection did.
    pub data: Vec<TrendBody>,
    /// In how many periods.
    pub periods: usize,
}

/// How a selection did in the last periods of a room. It says nothing of the next one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendBody {
    /// The type of bet.
    pub bet_type: &'static str,
    /// Its value.
    pub bet_value: &'static str,
    /// In how many of them it won.
    pub frequency: usize,
    /// For how many periods it has not won.
    pub missing: usize,
    /// For how many it did not win between two wins, on average.
    pub average_missing: usize,
    /// How often in a row it won at most.
    pub longest_run: usize,
}

impl CurrentPeriodBody {
    /// The period of the moment and those that follow, each with the hash of its seed where it is open. One that is not
    /// has these times.
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
            opens_at: opens_at.to_string(),
            closes_at: closes_at.to_string(),
            ends_at: ends_at.to_string(),
            seed_hash: opened.map(hash),
            entropy: entropy.map(Entropy::as_str),
            source: entropy.and_then(Entropy::source).map(|source| source.to_string()),
            next_periods: next.collect(),
        }
    }
}

impl GameResultBody {
    /// What was drawn for a period that ended then, and by which block, where one did.
    pub fn new(id: PeriodId, drawn: &Drawn, block: Option<&Block>, ends_at: Timestamp) -> Self {
        Self {
            game_type: id.room.game().id(),
            duration: id.room.duration_s(),
            period_id: id.digits(),
            event_id: id.to_string(),
            ends_at: ends_at.to_string(),
            result: facts(id.room, drawn),
            verification: block.map(BlockBody::from),
        }
    }
}

impl HistoryAnswer {
    /// A page of results; the next one holds what is older than this period.
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
            opens_at: times.opens_at.to_string(),
            closes_at: times.closes_at.to_string(),
            ends_at: times.ends_at.to_string(),
            result: result.map(|result| facts(id.room, &result.drawn)),
            verification: VerificationBody::from(period),
        };
        Self { data }
    }
}

impl TrendsAnswer {
    /// How each selection of a room's game did among these results, newest first.
    pub fn new(room: Room, newest_first: &[Drawn]) -> Self {
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

/// What was drawn, by the names of the game.
pub(crate) fn facts(room: Room, drawn: &Drawn) -> Map<String, Value> {
    let facts = room.game().describe(drawn).into_iter();
    let value = |fact| match fact {
        Fact::Number(number) => json!(number),
        Fact::Word(word) => json!(word),
    };
    facts.map(|(name, fact)| (name.to_owned(), value(fact))).collect()
}
