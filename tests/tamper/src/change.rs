//! [`Tampering`]: one change of the books by a direct write.

use crate::books::{Item, Replacement, RichBooks, is_readable, newest};
use crate::value::{self, Path, Step};
use evens_table::AttributeValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// A value is replaced by another one.
    Set,
    /// An attribute, an element or an item is removed.
    Remove,
    /// An attribute or an item is added, as another item or other books have it.
    Add,
    /// Two items of a kind exchange an attribute.
    Swap,
    /// An item gets a previous version, or comes back.
    RollBack,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Set => "change",
            Self::Remove => "remove",
            Self::Add => "add",
            Self::Swap => "swap",
            Self::RollBack => "roll back",
        })
    }
}

/// A kind of change to an attribute of a kind of items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case {
    pub(crate) kind: String,
    /// The path of the attribute, or [`WHOLE`].
    pub(crate) attribute: String,
    pub(crate) change: Change,
}

/// The name of the item as a whole, beside those of its attributes.
pub(crate) const WHOLE: &str = "item";

pub(crate) struct Tampering {
    pub(crate) case: Case,
    pub(crate) replacements: Vec<Replacement>,
}

/// The number of items of a kind and of values of an attribute that are tried per case and books.
const TRIED: usize = 6;

/// All changes that are tried with these books. Items of `others` that these books lack are added to them.
pub(crate) fn changes(books: &RichBooks, others: &RichBooks) -> Vec<Tampering> {
    let mut by_kind: BTreeMap<&str, Vec<(usize, &Item)>> = BTreeMap::new();
    for (position, item) in books.present() {
        by_kind.entry(kind(item)).or_default().push((position, item));
    }
    let mut found = Changes::default();
    for (kind, items) in &by_kind {
        found.of_kind(kind, items);
    }
    found.of_versions(books);
    found.of_other_books(books, others);
    found.all
}

/// The kind of an item. Orders are of the kind of their direction, as their attributes differ.
fn kind(item: &Item) -> &str {
    match (text(item, "kind"), text(item, "direction")) {
        ("order", "deposit") => "deposit",
        ("order", "withdrawal") => "withdrawal",
        (kind, _) => kind,
    }
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(AttributeValue::as_text).unwrap_or_default()
}

#[derive(Default)]
struct Changes {
    all: Vec<Tampering>,
    tried: BTreeMap<Case, usize>,
}

impl Changes {
    /// Adds a change, unless enough of its kind are tried.
    fn add(&mut self, kind: &str, attribute: &str, change: Change, replacements: Vec<Replacement>) {
        let case = Case { kind: kind.to_owned(), attribute: attribute.to_owned(), change };
        let tried = self.tried.entry(case.clone()).or_default();
        if *tried < TRIED {
            *tried += 1;
            self.all.push(Tampering { case, replacements });
        }
    }

    fn is_tried_enough(&self, kind: &str, attribute: &str, change: Change) -> bool {
        let case = Case { kind: kind.to_owned(), attribute: attribute.to_owned(), change };
        self.tried.get(&case).is_some_and(|tried| *tried >= TRIED)
    }

    fn of_kind(&mut self, kind: &str, items: &[(usize, &Item)]) {
        let mut by_name: BTreeMap<String, Vec<&AttributeValue>> = BTreeMap::new();
        for (_, item) in items {
            for path in value::paths(item) {
                by_name.entry(path.to_string()).or_default().extend(value::get(item, &path));
            }
        }
        for (position, item) in items {
            for path in value::paths(item) {
                let name = path.to_string();
                if !self.is_tried_enough(kind, &name, Change::Set) {
                    let used = by_name.get(&name).map_or(&[][..], Vec::as_slice);
                    self.of_value(kind, *position, item, &path, used);
                }
                self.one(kind, &name, Change::Remove, *position, value::with(item, &path, None));
            }
            let whole = vec![Replacement { position: Some(*position), item: None }];
            self.add(kind, WHOLE, Change::Remove, whole);
            for (name, values) in &by_name {
                let path = Path(vec![Step::Name(name.clone())]);
                let is_of_item = !name.contains(['.', '[']);
                if let Some(value) = values.first().filter(|_| is_of_item && !item.contains_key(name)) {
                    let with_it = value::with(item, &path, Some((*value).clone()));
                    self.one(kind, name, Change::Add, *position, with_it);
                }
            }
        }
        self.swaps(kind, items);
    }

    fn one(&mut self, kind: &str, name: &str, change: Change, position: usize, item: Item) {
        self.add(kind, name, change, vec![Replacement { position: Some(position), item: Some(item) }]);
    }

    /// Replaces a value by those of other items, and by similar ones. Only values that can be read count, if there are
    /// any.
    fn of_value(&mut self, kind: &str, position: usize, item: &Item, path: &Path, used: &[&AttributeValue]) {
        let Some(now) = value::get(item, path) else { return };
        let mut candidates = value::variants(now);
        let mut texts = BTreeSet::new();
        for other in used.iter().filter(|other| **other != now) {
            if texts.len() < TRIED && texts.insert(format!("{other:?}")) {
                candidates.push((*other).clone());
            }
        }
        let mut changed: Vec<_> =
            candidates.into_iter().map(|value| value::with(item, path, Some(value))).collect();
        if changed.iter().any(is_readable) {
            changed.retain(is_readable);
        }
        for item in changed {
            self.one(kind, &path.to_string(), Change::Set, position, item);
        }
    }

    fn swaps(&mut self, kind: &str, items: &[(usize, &Item)]) {
        for (number, (position, item)) in items.iter().enumerate() {
            for (other_position, other) in items.iter().skip(number + 1).take(TRIED) {
                let names: BTreeSet<_> =
                    value::paths(item).into_iter().filter(|path| path.0.len() == 1).collect();
                for path in names {
                    let (Some(one), Some(two)) = (value::get(item, &path), value::get(other, &path)) else {
                        continue;
                    };
                    if one != two {
                        let first = value::with(item, &path, Some(two.clone()));
                        let second = value::with(other, &path, Some(one.clone()));
                        let pair = [(*position, first), (*other_position, second)];
                        let both = pair.map(|(position, item)| Replacement {
                            position: Some(position),
                            item: Some(item),
                        });
                        self.add(kind, &path.to_string(), Change::Swap, both.into());
                    }
                }
            }
        }
    }

    /// Rolls items back to their previous and to their first version, and brings deleted ones back.
    fn of_versions(&mut self, books: &RichBooks) {
        for (position, item) in books.items.iter().enumerate() {
            let now = newest(item);
            let mut earlier: Vec<&Item> = Vec::new();
            for version in item.versions.iter().rev().flatten() {
                if Some(version) != now && !earlier.contains(&version) {
                    earlier.push(version);
                }
            }
            for version in earlier.first().into_iter().chain(earlier.last().filter(|_| earlier.len() > 1)) {
                self.one(kind(version), WHOLE, Change::RollBack, position, (*version).clone());
            }
        }
    }

    /// Adds items that only other books have.
    fn of_other_books(&mut self, books: &RichBooks, others: &RichBooks) {
        let key = |item: &Item| (text(item, "pk").to_owned(), text(item, "sk").to_owned());
        let known: BTreeSet<_> = books.present().map(|(_, item)| key(item)).collect();
        for (_, item) in others.present().filter(|(_, item)| !known.contains(&key(item))) {
            let added = vec![Replacement { position: None, item: Some(item.clone()) }];
            self.add(kind(item), WHOLE, Change::Add, added);
        }
    }
}
