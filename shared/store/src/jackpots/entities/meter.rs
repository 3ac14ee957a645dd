//! A meter: `JACKPOT-METER#{number}` / `METER`. It holds amounts of all groups, so a contribution to several groups is
//! one step. There are so many of them that contributors rarely conflict. The first
//! contribution creates a meter. A meter also counts the contributions by route of one day, which limits their sum, and
//! stores until when a group takes none.

use super::jackpot_record;
use super::operation::{self, names};
use super::pool::milliseconds;
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{AttributeValue, Fields, Item, Key, number, text};
use crate::table::layout::Layout;
use crate::table::write::Change;
use evens_jackpots::{
    ByGroup, Contribution, DailyContributions, JackpotGroup, Meter, MeterCount, MeterDay, MeterPart,
    OperationId, Share, WonPart,
};
use evens_ledger::Amount;
use evens_records::JackpotRecord;
use jiff::Timestamp;
use std::fmt::Write as _;

pub(crate) const KIND: &str = "jackpot-meter";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "meter of jackpots | `JACKPOT-METER#07` / `METER` | contributions whose id selects this meter: \
          `minor`, `minor_reserve` …; of the last win `minor_won` …",
    books: Books::Read(&[&["meter", "version", "last_modified_at"], operation::SHARES, WON]),
    hidden: &[
        "brought_on",
        "minor_brought",
        "major_brought",
        "mega_brought",
        "minor_closed_until",
        "major_closed_until",
        "mega_closed_until",
    ],
    records,
};

/// The attributes of the last win of each group.
const WON: &[&str] = &[
    "minor_won",
    "minor_reserve_won",
    "minor_won_by",
    "minor_wins",
    "major_won",
    "major_reserve_won",
    "major_won_by",
    "major_wins",
    "mega_won",
    "mega_reserve_won",
    "mega_won_by",
    "mega_wins",
];

pub(crate) fn key(meter: u8) -> Key {
    Key { partition: format!("JACKPOT-METER#{meter:02}"), sort: "METER".to_owned() }
}

pub(crate) fn all_keys(meters: MeterCount) -> Vec<Key> {
    meters.numbers().map(key).collect()
}

/// Adds a contribution. Additions do not conflict with each other.
pub(crate) struct Addition {
    key: Key,
    update: String,
    condition: String,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Addition {
    /// Each meter allows `meter_max` for its day, if the day has a limit.
    pub(crate) fn of(contribution: &Contribution, place: MeterDay, meter_max: Option<Amount>) -> Self {
        let meter = place.meter;
        let counted = if contribution.operation.is_of_play() {
            DayCount {
                set: String::new(),
                add: String::new(),
                condition: IS_METER.to_owned(),
                values: vec![],
            }
        } else {
            DayCount::of(contribution, place, meter_max)
        };
        let DayCount { set, add, condition, values: of_day } = counted;
        let mut update =
            format!("SET kind = :kind, meter = :meter, last_modified_at = :at{set} ADD version :one{add}");
        let mut values = vec![
            (":kind", text(KIND)),
            (":meter", number(meter)),
            (":at", text(milliseconds(contribution.at))),
            (":one", number(1)),
        ];
        for (group, share) in contribution.shares.iter() {
            let ((pool, reserve), (pool_value, reserve_value)) = (names(group), value_names(group));
            for (name, value, amount) in
                [(pool, pool_value, share.pool), (reserve, reserve_value, share.reserve)]
            {
                if !amount.is_zero() {
                    // Writing to a `String` cannot fail.
                    let _ = write!(update, ", {name} {value}");
                    values.push((value, number(amount)));
                }
            }
        }
        values.extend(of_day);
        Self { key: key(meter), update, condition, values }
    }

    pub(crate) fn change(&self) -> Change<'_> {
        let condition = self.condition.as_str();
        Change { key: self.key.clone(), update: &self.update, condition, values: self.values.clone() }
    }
}

/// The item is a meter, or does not exist yet.
const IS_METER: &str = "attribute_not_exists(pk) OR kind = :kind";

