//! An order: `ORDER#{order}` / `ORDER`, a deposit or a withdrawal. Its place among its player's orders: `ORDERS#{user}`
//! / `{milliseconds}#{order}`, put once.
//!
//! The attribute `revision` counts the writes of an order, and every change is conditional on the one that was read. An
//! order that must still be checked is in the `unfinished` index under the time of its next check.

use super::{agreements, deposit, withdrawal};
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{AttributeValue, Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use crate::table::texts::{from_or_empty, or_empty, read_texts, texts};
use crate::{PlayerOrder, StoreError};
use evens_idempotency::Fingerprint;
use evens_ledger::UserId;
use evens_payments::{
    Currency, DepositState, Direction, History, HistoryLine, Money, OrderId, OrderPosition, OrderTerms,
};
use evens_records::{OrderPlace, Record};
use jiff::Timestamp;

pub(crate) const KIND: &str = "order";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "order | `ORDER#7c1e…` / `ORDER` | [as in the books](books.md#orders), and `history`; while work \
          remains `unfinished_pk` `DEPOSIT#04`, `UNCLAIMED#…`, `WITHDRAWAL#…` or `HELD#…`; of a withdrawal \
          that has ended `WITHDRAWAL-COMPLETED#04`, …, and the time of its request",
    books: Books::Read(&[
        &[
            "order",
            "direction",
            "revision",
            "user",
            "user_a",
            "amount",
            "currency",
            "provider",
            "fingerprint",
            "created_at",
            "history",
        ],
        deposit::ATTRIBUTES,
        withdrawal::ATTRIBUTES,
        &[agreements::AGREEMENTS],
    ]),
    hidden: &[],
    records,
};
pub(crate) const PLACE_KIND: &str = "order-place";

pub(crate) const PLACE_ENTITY: Entity = Entity {
    kind: PLACE_KIND,
    row: "place of an order | `ORDERS#42` / `1795164455636#7c1e…` |",
    books: Books::Read(&[&["user", "order", "direction", "created_at"]]),
    hidden: &[],
    records: records_of_place,
};

/// Prefix of the partition keys of orders.
pub(crate) const PARTITION_PREFIX: &str = "ORDER#";

pub(crate) fn key(order: OrderId) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{order}"), sort: "ORDER".to_owned() }
}

pub(crate) fn places_partition(user: UserId) -> String {
    format!("ORDERS#{user}")
}

/// Orders of a player sort by time.
pub(crate) fn place_key(place: &OrderPlace) -> Key {
    let sort = place_sort(OrderPosition::new(place.created_at, place.order));
    Key { partition: places_partition(place.user), sort }
}

pub(crate) fn place_sort(position: OrderPosition) -> String {
    format!("{:013}#{}", position.milliseconds(), position.order())
}

pub(crate) fn place_of(direction: Direction, terms: &OrderTerms) -> OrderPlace {
    OrderPlace { order: terms.id, direction, user: terms.user, created_at: terms.created_at }
}

pub(crate) fn encode_place(place: &OrderPlace) -> Item {
    ItemBuilder::new(&PLACE_ENTITY, &place_key(place))
        .number("user", place.user)
        .text("order", place.order)
        .text("direction", place.direction)
        .text("created_at", place.created_at)
        .build()
}

pub(crate) fn decode_place(item: &Item) -> Result<OrderPlace, StoreError> {
    let fields = Fields::of(item);
    Ok(OrderPlace {
        order: fields.get("order")?,
        direction: fields.get("direction")?,
        user: fields.get("user")?,
        created_at: fields.get("created_at")?,
    })
}

/// A list of orders that must be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderList {
    /// Deposits that may still be paid.
    Deposits,
    /// Money that arrived and may not be credited.
    Unclaimed,
    /// Withdrawals that are being paid.
    Withdrawals,
    /// Withdrawals that wait for cashiers.
    Held,
}

impl OrderList {
    pub const ALL: [Self; 4] = [Self::Deposits, Self::Unclaimed, Self::Withdrawals, Self::Held];

    pub(crate) fn partition(self, shard: Shard) -> String {
        let name = match self {
            Self::Deposits => "DEPOSIT",
            Self::Unclaimed => "UNCLAIMED",
            Self::Withdrawals => "WITHDRAWAL",
            Self::Held => "HELD",
        };
        format!("{name}#{shard}")
    }
}

