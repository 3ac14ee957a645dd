//! The progress of the scheduled checks of large books: `VERIFY-PROGRESS` / `VERIFY-PROGRESS`. It is replaced after
//! each part, so that a later run continues where an earlier one was ended.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::Wallet;
use jiff::Timestamp;

pub(crate) const KIND: &str = "verify-progress";

const NAME: &str = "VERIFY-PROGRESS";

pub(crate) fn key() -> Key {
    Key { partition: NAME.to_owned(), sort: NAME.to_owned() }
}

/// The progress of the scheduled checks of large books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyProgress {
    /// Number of violations that the last check of all books found.
    pub violations_of_all: u64,
    /// Number of items in the table, as counted by the last pass that ended.
    pub items_of_all: Option<u64>,
    /// The newest pass over the history.
    pub pass: Option<HistoryPass>,
}

/// A pass over the whole table, in steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPass {
    pub began_at: Timestamp,
    /// `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// The place where it goes on.
    pub place: PassPlace,
    /// Number of items read.
    pub items: u64,
    /// Number of wallets whose whole ledger was checked.
    pub wallets: u64,
    /// Number of violations found.
    pub violations: u64,
}

/// A place between two steps of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PassPlace {
    /// The last item of the page before; `None` at the beginning.
    pub after: Option<ScanPlace>,
    /// A wallet of the page, as its last checked entry left it. `None` at the beginning of the page.
    pub wallet: Option<Wallet>,
}

/// The opaque place of an item in a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPlace(pub(crate) Key);

impl VerifyProgress {
    /// Number of violations that the newest checks found.
    pub fn violations(&self) -> u64 {
        self.violations_of_all + self.pass.as_ref().map_or(0, |pass| pass.violations)
    }
}

impl HistoryPass {
    /// A pass at its beginning.
    pub fn begin(began_at: Timestamp) -> Self {
        Self { began_at, ended_at: None, place: PassPlace::default(), items: 0, wallets: 0, violations: 0 }
    }
}

pub(crate) fn encode(progress: &VerifyProgress) -> Item {
    let VerifyProgress { violations_of_all, items_of_all, pass } = progress;
    let item = ItemBuilder::new(KIND, &key())
        .number("violations_of_all", violations_of_all)
        .optional_number("items_of_all", *items_of_all);
    let Some(pass) = pass else { return item.build() };
    let after = pass.place.after.as_ref().map(|ScanPlace(key)| key);
    let item = item
        .text("began_at", pass.began_at)
        .optional_text("ended_at", pass.ended_at)
        .optional_text("after_pk", after.map(|key| key.partition.as_str()))
        .optional_text("after_sk", after.map(|key| key.sort.as_str()))
        .number("items", pass.items)
        .number("wallets", pass.wallets)
        .number("violations", pass.violations);
    let Some(Wallet { user, balance, bonus, version, head, .. }) = &pass.place.wallet else {
        return item.build();
    };
    item.number("user", user)
        .number("balance", balance)
        .number("bonus", bonus)
        .number("version", version)
        .text("head", head)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<VerifyProgress, StoreError> {
    let fields = Fields::of(item);
    let pass = fields.optional("began_at")?.map(|began_at| decode_pass(fields, began_at)).transpose()?;
    Ok(VerifyProgress {
        violations_of_all: fields.get("violations_of_all")?,
        items_of_all: fields.optional("items_of_all")?,
        pass,
    })
}

fn decode_pass(fields: Fields<'_>, began_at: Timestamp) -> Result<HistoryPass, StoreError> {
    let after = match fields.optional("after_pk")? {
        Some(partition) => Some(ScanPlace(Key { partition, sort: fields.get("after_sk")? })),
        None => None,
    };
    let wallet = match fields.optional("user")? {
        Some(user) => Some(Wallet {
            balance: fields.get("balance")?,
            bonus: fields.get("bonus")?,
            version: fields.get("version")?,
            head: fields.get("head")?,
            ..Wallet::empty(user)
        }),
        None => None,
    };
    Ok(HistoryPass {
        began_at,
        ended_at: fields.optional("ended_at")?,
        place: PassPlace { after, wallet },
        items: fields.get("items")?,
        wallets: fields.get("wallets")?,
        violations: fields.get("violations")?,
    })
}
