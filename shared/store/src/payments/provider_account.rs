//! The account of a payment provider: all its movements, from the whole table.
//!
//! No index lists them: a movement is an entry in its player's ledger, or a transfer under its key, and an index would
//! cost each deposit and payout another write. So all items that may hold one are scanned. The cost is half a read unit
//! for each 4 KB of the table, whatever it contains; a scan is made once a day.
//!
//! Invariant: each movement that existed when the scan began is passed on once. A wallet may move its entries to a page
//! during the scan, after the scan passed the page's place and before it reads the wallet. In that case the player's
//! pages are read again.

use crate::table::item::{Fields, Item, text};
use crate::table::retry::{Attempt, attempt};
use crate::wallet::entities::{entry, transfer, wallet};
use crate::{Store, StoreError};
use evens_ledger::{Entry, ProviderName, UserId};
use evens_payments::BookedMovement;
use evens_table::{Page, Placeholders, Query, Scan};
use std::collections::{BTreeSet, HashMap};

/// The attributes that are read: those of wallets, entries and transfers. The role of the scanning function may read no
/// others, so it cannot read secrets in other items. IAM also checks the attributes in the filter, and the keys.
const ATTRIBUTES: [&str; 20] = [
    "account",
    "amount",
    "at",
    "balance_after",
    "balance_before",
    "entries",
    "from",
    "hash",
    "key",
    "kind",
    "number",
    "pk",
    "previous_hash",
    "purse",
    "reference",
    "sk",
    "to",
    "type",
    "user",
    "version",
];

/// The attributes that a scan of movements reads, sorted.
pub fn attributes_of_ledgers() -> BTreeSet<&'static str> {
    ATTRIBUTES.into()
}

/// The kinds of items that hold movements.
const KINDS: [&str; 4] = [wallet::KIND, entry::PAGE_KIND, entry::KIND, transfer::KIND];

