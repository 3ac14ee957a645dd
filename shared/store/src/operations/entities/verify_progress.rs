//! The progress of the scheduled checks of the books: `VERIFY-PROGRESS` / `VERIFY-PROGRESS`. For large books it is
//! replaced after each part, so that a later run continues where an earlier one was ended.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::{UserId, Wallet};
use evens_records::Record;
use jiff::{SignedDuration, Timestamp};

pub(crate) const KIND: &str = "verify-progress";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "progress of the checks of the books | `VERIFY-PROGRESS` / `VERIFY-PROGRESS` | the last run, and the \
          place of the pass over the history of large books",
    books: Books::Unread,
    hidden: &[
        "revision",
        "is_large",
        "all_began_at",
        "all_unfinished",
        "violations_of_all",
        "violations_of_last_pass",
        "checked_at",
        "movement_violations",
        "began_at",
        "ended_at",
        "after_pk",
        "after_sk",
        "is_last_page",
        "large",
        "items",
        "wallets",
        "violations",
        "user",
        "balance",
        "bonus",
        "version",
        "head",
    ],
    records,
};

const NAME: &str = "VERIFY-PROGRESS";

pub(crate) fn key() -> Key {
    Key { partition: NAME.to_owned(), sort: NAME.to_owned() }
}

/// The progress of the scheduled checks of the books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyProgress {
    /// Number of changes of the item; 0 if there is none.
    pub revision: u64,
    /// `true` if the books were too large for a check of all of them in each run.
    pub is_large: bool,
    /// The begin of the last check of all books.
    pub all_began_at: Option<Timestamp>,
    /// Number of checks of all books, up to the last one, that did not end.
    pub all_unfinished: u32,
    /// Number of violations that the last check of all books found.
    pub violations_of_all: u64,
    /// Number of violations that the last pass found which has ended.
    pub violations_of_last_pass: u64,
    /// The newest pass over the history.
    pub pass: Option<HistoryPass>,
    /// The last run that ended; `None` before the first one, and in items of earlier versions.
    pub last_check: Option<LastCheck>,
}

/// A run of the scheduled checks that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastCheck {
    pub at: Timestamp,
    /// Number of violations among recent movements. Those of all books and of the history are counted by themselves.
    pub movement_violations: u64,
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
    /// Number of wallets read.
    pub wallets: u64,
    /// Number of violations found. A violation that is found again on another page counts again.
    pub violations: u64,
}

/// A place between two steps of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PassPlace {
    /// The last item of the last page; `None` at the beginning.
    pub after: Option<ScanPlace>,
    /// `true` if no page follows.
    pub is_last_page: bool,
    /// The owners of large ledgers on the last page that are still to be checked.
    pub large: Vec<UserId>,
    /// The wallet of the first of them, as its last checked entry left it; `None` if none of its entries was checked.
    pub wallet: Option<Wallet>,
}

/// The opaque place of an item in a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPlace(pub(crate) Key);

impl VerifyProgress {
    /// After this many checks of all books that did not end, the next one is made later, and the violations of the last
    /// one count no more.
    pub const UNFINISHED_MAX: u32 = 2;

    /// The clocks of two runs may differ by this much.
    const CLOCKS: SignedDuration = SignedDuration::from_mins(1);

    /// Number of violations that the newest checks found. Those of a pass count until the next one has ended.
    pub fn violations(&self) -> u64 {
        let of_all = if self.all_unfinished < Self::UNFINISHED_MAX { self.violations_of_all } else { 0 };
        let of_pass = self.pass.as_ref().map_or(0, |pass| pass.violations);
        of_all.saturating_add(of_pass.max(self.violations_of_last_pass))
    }

    /// The time of the last state of the books that was checked completely.
    pub fn all_checked_at(&self) -> Option<Timestamp> {
        let of_all = self.all_began_at.filter(|_| self.all_unfinished == 0);
        let of_pass = self.pass.as_ref().filter(|pass| pass.ended_at.is_some()).map(|pass| pass.began_at);
        of_all.max(of_pass)
    }

