//! [`Announcement`]: the changes that a process made, for other processes: `LIVE` / time in ms, hub and number. One
//! without changes only says that the process is there. The engine deletes it some time after a minute.

use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{AttributeValue, Fields, Item, ItemBuilder, Key, text};
use crate::table::layout::Layout;
use crate::{ChangedItem, StoreError};
use evens_jackpots::JackpotGroup;
use evens_payments::Direction;
use evens_records::Record;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

pub(crate) const KIND: &str = "announcement";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "announcement of changes | `LIVE` / `001795164455636#9f3c…#7` | `changes` *texts such as* \
          `bet:da23…:42:round-1`; kept a minute",
    books: Books::Read(&[&["number", "at", "changes"]]),
    hidden: &["hub"],
    records,
};

pub(crate) const PARTITION: &str = "LIVE";

/// How long an announcement is kept.
const KEPT: SignedDuration = SignedDuration::from_mins(1);

/// The id of a process with sockets, drawn at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HubId(u64);

/// The text is no id of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 16 hexadecimal digits")]
pub struct HubIdError;

/// The changes that a process announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The process.
    pub from: HubId,
    /// The number of the announcement in its process, so that two in a millisecond have different keys.
    pub number: u64,
    pub at: Timestamp,
    pub changes: Vec<ChangedItem>,
}

/// What processes announced in some time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announcements {
    pub heard: Vec<Announcement>,
    /// The sort keys of those that cannot be read. The others do not depend on them.
    pub unreadable: Vec<String>,
}

impl HubId {
    pub fn from_random(bits: u64) -> Self {
        Self(bits)
    }
}

impl fmt::Display for HubId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl FromStr for HubId {
    type Err = HubIdError;

    fn from_str(text: &str) -> Result<Self, HubIdError> {
        let bits = u64::from_str_radix(text, 16).map_err(|_| HubIdError)?;
        if Self(bits).to_string() == text { Ok(Self(bits)) } else { Err(HubIdError) }
    }
}

/// Sorts before the keys of announcements from that time on.
pub(crate) fn sort_since(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}

fn key(announcement: &Announcement) -> Key {
    let Announcement { from, number, at, .. } = announcement;
    Key { partition: PARTITION.to_owned(), sort: format!("{}#{from}#{number}", sort_since(*at)) }
}

pub(crate) fn encode(announcement: &Announcement) -> Item {
    let Announcement { from, number, at, changes } = announcement;
    let changes = changes.iter().map(|changed| text(text_of(changed))).collect();
    ItemBuilder::new(&ENTITY, &key(announcement))
        .text("hub", from)
        .number("number", number)
        .text("at", at)
        .value("changes", AttributeValue::L(changes))
        .expires(at.saturating_add(KEPT).unwrap_or(*at))
        .build()
}

/// Changes that another version writes and this one does not know are left out: their clients catch up with `sync`.
pub(crate) fn decode(item: &Item) -> Result<Announcement, StoreError> {
    let fields = Fields::of(item);
    let texts = fields.list("changes")?.iter().filter_map(|value| value.as_text());
    Ok(Announcement {
        from: fields.get("hub")?,
        number: fields.get("number")?,
        at: fields.get("at")?,
        changes: texts.filter_map(parse).collect(),
    })
}

fn text_of(changed: &ChangedItem) -> String {
    match changed {
        ChangedItem::Bet { id, user, round } => format!("bet:{id}:{user}:{round}"),
        ChangedItem::Wallet(user) => format!("wallet:{user}"),
        ChangedItem::GameBet { id, user } => format!("game-bet:{id}:{user}"),
        ChangedItem::Order { id, direction: Direction::Deposit, user } => format!("deposit:{id}:{user}"),
        ChangedItem::Order { id, direction: Direction::Withdrawal, user } => {
            format!("withdrawal:{id}:{user}")
        }
        ChangedItem::Round(id) => format!("round:{id}"),
        ChangedItem::Period(id) => format!("period:{id}"),
        ChangedItem::Jackpot(group) => format!("jackpot:{group}"),
        ChangedItem::Account(user) => format!("account:{user}"),
    }
}

fn parse(text: &str) -> Option<ChangedItem> {
    let (kind, rest) = text.split_once(':')?;
    let order = |direction| {
        let (id, user) = rest.split_once(':')?;
        Some(ChangedItem::Order { id: id.parse().ok()?, direction, user: user.parse().ok()? })
    };
    match kind {
        "bet" => {
            let (id, rest) = rest.split_once(':')?;
            let (user, round) = rest.split_once(':')?;
            Some(ChangedItem::Bet {
                id: id.parse().ok()?,
                user: user.parse().ok()?,
                round: round.parse().ok()?,
            })
        }
        "wallet" => rest.parse().ok().map(ChangedItem::Wallet),
        "game-bet" => {
            let (id, user) = rest.split_once(':')?;
            Some(ChangedItem::GameBet { id: id.parse().ok()?, user: user.parse().ok()? })
        }
        "deposit" => order(Direction::Deposit),
        "withdrawal" => order(Direction::Withdrawal),
        "round" => rest.parse().ok().map(ChangedItem::Round),
        "period" => rest.parse().ok().map(ChangedItem::Period),
        "jackpot" => rest.parse::<JackpotGroup>().ok().map(ChangedItem::Jackpot),
        "account" => rest.parse().ok().map(ChangedItem::Account),
        _ => None,
    }
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    // The key alone identifies the announcement.
    Ok(ScannedRecords::at(Key::of(item)?, Record::Aside))
}
