//! The items of every movement of money: the wallet under the version that was read, with the new ledger entries. If
//! the entries that the wallet carries fill a page, that page is another item.

use super::fence;
use crate::table::item::{AttributeValue, Item, SET, number, text};
use crate::table::write::{Change, Write, change, put_new};
use crate::wallet::entities::{entry, movement_mark, owner, play, wallet};
use evens_ledger::{Amount, Entry, UserId, Wallet};
use evens_own_limits::PlayLimits;

/// The change of the wallet's locked stakes, and the sums of stakes and payouts afterwards.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock<'a> {
    /// Locks a stake.
    Add(Amount, &'a PlayLimits),
    /// Releases a stake.
    Release(Amount, &'a PlayLimits),
    /// Locks and releases nothing, and sets or removes the hold on the player's bets.
    Hold { is_held: bool },
    /// Locks and releases nothing, but writes the sums: stakes against the house are not shown as locked.
    Count(&'a PlayLimits),
    /// Changes nothing.
    Keep,
}

/// The condition that a movement of money puts on the wallet's owner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OwnerCondition<'a> {
    /// No condition: debts are paid to every user.
    Any,
    /// The owner is not blocked.
    NotBlocked,
    /// The owner is not blocked, and their sessions of this epoch were not ended.
    HasSession(u64),
    /// The same, and the wallet still has the fence that was read.
    MayBet { session_epoch: u64, fence: Option<&'a str> },
    /// The owner is not blocked, and the wallet still has the fence that was read, which changes with an exclusion.
    MayBeMatched { fence: Option<&'a str> },
}

/// The items that a movement of money writes.
pub(crate) struct MoneyItems {
    /// The update of the wallet, with the new entries.
    pub(crate) wallet: Write,
    /// The ledger pages that are now full, and the mark of a new hour, if any.
    pub(crate) added: Vec<Write>,
}

/// Writes the wallet `after` the entries `posted`, which are its last ones. The conditions are that no other entry was
/// made since the wallet was read, and that its owner meets the condition. The wallet carries these entries,
/// after earlier ones that do not fill a page yet. `locked` is changed by arithmetic, because the stake of a lost bet
/// is released without an entry.
///
/// Before the first entry, the wallet's item exists at version 0 if the user has an account. Otherwise the first
/// movement of money creates it. All other attributes of the item are kept.
pub(crate) fn post(
    after: &Wallet,
    posted: &[Entry],
    lock: Lock<'_>,
    owner: OwnerCondition<'_>,
) -> MoneyItems {
    let read = after.version.saturating_sub(posted.len() as u64);
    let is_first = read == 0;
    let carried = EntryDestination::of(after, posted);
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
    let condition = format!("{is_as_read}{}", owner.condition(&mut values));
    let key = wallet::key(after.user);
    let wallet = change(Change { key, update: &update, condition: &condition, values });
    let pages = carried.full.chunks(entry::PAGE).filter_map(entry::encode_page).map(put_new);
    MoneyItems { wallet, added: pages.chain(movement_mark::of_wallet(after, posted)).collect() }
}

type Values = Vec<(&'static str, AttributeValue)>;

/// The destination of new entries.
struct EntryDestination<'a> {
    /// Entries that fill pages; the wallet no longer carries them.
    full: &'a [Entry],
    /// Entries that the wallet carries afterwards: at least one, and at most a page.
    kept: &'a [Entry],
    /// Number of entries in `kept` that the wallet already carried.
    kept_before: usize,
}

impl<'a> EntryDestination<'a> {
    /// Splits the wallet's newest entries, of which `posted` are the last.
    fn of(after: &'a Wallet, posted: &[Entry]) -> Self {
        let all = after.newest.as_slice();
        let kept = (all.len().saturating_sub(1)) % entry::PAGE + 1;
        let (full, kept) = all.split_at(all.len().saturating_sub(kept));
        let before = all.len().saturating_sub(posted.len());
        Self { full, kept, kept_before: before.saturating_sub(full.len()) }
    }

    /// New entries are appended to those that are kept. They replace those that fill pages.
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
            // Nothing can be locked yet: the stake of a bet would have been an earlier entry.
            _ if is_first => {
                values.extend([
                    (":kind", text(wallet::KIND)),
                    (":user", number(user)),
                    (":zero", number(Amount::ZERO)),
                    (":play_sums", text(play::encode_sums(&PlayLimits::NONE.sums))),
                ]);
                return ", locked = if_not_exists(locked, :zero), kind = :kind, #user = :user, \
                        play_sums = if_not_exists(play_sums, :play_sums)";
            }
            Self::Add(stake, play) => (stake, ", locked = locked + :stake, play_sums = :play_sums", play),
            Self::Release(stake, play) => (stake, ", locked = locked - :stake, play_sums = :play_sums", play),
            Self::Count(play) => {
                values.push((":play_sums", text(play::encode_sums(&play.sums))));
                return ", play_sums = :play_sums";
            }
            Self::Hold { .. } | Self::Keep => return "",
        };
        values.extend([(":stake", number(stake)), (":play_sums", text(play::encode_sums(&play.sums)))]);
        update
    }

    /// Sets a new fence, so that bets decided by the previous state are refused. Must end the update expression, after
    /// its `SET` clause began.
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

/// An empty wallet with a fence and, if `is_held`, a hold on the player's bets.
pub(crate) fn encode_empty_held(user: UserId, is_held: bool) -> Item {
    let mut item = wallet::encode_empty(user);
    item.insert(fence::FENCE.to_owned(), text(fence::next()));
    item.extend(is_held.then(|| (play::HELD.to_owned(), text(SET))));
    item
}

/// Sets or removes the hold on a player's bets without a movement of money. Creates the wallet if it does not exist, so
/// that the hold is in place when the first money arrives.
pub(crate) fn hold(user: UserId, is_held: bool, has_wallet: bool) -> Write {
    if !has_wallet {
        return put_new(encode_empty_held(user, is_held));
    }
    let mut values = Vec::new();
    let hold = Lock::Hold { is_held }.hold(&mut values);
    let update = format!("SET {}", hold.trim_start_matches(", "));
    let key = wallet::key(user);
    change(Change { key, update: &update, condition: "attribute_exists(pk)", values })
}

impl OwnerCondition<'_> {
    fn condition(self, values: &mut Values) -> String {
        let (session_epoch, has_fence) = match self {
            Self::Any => return String::new(),
            Self::NotBlocked => (None, ""),
            Self::HasSession(session_epoch) => (Some(session_epoch), ""),
            Self::MayBet { session_epoch, fence } => (Some(session_epoch), has_fence(fence, values)),
            Self::MayBeMatched { fence } => (None, has_fence(fence, values)),
        };
        let has_session = if session_epoch.is_some() { owner::HAS_SESSION } else { "" };
        values.extend(session_epoch.map(owner::epoch_value));
        format!("{}{has_session}{has_fence}", owner::IS_NOT_BLOCKED)
    }
}

/// The condition that a wallet still has a fence, or still has none.
fn has_fence(read: Option<&str>, values: &mut Values) -> &'static str {
    let Some(read) = read else { return " AND attribute_not_exists(fence)" };
    values.push((":fence", text(read)));
    " AND fence = :fence"
}

/// Releases a lost stake in the loser's wallet, if its owner meets the condition. No money moves, so there is no entry.
pub(crate) fn release(user: UserId, stake: Amount, owner: OwnerCondition<'_>) -> Write {
    let mut values = vec![(":stake", number(stake))];
    let condition = format!("locked >= :stake{}", owner.condition(&mut values));
    let (key, update) = (wallet::key(user), "SET locked = locked - :stake");
    change(Change { key, update, condition: &condition, values })
}

#[cfg(test)]
mod tests {
    use super::EntryDestination;
    use evens_ledger::{Amount, EntryKey, Incoming, Posting, SystemAccount, UserId, Wallet};
    use jiff::Timestamp;

    /// A wallet with `posted` new entries after the `carried` ones.
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
            let found = EntryDestination::of(&wallet, newest);
            let said = (found.full.len(), found.kept.len(), found.kept_before);
            assert_eq!(said, (full, kept, kept_before), "{carried} carried, {posted} posted");
        }
    }
}