    /// The progress without what cannot be, such as times to come, so that it puts off no check.
    #[must_use]
    pub fn believed_at(self, now: Timestamp) -> Self {
        let is_past = |at: &Timestamp| at.duration_since(now) <= Self::CLOCKS;
        let can_be = |pass: &HistoryPass| {
            let is_at_end = pass.place.is_last_page && pass.place.large.is_empty();
            let has_ended =
                |ended_at: Timestamp| is_past(&ended_at) && ended_at >= pass.began_at && is_at_end;
            is_past(&pass.began_at) && pass.wallets <= pass.items && pass.ended_at.is_none_or(has_ended)
        };
        Self {
            all_began_at: self.all_began_at.filter(is_past),
            pass: self.pass.filter(can_be),
            last_check: self.last_check.filter(|check| is_past(&check.at)),
            ..self
        }
    }
}

impl HistoryPass {
    /// A pass at its beginning.
    pub fn begin(began_at: Timestamp) -> Self {
        Self { began_at, ended_at: None, place: PassPlace::default(), items: 0, wallets: 0, violations: 0 }
    }
}

pub(crate) fn encode(progress: &VerifyProgress) -> Item {
    let item = ItemBuilder::new(&ENTITY, &key())
        .number("revision", progress.revision)
        .flag("is_large", progress.is_large)
        .optional_text("all_began_at", progress.all_began_at)
        .number("all_unfinished", progress.all_unfinished)
        .number("violations_of_all", progress.violations_of_all)
        .number("violations_of_last_pass", progress.violations_of_last_pass);
    let item = match progress.last_check {
        Some(LastCheck { at, movement_violations }) => {
            item.text("checked_at", at).number("movement_violations", movement_violations)
        }
        None => item,
    };
    match &progress.pass {
        Some(pass) => encode_pass(item, pass).build(),
        None => item.build(),
    }
}

fn encode_pass(item: ItemBuilder, pass: &HistoryPass) -> ItemBuilder {
    let PassPlace { after, is_last_page, large, wallet } = &pass.place;
    let after = after.as_ref().map(|ScanPlace(key)| key);
    let large = large.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let item = item
        .text("began_at", pass.began_at)
        .optional_text("ended_at", pass.ended_at)
        .optional_text("after_pk", after.map(|key| key.partition.as_str()))
        .optional_text("after_sk", after.map(|key| key.sort.as_str()))
        .flag("is_last_page", *is_last_page)
        .optional_text("large", Some(large).filter(|large| !large.is_empty()))
        .number("items", pass.items)
        .number("wallets", pass.wallets)
        .number("violations", pass.violations);
    match wallet {
        Some(Wallet { user, balance, bonus, version, head, .. }) => item
            .number("user", user)
            .number("balance", balance)
            .number("bonus", bonus)
            .number("version", version)
            .text("head", head),
        None => item,
    }
}

pub(crate) fn decode(item: &Item) -> Result<VerifyProgress, StoreError> {
    let fields = Fields::of(item);
    let pass = fields.optional("began_at")?.map(|began_at| decode_pass(fields, began_at)).transpose()?;
    Ok(VerifyProgress {
        revision: fields.get("revision")?,
        is_large: fields.flag("is_large")?,
        all_began_at: fields.optional("all_began_at")?,
        all_unfinished: fields.get("all_unfinished")?,
        violations_of_all: fields.get("violations_of_all")?,
        violations_of_last_pass: fields.get("violations_of_last_pass")?,
        pass,
        last_check: match fields.optional("checked_at")? {
            Some(at) => Some(LastCheck { at, movement_violations: fields.get("movement_violations")? }),
            None => None,
        },
    })
}

fn decode_pass(fields: Fields<'_>, began_at: Timestamp) -> Result<HistoryPass, StoreError> {
    let after = match fields.optional("after_pk")? {
        Some(partition) => Some(ScanPlace(Key { partition, sort: fields.get("after_sk")? })),
        None => None,
    };
    let large = fields.optional::<String>("large")?.unwrap_or_default();
    let large = large.split_whitespace().map(str::parse).collect::<Result<_, _>>();
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
        place: PassPlace {
            after,
            is_last_page: fields.flag("is_last_page")?,
            large: large.map_err(|_| fields.corrupt("large"))?,
            wallet,
        },
        items: fields.get("items")?,
        wallets: fields.get("wallets")?,
        violations: fields.get("violations")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    decode(item)?;
    Ok(ScannedRecords::at(key(), Record::Aside))
}

