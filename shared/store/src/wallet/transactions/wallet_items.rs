//! What every movement of money writes: the wallet under the version that was read, with the new ledger entries; and,
//! where those that it carries fill a page, that page.

use super::fence;
use crate::StoreError;
use crate::table::item::{Item, SET, number, text};
use crate::table::write::{Change, change, put_new};
use crate::wallet::entities::{entry, play, wallet};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use evens_ledger::{Amount, Entry, UserId, Wallet};
use evens_own_limits::PlayLimits;

/// What a movement does to the stakes that the wallet shows as locked, and what counts against its player's own limits
/// of play afterwards. Where they never set any, nothing is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock<'a> {
    /// A stake is locked.
    Add(Amount, &'a PlayLimits),
    /// A stake is not locked any more.
    Release(Amount, &'a PlayLimits),
    /// Nothing is locked or released; whether the player may play is said anew.
    Hold {
        /// Whether they may not.
        is_held: bool,
    },
    /// Nothing is locked or released, and it counts: stakes against the house are not shown as locked.
    Count(&'a PlayLimits),
    /// Nothing.
    Keep,
}

/// What a movement asks of the wallet's owner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<'a> {
    /// Nothing: what is owed is paid to everybody.
    Any,
    /// The owner is not blocked.
    NotBlocked,
    /// The owner is not blocked, and nothing that was under way was fenced off since the wallet was read with this
    /// fence.
    MayBet(Option<&'a str>),
}

/// What a movement of money writes.
pub(crate) struct Posted {
    /// The wallet, with the new entries.
    pub(crate) wallet: TransactWriteItem,
    /// The pages of the ledger that are full by now, if any.
    pub(crate) pages: Vec<TransactWriteItem>,
}

/// The wallet as `posted` leaves it, its last entries, on the condition that nothing else was entered since it was
/// read, and that its owner stands as is asked. It carries them, with those before them that do not fill a page yet.
/// `locked` is changed by arithmetic, because the stake of a lost bet is released without an entry.
///
/// Before a wallet's first entry its item may be there (made with the account, at version 0) or not (of a user without
/// an account): the first movement of money makes it where it is not. Whatever else the item holds stays as it is.
pub(crate) fn post(
    table: &str,
    after: &Wallet,
    posted: &[Entry],
    lock: Lock<'_>,
    standing: Standing<'_>,
) -> Result<Posted, StoreError> {
    let read = after.version.saturating_sub(posted.len() as u64);
    let is_first = read == 0;
    let carried = Carried::of(after, posted);
    let mut values = vec![
        (":read", number(read)),
        (":version", number(after.version)),
        (":balance", number(after.balance)),
        (":bonus", number(after.bonus)),
        (":head", text(after.head)),
    ];
    let update = format!(
        "SET balance = :balance, bonus = :bonus, version = :version, head = :head, {}{}{}",
        carried.update(&mut values),
        lock.update(after.user, is_first, &mut values),
        lock.hold(&mut values),
    );
    let is_as_read =
        if is_first { "(attribute_not_exists(pk) OR version = :read)" } else { "version = :read" };
    let condition = format!("{is_as_read}{}", standing.condition(&mut values));
    let key = wallet::key(after.user);
    let wallet = change(table, Change { key, update: &update, condition: &condition, values })?;
    let pages = carried.full.chunks(entry::PAGE).filter_map(entry::encode_page);
    let pages = pages.map(|page| put_new(table, page)).collect::<Result<_, _>>()?;
    Ok(Posted { wallet, pages })
}

type Values = Vec<(&'static str, AttributeValue)>;

/// Where new entries go.
struct Carried<'a> {
    /// What fills pages, and is carried no longer.
    full: &'a [Entry],
    /// What the wallet carries afterwards: more than none, and at most a page.
    kept: &'a [Entry],
    /// How many of those it carried before.
    kept_before: usize,
}

impl<'a> Carried<'a> {
    /// `posted` are the last of the wallet's newest entries.
    fn of(after: &'a Wallet, posted: &[Entry]) -> Self {
        let all = after.newest.as_slice();
        let kept = (all.len().saturating_sub(1)) % entry::PAGE + 1;
        let (full, kept) = all.split_at(all.len().saturating_sub(kept));
        let before = all.len().saturating_sub(posted.len());
        Self { full, kept, kept_before: before.saturating_sub(full.len()) }
    }

    /// New entries are appended to those that are kept, or replace those that fill pages.
    fn update(&self, values: &mut Values) -> &'static str {
        if self.full.is_empty() && self.kept_before > 0 {
            values.push((":entries", entry::encode(&self.kept[self.kept_before..])));
            return "entries = list_append(entries, :entries)";
        }
        values.push((":entries", entry::encode(self.kept)));
        values.extend(self.kept.first().map(|first| (":previous_hash", text(first.previous_hash))));
        "entries = :entries, previous_hash = :previous_hash"
    }
}

impl Lock<'_> {
    fn update(self, user: UserId, is_first: bool, values: &mut Values) -> &'static str {
        let (stake, update, play) = match self {
            // Nothing is locked: the stake of a bet would have been an entry before this one.
            _ if is_first => {
                values.extend([
                    (":kind", text(wallet::KIND)),
                    (":user", number(user)),
                    (":zero", number(Amount::ZERO)),
                ]);
                return ", locked = if_not_exists(locked, :zero), kind = :kind, #user = :user";
            }
            Self::Add(stake, play) if play.sums.is_some() => {
                (stake, ", locked = locked + :stake, play_sums = :play_sums", play)
            }
            Self::Release(stake, play) if play.sums.is_some() => {
                (stake, ", locked = locked - :stake, play_sums = :play_sums", play)
            }
            Self::Add(stake, play) => (stake, ", locked = locked + :stake", play),
            Self::Release(stake, play) => (stake, ", locked = locked - :stake", play),
            Self::Count(PlayLimits { sums: Some(sums), .. }) => {
                values.push((":play_sums", text(play::encode_sums(sums))));
                return ", play_sums = :play_sums";
            }
            Self::Count(_) | Self::Hold { .. } | Self::Keep => return "",
        };
        values.push((":stake", number(stake)));
        values.extend(play.sums.map(|sums| (":play_sums", text(play::encode_sums(&sums)))));
        update
    }

    /// Bets that were decided by what was said before are not placed any more. This ends an update that sets something.
    pub(crate) fn hold(self, values: &mut Values) -> &'static str {
        let Self::Hold { is_held } = self else { return "" };
        values.push((":fence", text(fence::next())));
        if !is_held {
            return ", fence = :fence REMOVE held";
        }
        values.push((":held", text(SET)));
        ", fence = :fence, held = :held"
    }
}