/// The attributes that every order has.
pub(crate) fn encode_terms(direction: Direction, terms: &OrderTerms, revision: u64) -> ItemBuilder {
    ItemBuilder::new(&ENTITY, &key(terms.id))
        .text("order", terms.id)
        .text("direction", direction)
        .number("revision", revision)
        .number("user", terms.user)
        // The only attribute besides the keys that the `unfinished` index shows.
        .number("user_a", terms.user)
        .number("amount", terms.money.amount())
        .text("currency", terms.money.currency().code())
        .text("provider", &terms.provider)
        .text("fingerprint", terms.fingerprint.digest())
        .text("created_at", terms.created_at)
}

/// Puts the order into the `unfinished` index if it belongs to a list and has a next check.
pub(crate) fn listed(
    item: ItemBuilder,
    id: OrderId,
    list: Option<OrderList>,
    next_check_at: Option<Timestamp>,
    layout: Layout,
) -> Item {
    match (list, next_check_at) {
        (Some(list), Some(at)) => item.unfinished(list.partition(layout.shard_of(id)), at),
        _ => item,
    }
    .build()
}

pub(crate) fn decode_terms(fields: Fields<'_>) -> Result<OrderTerms, StoreError> {
    let user = fields.get("user")?;
    // A sweep knows the player only by this attribute.
    if fields.get::<UserId>("user_a")? != user {
        return Err(fields.corrupt("user_a"));
    }
    let currency =
        currency_of(&fields.get::<String>("currency")?).ok_or_else(|| fields.corrupt("currency"))?;
    let money = Money::parse(fields.get("amount")?, currency).map_err(|_| fields.corrupt("amount"))?;
    Ok(OrderTerms {
        id: fields.get("order")?,
        user,
        money,
        provider: fields.get("provider")?,
        fingerprint: Fingerprint::from_stored(fields.get("fingerprint")?),
        created_at: fields.get("created_at")?,
    })
}

pub(crate) fn revision(item: &Item) -> Result<u64, StoreError> {
    Fields::of(item).get("revision")
}

pub(crate) fn is(item: &Item, direction: Direction) -> Result<bool, StoreError> {
    Ok(Fields::of(item).get::<Direction>("direction")? == direction)
}

pub(crate) fn currency_of(code: &str) -> Option<Currency> {
    Currency::from_code(code)
}

/// Four parts of a history line: time, the provider's time, the callback's hash, cause.
pub(crate) fn encode_history(history: &History) -> AttributeValue {
    texts(history.lines().iter().map(|line| {
        let HistoryLine { at, provider_at, cause, callback } = line;
        format!("{at}\n{}\n{}\n{cause}", or_empty(*provider_at), or_empty(*callback))
    }))
}

pub(crate) fn decode_history(fields: Fields<'_>) -> Result<History, StoreError> {
    let lines = read_texts(fields, "history")?.into_iter().map(|text| {
        let mut parts = text.splitn(4, '\n');
        let mut part = || parts.next();
        Some(HistoryLine {
            at: part()?.parse().ok()?,
            provider_at: from_or_empty::<Timestamp>(part()?).ok()?,
            callback: from_or_empty(part()?).ok()?,
            cause: part()?.to_owned(),
        })
    });
    let lines: Option<Vec<_>> = lines.collect();
    lines.map(History::from_stored).ok_or_else(|| fields.corrupt("history"))
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    revision(item)?;
    let order = PlayerOrder::decode(item)?;
    let id = order.terms().id;
    let mut ended = None;
    let (record, list, always) = match order {
        PlayerOrder::Deposit(found) => {
            let list = deposit::list_of(&found);
            let always = !matches!(found.state, DepositState::Failed | DepositState::Expired);
            (Record::Deposit(found), list, always)
        }
        PlayerOrder::Withdrawal(found) => {
            let list = withdrawal::list_of(&found);
            ended = withdrawal::ended_list_of(&found, layout).map(|list| (list, found.terms.created_at));
            (Record::Withdrawal(found), list, true)
        }
    };
    // An order is listed as long as it must be checked. A failed deposit is listed as long as money may still arrive
    // for it, and a withdrawal that has ended for ever.
    let listed = match (list, ended) {
        (Some(list), _) => IndexPlace::ForNextLook { partition: list.partition(layout.shard_of(id)), always },
        // Withdrawals that ended before their state had a list are in none.
        (None, Some((partition, since))) => IndexPlace::Perhaps(partition, since),
        (None, None) => IndexPlace::Never,
    };
    Ok(ScannedRecords::at(key(id), record).with_listing(listed))
}

fn records_of_place(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let place = decode_place(item)?;
    Ok(ScannedRecords::at(place_key(&place), Record::OrderPlace(place)))
}
