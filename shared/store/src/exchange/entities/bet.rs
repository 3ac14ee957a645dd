//! The bet: `BET#{bet}` / `BET`. Its presence makes a repeat of its idempotency key harmless, for ever.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_draws::Nonce;
use evens_exchange::{Bet, Stake};
use evens_idempotency::{BetId, Fingerprint};

pub(crate) const KIND: &str = "bet";

pub(crate) fn key(bet: BetId) -> Key {
    Key { partition: format!("BET#{bet}"), sort: "BET".to_owned() }
}

pub(crate) fn encode(bet: &Bet) -> Item {
    ItemBuilder::new(KIND, &key(bet.id))
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
        balance_after: fields.get("balance_after")?,
        placed_at: fields.get("placed_at")?,
        settled: fields.get("settled")?,
        refunded: fields.get("refunded")?,
        paid: fields.get("paid")?,
        updated_at: fields.get("updated_at")?,
    })
}
