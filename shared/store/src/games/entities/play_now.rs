//! The recent statistics of a player's bets on games: `STATS#{user}` / `NOW`, after the stored days. They are valid for
//! some minutes, which the reader checks. The engine deletes the item some time after that.

use crate::StoreError;
use crate::games::recent_play::RecentPlay;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, Key, number, text};
use crate::table::layout::Layout;
use crate::table::write::Change;
use evens_games::{PlayDays, PlayStatistics};
use evens_ledger::UserId;
use evens_records::Record;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) const KIND: &str = "play-now";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "recent bets of a player | `STATS#42` / `NOW` | `bets_by_day` *JSON, by date*, `expires_at` *five \
          minutes later, checked by readers*",
    books: Books::Unread,
    hidden: &["user", "as_of_ms", "played_on", "bets_by_day"],
    records,
};

const AS_OF: &str = "as_of_ms";
const DAYS: &str = "bets_by_day";

pub(crate) fn key(user: UserId) -> Key {
    Key { partition: format!("STATS#{user}"), sort: "NOW".to_owned() }
}

/// Stores the statistics, unless newer ones are stored.
pub(crate) fn keep(user: UserId, recent: &RecentPlay) -> Change<'static> {
    let RecentPlay { as_of, days } = recent;
    Change {
        key: key(user),
        update: "SET kind = :kind, #user = :user, as_of_ms = :as_of, played_on = :day, bets_by_day = :days, \
                 expires_at = :expires",
        condition: "attribute_not_exists(pk) OR as_of_ms < :as_of",
        values: vec![
            (":kind", text(KIND)),
            (":user", number(user)),
            (":as_of", number(as_of.as_millisecond())),
            (":day", text(days.today)),
            (":days", text(encode_days(&days.days))),
            (":expires", number(recent.expires_at().as_second())),
        ],
    }
}

pub(crate) fn decode(item: &Item) -> Result<RecentPlay, StoreError> {
    let fields = Fields::of(item);
    let as_of = Timestamp::from_millisecond(fields.get(AS_OF)?).map_err(|_| fields.corrupt(AS_OF))?;
    let days = decode_days(&fields.get::<String>(DAYS)?).ok_or_else(|| fields.corrupt(DAYS))?;
    Ok(RecentPlay { as_of, days: PlayDays { today: fields.get("played_on")?, days } })
}

/// Days without bets are left out.
fn encode_days(days: &BTreeMap<Date, PlayStatistics>) -> Value {
    let with_bets = days.iter().filter(|(_, day)| day.bets > 0);
    let days = with_bets.map(|(date, day)| {
        let PlayStatistics { bets, winning, losing, staked, won } = day;
        let (staked, won) = (staked.to_string(), won.to_string());
        let day = json!({ "bets": bets, "winning": winning, "losing": losing, "staked": staked, "won": won });
        (date.to_string(), day)
    });
    Value::Object(days.collect::<Map<_, _>>())
}

fn decode_days(text: &str) -> Option<BTreeMap<Date, PlayStatistics>> {
    let days: Map<String, Value> = serde_json::from_str(text).ok()?;
    let of_day = |(date, day): (&String, &Value)| {
        let count = |name: &str| day[name].as_u64();
        let amount = |name: &str| day[name].as_str()?.parse().ok();
        let (bets, winning, losing) = (count("bets")?, count("winning")?, count("losing")?);
        let (staked, won) = (amount("staked")?, amount("won")?);
        Some((date.parse().ok()?, PlayStatistics { bets, winning, losing, staked, won }))
    };
    days.iter().map(of_day).collect()
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    decode(item)?;
    Ok(ScannedRecords::at(key(Fields::of(item).get("user")?), Record::Aside))
}
