//! What every movement of money writes: the wallet under the version that was read, with the new ledger entry; and, where
//! those that it carries fill a page, that page.

use crate::StoreError;
use crate::entities::{bet, entry, wallet};
use crate::item::{number, text};
use crate::write::{Change, change, put_new};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use evens_exchange::BetId;
use evens_ledger::{Amount, Entry, Wallet};
use jiff::Timestamp;
use std::slice;

/// What a movement does to the stakes that the wallet shows as locked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// A stake is locked.
    Add(Amount),
    /// A stake is not locked any more.
    Release(Amount),
    /// Nothing.
    Keep,
}

/// What a movement asks of the wallet's owner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<'a> {
    /// Nothing: what is owed is paid to everybody.
    Any,
    /// The owner is not blocked, and nothing that was under way was fenced off since the wallet was read with this fence.
    MayBet(Option<&'a str>),
}

/// What a movement of money writes.
pub(crate) struct Posted {
    /// The wallet, with the new entry.
    pub(crate) wallet: TransactWriteItem,
    /// The page of the ledger that was full before it, if one was.
    pub(crate) page: Option<TransactWriteItem>,
}

/// The wallet as `posted` leaves it, on the condition that nothing else was entered since it was read, and that its
/// owner stands as is asked. It carries the entry, with those before it that do not fill a page yet. `locked` is changed
/// by arithmetic, because the stake of a lost bet is released without an entry.
///
/// Before a wallet's first entry its item may be there (made with the account, at version 0) or not (of a user without
/// an account): the first movement of money makes it where it is not. Whatever else the item holds stays as it is.
pub(crate) fn post(
    table: &str,
    after: &Wallet,
    posted: &Entry,
    lock: Lock,
    standing: Standing<'_>,
) -> Result<Posted, StoreError> {
    let carried = after.newest.split_last().map(|(_, carried)| carried).unwrap_or_default();
    let mut values = vec![
        (":read", number(posted.number - 1)),
        (":version", number(posted.number)),
        (":balance", number(after.balance)),
        (":bonus", number(after.bonus)),
        (":head", text(after.head)),
        (":entries", entry::encode(slice::from_ref(posted))),
    ];
    let update = format!(
        "SET balance = :balance, bonus = :bonus, version = :version, head = :head, {}{}",
        carry(carried, posted, &mut values),
        lock.update(after, posted, &mut values),
    );
    let is_as_read =
        if posted.number == 1 { "(attribute_not_exists(pk) OR version = :read)" } else { "version = :read" };
    let condition = format!("{is_as_read}{}", standing.condition(&mut values));
    let key = wallet::key(after.user);
    let wallet = change(table, Change { key, update: &update, condition: &condition, values })?;
    let page = entry::encode_page(carried).map(|page| put_new(table, page)).transpose()?;
    Ok(Posted { wallet, page })
}

type Values = Vec<(&'static str, AttributeValue)>;

/// Where the new entry goes: behind those that the wallet carries, or, where they fill a page, in their place.
fn carry(carried: &[Entry], posted: &Entry, values: &mut Values) -> &'static str {
    if (1..entry::PAGE).contains(&carried.len()) {
        return "entries = list_append(entries, :entries)";
    }
    values.push((":previous_hash", text(posted.previous_hash)));
    "entries = :entries, previous_hash = :previous_hash"
}

impl Lock {
    fn update(self, after: &Wallet, posted: &Entry, values: &mut Values) -> &'static str {
        let (stake, update) = match self {
            // Nothing is locked: the stake of a bet would have been an entry before this one.
            _ if posted.number == 1 => {
                let user = number(after.user);
                values.extend([
                    (":kind", text(wallet::KIND)),
                    (":user", user),
                    (":zero", number(Amount::ZERO)),
                ]);
                return ", locked = if_not_exists(locked, :zero), kind = :kind, #user = :user";
            }
            Self::Add(stake) => (stake, ", locked = locked + :stake"),
            Self::Release(stake) => (stake, ", locked = locked - :stake"),
            Self::Keep => return "",
        };
        values.push((":stake", number(stake)));
        update
    }
}

impl Standing<'_> {
    fn condition(self, values: &mut Values) -> &'static str {
        match self {
            Self::Any => "",
            Self::MayBet(None) => " AND attribute_not_exists(blocked) AND attribute_not_exists(fence)",
            Self::MayBet(Some(fence)) => {
                values.push((":fence", text(fence)));
                " AND attribute_not_exists(blocked) AND fence = :fence"
            }
        }
    }
}

/// Takes a lost stake off what the loser's wallet shows as locked. No money moves, so there is no entry.
pub(crate) fn release(
    table: &str,
    user: evens_ledger::UserId,
    stake: Amount,
) -> Result<TransactWriteItem, StoreError> {
    change(
        table,
        Change {
            key: wallet::key(user),
            update: "SET locked = locked - :stake",
            condition: "locked >= :stake",
            values: vec![(":stake", number(stake))],
        },
    )
}

/// Which part of a bet has ended, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BetEnd {
    /// Matched, settled, and paid this much.
    Settled { stake: Amount, paid: Amount },
    /// Given back.
    Refunded(Amount),
}

/// Adds to what of a bet has ended. The bet must exist.
pub(crate) fn end_bet(
    table: &str,
    id: BetId,
    end: BetEnd,
    at: Timestamp,
) -> Result<TransactWriteItem, StoreError> {
    let mut values = vec![(":at", text(at))];
    let update = match end {
        BetEnd::Settled { stake, paid } => {
            values.extend([(":stake", number(stake)), (":paid", number(paid))]);
            "SET settled = settled + :stake, paid = paid + :paid, updated_at = :at"
        }
        BetEnd::Refunded(amount) => {
            values.push((":stake", number(amount)));
            "SET refunded = refunded + :stake, updated_at = :at"
        }
    };
    change(table, Change { key: bet::key(id), update, condition: "attribute_exists(pk)", values })
}