/// A wallet that holds nothing, and says whether its player may play.
pub(crate) fn encode_empty_held(user: UserId, is_held: bool) -> Item {
    let mut item = wallet::encode_empty(user);
    item.insert(fence::FENCE.to_owned(), text(fence::next()));
    item.extend(is_held.then(|| (play::HELD.to_owned(), text(SET))));
    item
}

/// Says in a wallet whether its player may play, where no money moves. A wallet that is not there is made, so that the
/// first money that comes finds it said.
pub(crate) fn hold(
    table: &str,
    user: UserId,
    is_held: bool,
    has_wallet: bool,
) -> Result<TransactWriteItem, StoreError> {
    if !has_wallet {
        return put_new(table, encode_empty_held(user, is_held));
    }
    let mut values = Vec::new();
    let hold = Lock::Hold { is_held }.hold(&mut values);
    let update = format!("SET {}", hold.trim_start_matches(", "));
    let key = wallet::key(user);
    change(table, Change { key, update: &update, condition: "attribute_exists(pk)", values })
}

impl Standing<'_> {
    fn condition(self, values: &mut Values) -> &'static str {
        match self {
            Self::Any => "",
            Self::NotBlocked => " AND attribute_not_exists(blocked)",
            Self::MayBet(None) => " AND attribute_not_exists(blocked) AND attribute_not_exists(fence)",
            Self::MayBet(Some(fence)) => {
                values.push((":fence", text(fence)));
                " AND attribute_not_exists(blocked) AND fence = :fence"
            }
        }
    }
}

/// Takes a lost stake off what the loser's wallet shows as locked. No money moves, so there is no entry.
pub(crate) fn release(table: &str, user: UserId, stake: Amount) -> Result<TransactWriteItem, StoreError> {
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

#[cfg(test)]
mod tests {
    use super::Carried;
    use evens_ledger::{Amount, EntryKey, Incoming, Posting, SystemAccount, UserId, Wallet};
    use jiff::Timestamp;

    /// A wallet with so many new entries behind those that it carried.
    fn wallet_after(carried: u64, posted: u64) -> Wallet {
        let mut wallet = Wallet::empty(UserId::new(1).unwrap());
        for number in 0..carried + posted {
            let key = EntryKey::from_stored(format!("TEST:{number}"));
            let posting = Posting {
                key,
                amount: Amount::ZERO,
                account: SystemAccount::House,
                reference: String::new(),
            };
            wallet = wallet.credit(Incoming::Credit, posting, Timestamp::UNIX_EPOCH).unwrap().0;
        }
        wallet
    }

    #[test]
    fn entries_are_appended_until_they_fill_a_page() {
        #[rustfmt::skip]
        let table = [
            // carried, posted, in full pages, kept, of them carried before
            (0,         1,      0,             1,    0),
            (1,         1,      0,             2,    1),
            (3,         1,      0,             4,    3),
            (4,         1,      4,             1,    0),
            (3,         2,      4,             1,    0),
            (2,         2,      0,             4,    2),
            (4,         2,      4,             2,    0),
            (0,         5,      4,             1,    0),
            (4,         5,      8,             1,    0),
        ];
        for (carried, posted, full, kept, kept_before) in table {
            let wallet = wallet_after(carried, posted);
            let newest = &wallet.newest[usize::try_from(carried).unwrap()..];
            let found = Carried::of(&wallet, newest);
            let said = (found.full.len(), found.kept.len(), found.kept_before);
            assert_eq!(said, (full, kept, kept_before), "{carried} carried, {posted} posted");
        }
    }
}
