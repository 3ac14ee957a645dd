//! The bet: `BET#{bet}` / `BET`. Its presence makes a repeat of its idempotency key harmless, for ever.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_draws::Nonce;
use evens_exchange::{Bet, Stake};
use evens_idempotency::{BetId, Fingerprint};
use evens_records::Record;

pub(crate) const KIND: &str = "bet";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "bet | `BET#da23…` / `BET` | `fingerprint` *of the request*; with a commission `commission` *its \
          rate* and `commission_paid`",
    books: Books::Read(&[&[
        "bet",
        "user",
        "round",
        "side",
        "stake",
        "fingerprint",
        "nonce",
        "balance_after",
        "placed_at",
        "settled",
        "refunded",
        "paid",
        "updated_at",
        "commission",
        "commission_paid",
    ]]),
    hidden: &[],
    records,
};

pub(crate) fn key(bet: BetId) -> Key {
    Key { partition: format!("BET#{bet}"), sort: "BET".to_owned() }
}

pub(crate) fn encode(bet: &Bet) -> Item {
    let charged = Some(bet).filter(|bet| !bet.commission.is_none());
    ItemBuilder::new(&ENTITY, &key(bet.id))
        .text("bet", bet.id)
        .number("user", bet.user)
        .text("round", &bet.round)
        .text("side", bet.side)
        .number("stake", bet.stake.amount())
        .text("fingerprint", bet.fingerprint.digest())
        .optional_text("nonce", bet.nonce.as_ref().map(Nonce::reveal))
        .number("balance_after", bet.balance_after)
        .text("placed_at", bet.placed_at)
        .number("settled", bet.settled)
        .number("refunded", bet.refunded)
        .number("paid", bet.paid)
        .text("updated_at", bet.updated_at)
        .optional_number("commission", charged.map(|bet| bet.commission))
        .optional_number("commission_paid", charged.map(|bet| bet.commission_paid))
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Bet, StoreError> {
    let fields = Fields::of(item);
    Ok(Bet {
        id: fields.get("bet")?,
        user: fields.get("user")?,
        round: fields.get("round")?,
        side: fields.get("side")?,
        stake: Stake::parse(fields.get("stake")?).map_err(|_| fields.corrupt("stake"))?,
        fingerprint: Fingerprint::from_stored(fields.get("fingerprint")?),
        nonce: fields.optional("nonce")?,
        commission: fields.optional("commission")?.unwrap_or_default(),
        balance_after: fields.get("balance_after")?,
        placed_at: fields.get("placed_at")?,
        settled: fields.get("settled")?,
        refunded: fields.get("refunded")?,
        paid: fields.get("paid")?,
        commission_paid: fields.optional("commission_paid")?.unwrap_or_default(),
        updated_at: fields.get("updated_at")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let bet = decode(item)?;
    Ok(ScannedRecords::at(key(bet.id), Record::Bet(bet)))
}