impl Store {
    /// Passes each movement on the account of a provider to `each`, in no particular order.
    ///
    /// # Errors
    /// An item cannot be read, so the movements would be incomplete.
    ///
    /// # Role
    /// - `Query` on `LEDGER#`
    /// - `Scan` on any item
    pub async fn scan_provider_account(
        &self,
        provider: &ProviderName,
        mut each: impl FnMut(BookedMovement),
    ) -> Result<(), StoreError> {
        let mut ledgers = Ledgers::default();
        let mut start = None;
        loop {
            let page = self.scan_movements(start).await?;
            for item in &page.items {
                ledgers.take(item, provider, &mut each)?;
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        for (user, after) in ledgers.behind() {
            for item in self.pages_after(user, after).await? {
                ledgers.take(&item, provider, &mut each)?;
            }
        }
        ledgers.end(&mut each);
        Ok(())
    }

    async fn scan_movements(&self, start: Option<Item>) -> Result<Page, StoreError> {
        attempt!(self, Read, {
            let answered = self.table.scan(movements(start.clone()), self.is_metered()).await?;
            Ok(Attempt::Done(self.count_read(answered)))
        })
    }

    /// The pages of a player's ledger with entries after the number `after`, strongly consistent.
    pub(crate) async fn pages_after(&self, user: UserId, after: u64) -> Result<Vec<Item>, StoreError> {
        let first = entry::key(user, after.saturating_add(1));
        let query = Query::new("pk = :pk AND sk >= :first")
            .consistent(true)
            .value(":pk", text(first.partition))
            .value(":first", text(first.sort));
        self.query_up_to(&query, None, usize::MAX).await
    }
}

/// A scan of the items that can hold a movement.
fn movements(start: Option<Item>) -> Scan {
    let values: Vec<_> = (0..KINDS.len()).map(|number| format!(":kind{number}")).collect();
    Scan {
        filter: Some(format!("#kind IN ({})", values.join(", "))),
        // All attributes get placeholders, because some names are reserved words. The constant is joined directly: with
        // an array of twenty that is made here, LLVM unrolls the loop and optimises it for ten minutes.
        projection: Some(format!("#{}", ATTRIBUTES.join(", #"))),
        placeholders: Placeholders {
            names: ATTRIBUTES.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect(),
            values: values.into_iter().zip(KINDS.map(text)).collect(),
        },
        start,
        limit: Some(Store::PAGE.into()),
        ..Scan::default()
    }
}

/// The place of an entry: in a page of its ledger, or in the wallet.
#[derive(Clone, Copy)]
enum EntryPlace {
    Paged,
    Carried,
}

/// The progress of the scan in each player's ledger.
#[derive(Default)]
struct Ledgers {
    /// The number of the last entry seen in a page.
    paged: HashMap<UserId, u64>,
    /// The number of the last entry that must be in a page, because the wallet carries those after it.
    put_away: HashMap<UserId, u64>,
    /// Movements in entries that wallets carry. A page may also contain them.
    carried: Vec<(UserId, u64, BookedMovement)>,
}

impl Ledgers {
    fn take(
        &mut self,
        item: &Item,
        provider: &ProviderName,
        each: &mut impl FnMut(BookedMovement),
    ) -> Result<(), StoreError> {
        let fields = Fields::of(item);
        match fields.get::<String>("kind")?.as_str() {
            transfer::KIND => {
                BookedMovement::of_transfer(&transfer::decode(item)?, provider).into_iter().for_each(each);
            }
            wallet::KIND => {
                let (user, version) = (fields.get("user")?, fields.get("version")?);
                let newest = entry::decode_newest(fields, user, version)?;
                let carried = u64::try_from(newest.len()).unwrap_or(u64::MAX);
                self.put_away.insert(user, version.saturating_sub(carried));
                self.take_entries(EntryPlace::Carried, &newest, provider, each);
            }
            _ => self.take_entries(EntryPlace::Paged, &entry::decode_item(item)?, provider, each),
        }
        Ok(())
    }

    fn take_entries(
        &mut self,
        seen: EntryPlace,
        entries: &[Entry],
        provider: &ProviderName,
        each: &mut impl FnMut(BookedMovement),
    ) {
        for entry in entries {
            let movement = BookedMovement::of_entry(entry, provider);
            match seen {
                EntryPlace::Carried => {
                    self.carried.extend(movement.map(|movement| (entry.user, entry.number, movement)));
                }
                EntryPlace::Paged => {
                    let last = self.paged.entry(entry.user).or_default();
                    *last = entry.number.max(*last);
                    movement.into_iter().for_each(&mut *each);
                }
            }
        }
    }

    /// The players whose pages were written behind the scan, with the last entry seen of each.
    fn behind(&self) -> Vec<(UserId, u64)> {
        let seen = |user| self.paged.get(user).copied().unwrap_or_default();
        let behind = self.put_away.iter().filter(|(user, last)| seen(user) < **last);
        behind.map(|(user, _)| (*user, seen(user))).collect()
    }

    /// Passes on the movements that only wallets carry.
    fn end(self, each: &mut impl FnMut(BookedMovement)) {
        let seen = |user| self.paged.get(&user).copied().unwrap_or_default();
        let only = self.carried.into_iter().filter(|(user, number, _)| seen(*user) < *number);
        only.for_each(|(.., movement)| each(movement));
    }
}

#[cfg(test)]
mod tests {
    use super::Ledgers;
    use crate::table::item::{Item, ItemBuilder};
    use crate::wallet::entities::{entry, wallet};
    use evens_ledger::{
        Entry, EntryKey, EntryPurpose, Incoming, Posting, ProviderName, SystemAccount, UserId, Wallet,
    };
    use evens_payments::BookedMovement;
    use jiff::Timestamp;

    fn provider() -> ProviderName {
        "sandbox".parse().expect("a name")
    }

    /// A player's first entries, all on the provider's account.
    fn entries(count: u64) -> Vec<Entry> {
        let mut held = Wallet::empty(UserId::new(1).expect("a user"));
        let credit = |number| Posting {
            key: EntryKey::new(EntryPurpose::Deposit, &[&number]),
            amount: "1".parse().expect("an amount"),
            account: SystemAccount::PaymentProvider(Some(provider())),
            reference: "x".to_owned(),
        };
        let numbers = 1..=count;
        let post = |number| {
            let posted = held.credit(Incoming::Credit, credit(number), Timestamp::UNIX_EPOCH);
            let (after, entry) = posted.expect("it fits");
            held = after;
            entry
        };
        numbers.map(post).collect()
    }

    /// The wallet after all entries, carrying those from number `from` on.
    fn carrying(all: &[Entry], from: usize) -> Item {
        let newest = &all[from - 1..];
        let (first, last) = (&newest[0], &newest[newest.len() - 1]);
        ItemBuilder::new(&wallet::ENTITY, &wallet::key(first.user))
            .number("user", first.user)
            .number("version", last.number)
            .text("previous_hash", first.previous_hash)
            .value("entries", entry::encode(newest))
            .build()
    }

    /// The movements that a scan of these items finds, and the number of players with a page that it missed.
    fn scan_result(items: &[Item]) -> (Vec<String>, usize) {
        let (mut ledgers, mut found) = (Ledgers::default(), Vec::new());
        let mut each = |movement: BookedMovement| found.push(movement.key.to_string());
        for item in items {
            ledgers.take(item, &provider(), &mut each).expect("it can be read");
        }
        let behind = ledgers.behind().len();
        ledgers.end(&mut each);
        found.sort();
        (found, behind)
    }

    #[test]
    fn a_page_that_was_put_away_behind_the_scan_is_missed_and_named() {
        let all = entries(6);
        let keys =
            |numbers: &[u64]| numbers.iter().map(|number| format!("DEPOSIT:{number}")).collect::<Vec<_>>();
        let page = entry::encode_page(&all[..4]).expect("a page");
        let (before, after) = (carrying(&all[..4], 1), carrying(&all, 5));
        let whole = keys(&[1, 2, 3, 4, 5, 6]);
        assert_eq!(scan_result(&[page.clone(), after.clone()]), (whole.clone(), 0));
        assert_eq!(scan_result(&[after.clone(), page.clone()]), (whole, 0));
        // The wallet was read before it moved its entries to the page, and the page afterwards.
        assert_eq!(scan_result(&[before, page]), (keys(&[1, 2, 3, 4]), 0));
        // The page's place was read before the page existed, and the wallet afterwards.
        assert_eq!(scan_result(&[after]), (keys(&[5, 6]), 1));
    }
}