/// The parts of an addition that count it for its day.
struct DayCount {
    set: String,
    add: String,
    condition: String,
    values: Vec<(&'static str, AttributeValue)>,
}

impl DayCount {
    fn of(contribution: &Contribution, place: MeterDay, meter_max: Option<Amount>) -> Self {
        let mut values = vec![(":day", text(place.day))];
        let (mut set, mut add) = (", brought_on = :day".to_owned(), String::new());
        let mut condition = match place.ended {
            Some(ended) => {
                values.push((":ended", text(ended)));
                "kind = :kind AND brought_on = :ended".to_owned()
            }
            None => {
                format!("({IS_METER}) AND (attribute_not_exists(brought_on) OR brought_on = :day)")
            }
        };
        for (group, share) in contribution.shares.iter() {
            let (name, value, room) = brought_names(group);
            let amount = share.total();
            // Writing to a `String` cannot fail.
            if !amount.is_zero() {
                let closed = closed_name(group);
                let _ = write!(condition, " AND (attribute_not_exists({closed}) OR {closed} <= :at)");
            }
            if place.ended.is_some() {
                let _ = write!(set, ", {name} = {value}");
                values.push((value, number(amount)));
            } else if !amount.is_zero() {
                let _ = write!(add, ", {name} {value}");
                values.push((value, number(amount)));
                if let Some(meter_max) = meter_max {
                    let _ = write!(condition, " AND (attribute_not_exists({name}) OR {name} <= {room})");
                    values.push((room, number(meter_max.saturating_sub(amount))));
                }
            }
        }
        Self { set, add, condition, values }
    }
}

/// Three names for a group: the attribute with the day's contributions, the placeholder for the addition, and the
/// placeholder for the maximum before it.
fn brought_names(group: JackpotGroup) -> (&'static str, &'static str, &'static str) {
    match group {
        JackpotGroup::Minor => ("minor_brought", ":minor_brought", ":minor_room"),
        JackpotGroup::Major => ("major_brought", ":major_brought", ":major_room"),
        JackpotGroup::Mega => ("mega_brought", ":mega_brought", ":mega_room"),
    }
}

/// The attribute with the time until which a meter takes no contributions by route to a group.
fn closed_name(group: JackpotGroup) -> &'static str {
    match group {
        JackpotGroup::Minor => "minor_closed_until",
        JackpotGroup::Major => "major_closed_until",
        JackpotGroup::Mega => "mega_closed_until",
    }
}

/// Closes a meter for contributions by route to a group that were decided before `until`. Does nothing if it is already
/// closed for as long.
pub(crate) struct MeterClosing {
    key: Key,
    update: String,
    condition: String,
    values: Vec<(&'static str, AttributeValue)>,
}

impl MeterClosing {
    pub(crate) fn of(meter: u8, group: JackpotGroup, until: Timestamp, now: Timestamp) -> Self {
        let closed = closed_name(group);
        let update = format!(
            "SET kind = :kind, meter = :meter, last_modified_at = :at, {closed} = :until ADD version :one"
        );
        let condition = format!("attribute_not_exists({closed}) OR {closed} < :until");
        let values = vec![
            (":kind", text(KIND)),
            (":meter", number(meter)),
            (":at", text(milliseconds(now))),
            (":until", text(milliseconds(until))),
            (":one", number(1)),
        ];
        Self { key: key(meter), update, condition, values }
    }

    pub(crate) fn change(&self) -> Change<'_> {
        let (update, condition) = (&self.update, &self.condition);
        Change { key: self.key.clone(), update, condition, values: self.values.clone() }
    }
}

/// The times until which a meter takes no contributions by route, by group.
pub(crate) fn decode_closed(item: &Item) -> Result<ByGroup<Option<Timestamp>>, StoreError> {
    let fields = Fields::of(item);
    ByGroup::try_of(|group| fields.optional(closed_name(group)))
}