#[cfg(test)]
mod tests {
    use super::{HistoryPass, LastCheck, PassPlace, VerifyProgress};
    use jiff::Timestamp;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn times_that_cannot_be_are_not_believed() {
        let pass = |began, ended: Option<i64>| HistoryPass {
            ended_at: ended.map(second),
            place: PassPlace { is_last_page: ended.is_some(), ..PassPlace::default() },
            ..HistoryPass::begin(second(began))
        };
        #[rustfmt::skip]
        let table = [
            (pass(900, None),        true),
            (pass(900, Some(950)),   true),
            (pass(1_060, None),      true),
            (pass(1_061, None),      false),
            (pass(900, Some(1_061)), false),
            (pass(900, Some(899)),   false),
            // It has ended, and goes on.
            (HistoryPass { place: PassPlace::default(), ..pass(900, Some(950)) }, false),
            (HistoryPass { items: 1, wallets: 2, ..pass(900, None) }, false),
        ];
        for (pass, is_believed) in table {
            let progress = VerifyProgress { pass: Some(pass.clone()), ..VerifyProgress::default() };
            assert_eq!(progress.believed_at(second(1_000)).pass.is_some(), is_believed, "{pass:?}");
        }
        for (began, is_believed) in [(900, true), (1_060, true), (1_061, false)] {
            let progress = VerifyProgress { all_began_at: Some(second(began)), ..VerifyProgress::default() };
            let believed = progress.believed_at(second(1_000)).all_began_at;
            assert_eq!(believed.is_some(), is_believed, "{began}");
            let last_check = Some(LastCheck { at: second(began), movement_violations: 0 });
            let progress = VerifyProgress { last_check, ..VerifyProgress::default() };
            assert_eq!(progress.believed_at(second(1_000)).last_check.is_some(), is_believed, "{began}");
        }
    }

    #[test]
    fn all_books_were_checked_by_a_check_that_ended() {
        let pass = |began, ended: Option<i64>| {
            Some(HistoryPass { ended_at: ended.map(second), ..HistoryPass::begin(second(began)) })
        };
        #[rustfmt::skip]
        let table = [
            (None,      0, None,                 None),
            (Some(100), 0, None,                 Some(100)),
            (Some(100), 1, None,                 None),
            (Some(100), 1, pass(50, Some(80)),   Some(50)),
            (Some(100), 0, pass(150, None),      Some(100)),
            (Some(100), 0, pass(150, Some(180)), Some(150)),
        ];
        for (all, all_unfinished, pass, expected) in table {
            let all_began_at = all.map(second);
            let progress = VerifyProgress { all_began_at, all_unfinished, pass, ..VerifyProgress::default() };
            assert_eq!(progress.all_checked_at(), expected.map(second), "{progress:?}");
        }
    }

    #[test]
    fn violations_are_those_of_the_newest_checks() {
        let progress = |unfinished, of_all, of_last, of_pass| VerifyProgress {
            all_unfinished: unfinished,
            violations_of_all: of_all,
            violations_of_last_pass: of_last,
            pass: Some(HistoryPass { violations: of_pass, ..HistoryPass::begin(second(0)) }),
            ..VerifyProgress::default()
        };
        #[rustfmt::skip]
        let table = [
            (progress(0, 0, 0, 0),        0),
            (progress(0, 2, 0, 0),        2),
            (progress(1, 2, 0, 0),        2),
            (progress(2, 2, 0, 0),        0),
            // Until the next pass has ended, the violations of the last one may still be there.
            (progress(0, 0, 3, 1),        3),
            (progress(0, 0, 1, 3),        3),
            (progress(0, 2, 1, 3),        5),
            (progress(0, u64::MAX, 1, 3), u64::MAX),
        ];
        for (progress, expected) in table {
            assert_eq!(progress.violations(), expected, "{progress:?}");
        }
    }
}
