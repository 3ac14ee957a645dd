//! A bet against the house: `BET#{bet}` / `BET`, the key that an A/B bet would have. So an idempotency key has one
//! effect, whichever kind of bet was requested. The item is written when the bet is placed, and once more when it is
//! paid or refunded.

use crate::StoreError;
use crate::exchange::entities::bet;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_games::{GameBet, GameStake, PeriodId, Selection};
use evens_idempotency::{BetId, Fingerprint};
use evens_ledger::Parts;
use evens_records::Record;

pub(crate) const KIND: &str = "game-bet";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "bet on a period | `BET#da23…` / `BET`, as any bet | `selection` `COLOR:green`, `bonus` *part paid \
          from the bonus*",
    books: Books::Read(&[&[
        "bet",
        "user",
        "period",
        "selection",
        "stake",
        "bonus",
        "fingerprint",
        "balance_after",
        "bonus_after",
        "placed_at",
        "paid",
        "paid_at",
    ]]),
    hidden: &[],
    records,
};

/// The time of its payout or refund. Present once it was made.
pub(crate) const PAID_AT: &str = "paid_at";

pub(crate) fn key(bet: BetId) -> Key {
    bet::key(bet)
}

/// Returns `true` if the item under a bet's key is a bet against the house.
pub(crate) fn is_one(item: &Item) -> Result<bool, StoreError> {
    Ok(Fields::of(item).get::<String>("kind")? == KIND)
}

pub(crate) fn encode(bet: &GameBet) -> Item {
    ItemBuilder::new(&ENTITY, &key(bet.id))
        .text("bet", bet.id)
        .number("user", bet.user)
        .text("period", bet.period)
        .text("selection", bet.selection)
        .number("stake", bet.stake.amount())
        .number("bonus", bet.parts.bonus)
        .text("fingerprint", bet.fingerprint.digest())
        .number("balance_after", bet.balance_after)
        .number("bonus_after", bet.bonus_after)
        .text("placed_at", bet.placed_at)
        .optional_number("paid", bet.paid.map(|(paid, _)| paid))
        .optional_text(PAID_AT, bet.paid.map(|(_, at)| at))
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<GameBet, StoreError> {
    let fields = Fields::of(item);
    let period: PeriodId = fields.get("period")?;
    let stake = GameStake::parse(fields.get("stake")?).map_err(|_| fields.corrupt("stake"))?;
    let bonus = fields.get("bonus")?;
    let cash = stake.amount().checked_sub(bonus).ok_or_else(|| fields.corrupt("bonus"))?;
    let paid = match (fields.optional("paid")?, fields.optional(PAID_AT)?) {
        (Some(paid), Some(at)) => Some((paid, at)),
        (None, None) => None,
        (Some(_), None) => return Err(fields.corrupt(PAID_AT)),
        (None, Some(_)) => return Err(fields.corrupt("paid")),
    };
    Ok(GameBet {
        id: fields.get("bet")?,
        user: fields.get("user")?,
        selection: decode_selection(fields, period)?,
        period,
        stake,
        parts: Parts { cash, bonus },
        fingerprint: Fingerprint::from_stored(fields.get("fingerprint")?),
        balance_after: fields.get("balance_after")?,
        bonus_after: fields.get("bonus_after")?,
        placed_at: fields.get("placed_at")?,
        paid,
    })
}

fn decode_selection(fields: Fields<'_>, period: PeriodId) -> Result<Selection, StoreError> {
    let text: String = fields.get("selection")?;
    let named = text.split_once(':');
    let selection = named.and_then(|(kind, value)| Selection::parse(period.room.game(), kind, value).ok());
    selection.ok_or_else(|| fields.corrupt("selection"))
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let bet = decode(item)?;
    Ok(ScannedRecords::at(key(bet.id), Record::GameBet(Box::new(bet))))
}