/// The contributions by route that a meter counts. `None` if none was counted yet.
pub(crate) fn decode_brought(item: &Item) -> Result<Option<DailyContributions>, StoreError> {
    let fields = Fields::of(item);
    let Some(day) = fields.optional("brought_on")? else { return Ok(None) };
    let amounts = ByGroup::try_of(|group| {
        let (name, _, _) = brought_names(group);
        Ok::<Amount, StoreError>(fields.optional(name)?.unwrap_or_default())
    })?;
    Ok(Some(DailyContributions { day, amounts }))
}

fn value_names(group: JackpotGroup) -> (&'static str, &'static str) {
    match group {
        JackpotGroup::Minor => (":minor", ":minor_reserve"),
        JackpotGroup::Major => (":major", ":major_reserve"),
        JackpotGroup::Mega => (":mega", ":mega_reserve"),
    }
}

/// Moves a group's balance in a meter to a win, unless this win or a later one did so before.
pub(crate) struct Collection {
    key: Key,
    update: String,
    condition: String,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Collection {
    pub(crate) fn of(meter: u8, group: JackpotGroup, win: &OperationId, cycle: u64, now: Timestamp) -> Self {
        let (pool, reserve) = names(group);
        let update = format!(
            "SET kind = :kind, meter = :meter, last_modified_at = :at, \
             {pool}_won = if_not_exists({pool}, :zero), {reserve}_won = if_not_exists({reserve}, :zero), \
             {pool}_won_by = :win, {pool} = :zero, {reserve} = :zero, {pool}_wins = :next ADD version :one"
        );
        let values = vec![
            (":kind", text(KIND)),
            (":meter", number(meter)),
            (":at", text(milliseconds(now))),
            (":zero", number(Amount::ZERO)),
            (":win", text(win)),
            (":next", number(cycle + 1)),
            (":one", number(1)),
        ];
        let condition = format!("attribute_not_exists({pool}_wins) OR {pool}_wins < :next");
        Self { key: key(meter), update, condition, values }
    }

    pub(crate) fn change(&self) -> Change<'_> {
        let (update, condition) = (&self.update, &self.condition);
        Change { key: self.key.clone(), update, condition, values: self.values.clone() }
    }
}

pub(crate) fn decode(item: &Item) -> Result<Meter, StoreError> {
    let fields = Fields::of(item);
    Ok(Meter {
        number: fields.get("meter")?,
        version: fields.get("version")?,
        last_modified_at: fields.get("last_modified_at")?,
        parts: ByGroup::try_of(|group| part(fields, group))?,
    })
}

fn part(fields: Fields<'_>, group: JackpotGroup) -> Result<MeterPart, StoreError> {
    let Attributes { pool, reserve, pool_won, reserve_won, won_by, wins } = attributes(group);
    let amount = |name| Ok::<Amount, StoreError>(fields.optional(name)?.unwrap_or_default());
    let won = fields.optional::<String>(won_by)?.map(OperationId::from_stored);
    let won = won.map(|by| {
        Ok::<_, StoreError>(WonPart {
            by,
            share: Share { pool: fields.get(pool_won)?, reserve: fields.get(reserve_won)? },
        })
    });
    Ok(MeterPart {
        share: Share { pool: amount(pool)?, reserve: amount(reserve)? },
        cycle: fields.optional(wins)?.unwrap_or_default(),
        won: won.transpose()?,
    })
}

/// The attribute names of a group.
struct Attributes {
    pool: &'static str,
    reserve: &'static str,
    pool_won: &'static str,
    reserve_won: &'static str,
    won_by: &'static str,
    wins: &'static str,
}

fn attributes(group: JackpotGroup) -> Attributes {
    let (pool, reserve) = names(group);
    let (pool_won, reserve_won, won_by, wins) = match group {
        JackpotGroup::Minor => ("minor_won", "minor_reserve_won", "minor_won_by", "minor_wins"),
        JackpotGroup::Major => ("major_won", "major_reserve_won", "major_won_by", "major_wins"),
        JackpotGroup::Mega => ("mega_won", "mega_reserve_won", "mega_won_by", "mega_wins"),
    };
    Attributes { pool, reserve, pool_won, reserve_won, won_by, wins }
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    Ok(jackpot_record(key(found.number), JackpotRecord::Meter(found)))
}
