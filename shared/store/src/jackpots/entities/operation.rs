//! The use of an operation's id: `JACKPOT-OP#{operation}` / `OP`. It is a contribution, put once and never changed, or
//! a win that is proposed, owed or has begun. All use one key, so that no id has two meanings. An owed drawn win is in
//! the `unfinished` index, beside the pools with a win in progress. A proposed win is in the index for operators, and
//! no sweep reads those.

use super::{jackpot_record, pool};
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_jackpots::{Award, ByGroup, Contribution, JackpotGroup, OperationId, Share, WinningBet};
use evens_records::JackpotRecord;
use jiff::Timestamp;

pub(crate) const CONTRIBUTION_KIND: &str = "jackpot-contribution";

pub(crate) const CONTRIBUTION_ENTITY: Entity = Entity {
    kind: CONTRIBUTION_KIND,
    row: "operation of a jackpot | `JACKPOT-OP#partner-1` / `OP`; of a drawn win \
          `JACKPOT-OP#drawn:{room}-20261123000000042:minor` | a contribution, or a win that is proposed \
          (`unfinished_pk` `JACKPOT-PROPOSED`), owed (`JACKPOT#03`) or begun: `requested`, `cause` `manual 700 \
          701`; from its begin on `win`",
    books: Books::Read(&[&["operation", "at", "by"], SHARES]),
    hidden: &[],
    records: records_of_contribution,
};
pub(crate) const AWARD_KIND: &str = "jackpot-award";

pub(crate) const AWARD_ENTITY: Entity = Entity {
    kind: AWARD_KIND,
    row: "",
    books: Books::Read(&[AWARD]),
    hidden: &[],
    records: records_of_award,
};

/// The attributes of contributions, of all groups.
pub(crate) const SHARES: &[&str] =
    &["minor", "minor_reserve", "major", "major_reserve", "mega", "mega_reserve"];

/// The attributes of [`with_award`].
pub(crate) const AWARD: &[&str] = &[
    "operation",
    "group",
    "user",
    "requested",
    "cause",
    "reason",
    "at",
    "must_hit_by",
    "win",
    "cash",
    "ticket",
    "terms_version",
];

/// The attribute names of a group: its contribution to the pool, and to the reserve.
pub(crate) fn names(group: JackpotGroup) -> (&'static str, &'static str) {
    match group {
        JackpotGroup::Minor => ("minor", "minor_reserve"),
        JackpotGroup::Major => ("major", "major_reserve"),
        JackpotGroup::Mega => ("mega", "mega_reserve"),
    }
}

/// Prefix of the partition keys of operations.
pub(crate) const PARTITION_PREFIX: &str = "JACKPOT-OP#";

pub(crate) fn key(operation: &OperationId) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{operation}"), sort: "OP".to_owned() }
}

pub(crate) fn encode_contribution(contribution: &Contribution) -> Item {
    let Contribution { operation, shares, at, by } = contribution;
    let item = ItemBuilder::new(&CONTRIBUTION_ENTITY, &key(operation))
        .text("operation", operation)
        .text("at", at)
        .optional_number("by", *by);
    let with_share = |item: ItemBuilder, (group, share): (JackpotGroup, &Share)| {
        let (pool, reserve) = names(group);
        let some = |amount: evens_ledger::Amount| (!amount.is_zero()).then_some(amount);
        item.optional_number(pool, some(share.pool)).optional_number(reserve, some(share.reserve))
    };
    shares.iter().fold(item, with_share).build()
}

pub(crate) fn decode_contribution(item: &Item) -> Result<Contribution, StoreError> {
    let fields = Fields::of(item);
    let shares = ByGroup::try_of(|group| {
        let (pool, reserve) = names(group);
        let amount = |name| Ok::<_, StoreError>(fields.optional(name)?.unwrap_or_default());
        Ok::<_, StoreError>(Share { pool: amount(pool)?, reserve: amount(reserve)? })
    })?;
    Ok(Contribution {
        operation: operation(fields)?,
        shares,
        at: fields.get("at")?,
        by: fields.optional("by")?,
    })
}

pub(crate) fn operation(fields: Fields<'_>) -> Result<OperationId, StoreError> {
    fields.get("operation").map(OperationId::from_stored)
}

/// The partition of the index for proposed wins.
pub(crate) const PROPOSED: &str = "JACKPOT-PROPOSED";

