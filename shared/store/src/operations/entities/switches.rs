//! The switches of the stage: `SWITCHES` / `STAGE`. The attribute `revision` counts their changes. They are one item,
//! so that one read shows all of them.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::texts::{read_texts, texts};
use evens_records::Record;
use evens_switches::{Switch, SwitchName, Switches};

pub(crate) const KIND: &str = "switches";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "switches of the stage | `SWITCHES` / `STAGE` | `switches` with one text each: name, state, time, \
          actor, reason",
    books: Books::Read(&[&["revision", SWITCHES]]),
    hidden: &[],
    records,
};

const SWITCHES: &str = "switches";

pub(crate) fn key() -> Key {
    Key { partition: "SWITCHES".to_owned(), sort: "STAGE".to_owned() }
}

/// Each switch is one text: name, state, time, actor and reason, in this order.
pub(crate) fn encode(switches: &Switches) -> Item {
    let line = |(name, Switch { state, since, by, reason }): (&SwitchName, &Switch)| {
        format!("{name} {state} {since} {by} {reason}")
    };
    ItemBuilder::new(&ENTITY, &key())
        .number("revision", switches.revision)
        .value(SWITCHES, texts(switches.set.iter().map(line)))
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Switches, StoreError> {
    let fields = Fields::of(item);
    let lines = read_texts(fields, SWITCHES)?.into_iter().map(decode_line);
    let set = lines.collect::<Option<_>>().ok_or_else(|| fields.corrupt(SWITCHES))?;
    Ok(Switches { revision: fields.get("revision")?, set })
}

fn decode_line(line: &str) -> Option<(SwitchName, Switch)> {
    let mut parts = line.splitn(5, ' ');
    let mut part = || parts.next();
    let name = part()?.parse().ok()?;
    let (state, since, by) = (part()?.parse().ok()?, part()?.parse().ok()?, part()?.parse().ok()?);
    Some((name, Switch { state, since, by, reason: part()?.to_owned() }))
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    Ok(ScannedRecords::at(key(), Record::Switches(Box::new(decode(item)?))))
}
