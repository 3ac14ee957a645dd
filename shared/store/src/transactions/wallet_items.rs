//! The two items of every movement of money: the wallet under the version that was read, and the new ledger entry.

use crate::StoreError;
use crate::entities::{bet, entry, wallet};
use crate::item::{number, text};
use crate::write::{Change, change, put_new};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_exchange::BetId;
use evens_ledger::{Amount, Entry, Wallet};
use jiff::Timestamp;

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

/// The wallet as `posted` leaves it, on the condition that nothing else was entered since it was read, and that its
/// owner stands as is asked; then the entry. `locked` is changed by arithmetic, because the stake of a lost bet is
/// released without an entry.
///
/// Before a wallet's first entry its item may be there (made with the account, at version 0) or not (of a user without
/// an account): the first movement of money makes it where it is not. Whatever else the item holds stays as it is.
pub(crate) fn post(
    table: &str,
    after: &Wallet,
    posted: &Entry,
    lock: Lock,
    standing: Standing<'_>,
) -> Result<[TransactWriteItem; 2], StoreError> {
    let is_first = posted.number == 1;
    let mut values = vec![
        (":read", number(posted.number - 1)),
        (":version", number(posted.number)),
        (":balance", number(after.balance)),
        (":bonus", number(after.bonus)),
        (":head", text(after.head)),
    ];
    let update = match lock {
        // Nothing is locked: the stake of a bet would have been an entry before this one.
        _ if is_first => {
            values.extend([
                (":kind", text(wallet::KIND)),
                (":user", number(after.user)),
                (":zero", number(Amount::ZERO)),
            ]);
            "SET balance = :balance, bonus = :bonus, version = :version, head = :head, \
             locked = if_not_exists(locked, :zero), kind = :kind, #user = :user"
        }
        Lock::Add(amount) => {
            values.push((":stake", number(amount)));
            "SET balance = :balance, bonus = :bonus, version = :version, head = :head, locked = locked + :stake"
        }
        Lock::Release(amount) => {
            values.push((":stake", number(amount)));
            "SET balance = :balance, bonus = :bonus, version = :version, head = :head, locked = locked - :stake"
        }
        Lock::Keep => "SET balance = :balance, bonus = :bonus, version = :version, head = :head",
    };
    let condition = match (is_first, standing) {
        (false, Standing::Any) => "version = :read",
        (false, Standing::MayBet(None)) => {
            "version = :read AND attribute_not_exists(blocked) AND attribute_not_exists(fence)"
        }
        (false, Standing::MayBet(Some(_))) => {
            "version = :read AND attribute_not_exists(blocked) AND fence = :fence"
        }
        (true, Standing::Any) => "attribute_not_exists(pk) OR version = :read",
        (true, Standing::MayBet(None)) => {
            "(attribute_not_exists(pk) OR version = :read) AND attribute_not_exists(blocked) \
             AND attribute_not_exists(fence)"
        }
        (true, Standing::MayBet(Some(_))) => {
            "(attribute_not_exists(pk) OR version = :read) AND attribute_not_exists(blocked) AND fence = :fence"
        }
    };
    if let Standing::MayBet(Some(fence)) = standing {
        values.push((":fence", text(fence)));
    }
    let wallet = change(table, Change { key: wallet::key(after.user), update, condition, values })?;
    Ok([wallet, put_new(table, entry::encode(posted))?])
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