/// An award that is not owed. A proposed one is in the index for operators.
pub(crate) fn encode_award(award: &Award) -> Item {
    let item = with_award(ItemBuilder::new(&AWARD_ENTITY, &key(&award.operation)), award);
    if award.is_proposed() { item.unfinished(PROPOSED, award.at).build() } else { item.build() }
}

/// A drawn win that has not begun, in the index for the sweep.
pub(crate) fn encode_owed(award: &Award, layout: Layout) -> Item {
    let item = with_award(ItemBuilder::new(&AWARD_ENTITY, &key(&award.operation)), award);
    let (partition, since) = place_of_owed(award, layout);
    item.unfinished(partition, since).build()
}

/// The partition and time of a drawn win in the index, as long as it is owed.
pub(crate) fn place_of_owed(award: &Award, layout: Layout) -> (String, Timestamp) {
    (pool::index_partition(layout.shard_of(award.group)), award.at)
}

/// Returns `true` if the win is in the index.
pub(crate) fn is_listed(item: &Item) -> bool {
    item.contains_key("unfinished_pk")
}

/// Adds the attributes of an award to an item.
pub(crate) fn with_award(item: ItemBuilder, award: &Award) -> ItemBuilder {
    let Award { operation, group, user, requested, cause, reason, at, must_hit_by, winning, cycle } = award;
    with_winning(item, *winning)
        .text("operation", operation)
        .text("group", group)
        .number("user", user)
        .optional_number("requested", *requested)
        .text("cause", cause)
        .text("reason", reason)
        .text("at", at)
        .optional_number("must_hit_by", *must_hit_by)
        .optional_number("win", *cycle)
}

/// Adds the attributes from which a drawn win follows to an item.
pub(crate) fn with_winning(item: ItemBuilder, winning: Option<WinningBet>) -> ItemBuilder {
    item.optional_number("cash", winning.map(|winning| winning.cash))
        .optional_text("ticket", winning.map(|winning| winning.ticket))
        .optional_number("terms_version", winning.map(|winning| winning.terms_version))
}

pub(crate) fn decode_winning(fields: Fields<'_>) -> Result<Option<WinningBet>, StoreError> {
    let Some(cash) = fields.optional("cash")? else { return Ok(None) };
    let (ticket, terms_version) = (fields.get("ticket")?, fields.get("terms_version")?);
    Ok(Some(WinningBet { cash, ticket, terms_version }))
}

pub(crate) fn decode_award(item: &Item) -> Result<Award, StoreError> {
    let fields = Fields::of(item);
    Ok(Award {
        operation: operation(fields)?,
        group: fields.get("group")?,
        user: fields.get("user")?,
        requested: fields.optional("requested")?,
        cause: fields.get("cause")?,
        reason: fields.get("reason")?,
        at: fields.get("at")?,
        must_hit_by: fields.optional("must_hit_by")?,
        winning: decode_winning(fields)?,
        cycle: fields.optional("win")?,
    })
}

/// The use of an operation's id.
pub(crate) enum StoredOperation {
    Contribution(Contribution),
    Award(Box<Award>),
}

pub(crate) fn decode(item: &Item) -> Result<StoredOperation, StoreError> {
    let fields = Fields::of(item);
    match fields.get::<String>("kind")?.as_str() {
        CONTRIBUTION_KIND => decode_contribution(item).map(StoredOperation::Contribution),
        AWARD_KIND => decode_award(item).map(|award| StoredOperation::Award(Box::new(award))),
        _ => Err(fields.corrupt("kind")),
    }
}

fn records_of_contribution(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode_contribution(item)?;
    Ok(jackpot_record(key(&found.operation), JackpotRecord::Contribution(found)))
}

fn records_of_award(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode_award(item)?;
    let (key, listed) = (key(&found.operation), listed_award(&found, layout));
    Ok(jackpot_record(key, JackpotRecord::Award(found)).with_listing(listed))
}

/// A drawn win is listed until it begins. A win that was forced is listed until it begins or no longer has to be won. A
/// proposed win is listed only if it was proposed since that list exists.
fn listed_award(award: &Award, layout: Layout) -> IndexPlace {
    if award.is_proposed() {
        return IndexPlace::Perhaps(PROPOSED.to_owned(), award.at);
    }
    let (partition, since) = place_of_owed(award, layout);
    match (award.is_owed(), award.is_forced()) {
        (false, _) => IndexPlace::Never,
        (true, false) => IndexPlace::Always(partition, since),
        (true, true) => IndexPlace::Perhaps(partition, since),
    }
}
