//! Removes or changes parts of the store's writes.

use crate::writes::{Part, Writes};
use evens_simulated_table::call::{CallItem, number_in, set_number, set_text, text_in};
use evens_table::{AttributeValue, Check, Condition, Delete, Placeholders, Put, Update, Write};
use rust_decimal::Decimal;
use std::str::FromStr;

/// The smallest amount.
const UNIT: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// A condition that always holds, for writes that must have one.
pub(crate) const ALWAYS: &str = "attribute_not_exists(nothing)";

/// The condition [`ALWAYS`].
fn always() -> Condition {
    Condition { expression: ALWAYS.to_owned(), placeholders: Placeholders::default(), returns_item: false }
}

/// A transaction of the store that a defect changes.
pub(crate) struct Rewritten<'a>(pub(crate) &'a mut Vec<Write>);

impl Rewritten<'_> {
    pub(crate) fn writes(&self) -> Writes<'_> {
        Writes(self.0)
    }

    /// The write of the part with this number.
    fn write(&mut self, part: Part<'_>, number: usize) -> Option<&mut Write> {
        let position = self.writes().position(part, number)?;
        self.0.get_mut(position)
    }

    /// The update of the part with this number.
    fn update(&mut self, part: Part<'_>, number: usize) -> Option<&mut Update> {
        match self.write(part, number)? {
            Write::Update(update) => Some(update),
            _ => None,
        }
    }

    /// Removes a part. It is replaced by the deletion of an absent item, so that answers refer to the same positions.
    pub(crate) fn without(&mut self, part: Part<'_>, number: usize) -> bool {
        let Some(position) = self.writes().position(part, number) else { return false };
        let mut key = key_of_write(&self.0[position]).clone();
        let sort = format!("{position} {} {}", text_in(&key, "pk"), text_in(&key, "sk"));
        key.retain(|name, _| name == "pk" || name == "sk");
        set_text(&mut key, "pk", "NOTHING");
        set_text(&mut key, "sk", sort);
        self.0[position] = Write::Delete(Delete { key, condition: always() });
        true
    }

    /// Removes the condition of the part with this number.
    pub(crate) fn without_condition(&mut self, part: Part<'_>, number: usize) -> bool {
        self.write(part, number).is_some_and(without_condition)
    }

    /// Removes the condition on the wallet's version from the movement with this number.
    pub(crate) fn without_version(&mut self, number: usize) -> bool {
        self.without_condition(Part::Posting, number)
    }

    /// Removes the ledger entry of a movement of money.
    pub(crate) fn without_entry(&mut self) -> bool {
        self.update(Part::Posting, 0).is_some_and(|update| {
            let entries = AttributeValue::L(Vec::new());
            update.placeholders.values.insert(":entries".to_owned(), entries);
            true
        })
    }

    /// Replaces a part of the update expression of a wallet with a movement.
    pub(crate) fn replace_in_posting(&mut self, words: &str, by: &str) -> bool {
        self.update(Part::Posting, 0).is_some_and(|update| replace_update(update, words, by))
    }

    /// Removes a part of the condition of the part with this number.
    pub(crate) fn forget(&mut self, part: Part<'_>, number: usize, words: &str) -> bool {
        match self.write(part, number) {
            Some(Write::Update(update)) => {
                let forgotten = update.condition.as_mut().is_some_and(|text| remove(text, words));
                prune_update(update);
                forgotten
            }
            Some(Write::Put(Put { condition: Some(condition), .. })) => forget_in(condition, words),
            Some(Write::Delete(Delete { condition, .. }) | Write::Check(Check { condition, .. })) => {
                forget_in(condition, words)
            }
            Some(Write::Put(_)) | None => false,
        }
    }

    /// Credits one unit more to the wallet.
    pub(crate) fn post_more(&mut self) -> bool {
        let update = self.update(Part::Posting, 0);
        update.is_some_and(|update| add(&mut update.placeholders.values, ":balance", UNIT))
    }

    /// Swaps the wallet that is credited and the wallet whose stake is released.
    pub(crate) fn post_to_other(&mut self) -> bool {
        let posted = self.update(Part::Posting, 0).map(|update| update.key.clone());
        let released = self.update(Part::Wallet, 0).map(|update| update.key.clone());
        let Some((posted, released)) = posted.zip(released) else { return false };
        // In this order, because each part must still be recognised when it is changed.
        for (part, key) in [(Part::Posting, released), (Part::Wallet, posted)] {
            if let Some(update) = self.update(part, 0) {
                update.key = key;
                without_condition_of_update(update);
            }
        }
        true
    }

    pub(crate) fn new_item(&mut self, kind: &str) -> Option<&mut CallItem> {
        match self.write(Part::New(kind), 0)? {
            Write::Put(put) => Some(&mut put.item),
            _ => None,
        }
    }

    /// Removes a new item from the index of unfinished items.
    pub(crate) fn without_index(&mut self, kind: &str) -> bool {
        self.new_item(kind).is_some_and(|item| {
            item.remove("unfinished_sk");
            item.remove("unfinished_pk").is_some()
        })
    }

    /// Removes the follow-up work of a first deposit.
    pub(crate) fn owe_no_bonus(&mut self) -> bool {
        self.without_index("cashier");
        self.new_item("cashier").is_some_and(|cashier| cashier.remove("bonus_due").is_some())
    }

    /// Adds a unit to the amount of the match.
    pub(crate) fn match_more(&mut self) -> bool {
        self.new_item("match").is_some_and(|item| add(item, "amount", UNIT))
    }

    /// Leaves the full amount of a partly joined bet in the book.
    pub(crate) fn leave_all(&mut self) -> bool {
        self.values_of_remaining().is_some_and(|values| {
            let read = number_in(values, ":read").to_owned();
            set_number(values, ":remaining", read);
            true
        })
    }

    /// Leaves one unit too little of a partly joined bet in the book.
    pub(crate) fn leave_less(&mut self) -> bool {
        self.values_of_remaining().is_some_and(|values| add(values, ":remaining", -UNIT))
    }

    /// The values of the write of an unmatched bet with a remainder.
    fn values_of_remaining(&mut self) -> Option<&mut CallItem> {
        let updates = self.0.iter_mut().filter_map(|write| match write {
            Write::Update(update) if text_in(&update.key, "pk").starts_with("BOOK#") => Some(update),
            _ => None,
        });
        let mut values = updates.map(|update| &mut update.placeholders.values);
        values.find(|values| values.contains_key(":remaining"))
    }

    /// Swaps the winner if the match has one.
    pub(crate) fn win_other(&mut self) -> bool {
        self.new_item("match").is_some_and(|item| name_other_side(item, "winner"))
    }
}

fn key_of_write(write: &Write) -> &CallItem {
    match write {
        Write::Put(put) => &put.item,
        Write::Update(update) => &update.key,
        Write::Delete(Delete { key, .. }) | Write::Check(Check { key, .. }) => key,
    }
}

/// Adds to a number. Returns whether there is one.
fn add(item: &mut CallItem, name: &str, more: Decimal) -> bool {
    let old = Decimal::from_str(number_in(item, name)).ok();
    let Some(sum) = old.and_then(|old| old.checked_add(more)) else { return false };
    set_number(item, name, sum);
    true
}

/// Replaces side A by side B, and side B by side A.
pub(crate) fn name_other_side(item: &mut CallItem, name: &str) -> bool {
    let other = match text_in(item, name) {
        "A" => "B",
        "B" => "A",
        _ => return false,
    };
    set_text(item, name, other);
    true
}

/// Removes the condition of a write.
fn without_condition(write: &mut Write) -> bool {
    match write {
        Write::Put(put) => put.condition.take().is_some(),
        Write::Update(update) => without_condition_of_update(update),
        Write::Delete(Delete { condition, .. }) | Write::Check(Check { condition, .. }) => {
            let removed = std::mem::replace(condition, always());
            removed.expression != ALWAYS
        }
    }
}

/// Removes the condition of an update.
pub(crate) fn without_condition_of_update(update: &mut Update) -> bool {
    let removed = update.condition.take();
    prune_update(update);
    removed.is_some()
}

/// Replaces a part of the expression of an update.
pub(crate) fn replace_update(update: &mut Update, words: &str, by: &str) -> bool {
    if !update.expression.contains(words) {
        return false;
    }
    update.expression = update.expression.replacen(words, by, 1);
    prune_update(update);
    true
}

/// Removes words from an expression. Returns whether it has them.
fn remove(expression: &mut String, words: &str) -> bool {
    let has = expression.contains(words);
    *expression = expression.replacen(words, "", 1);
    has
}

fn forget_in(condition: &mut Condition, words: &str) -> bool {
    let forgotten = remove(&mut condition.expression, words);
    prune(&mut condition.placeholders, &condition.expression);
    forgotten
}

fn prune_update(update: &mut Update) {
    let condition = update.condition.as_deref().unwrap_or_default();
    prune(&mut update.placeholders, &format!("{} {condition}", update.expression));
}

/// Removes the names and values that no expression uses, because the engine would refuse them.
fn prune(placeholders: &mut Placeholders, used: &str) {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '#' | ':' | '_');
    let is_used = |name: &str| used.split(|character| !is_part(character)).any(|word| word == name);
    placeholders.names.retain(|name, _| is_used(name));
    placeholders.values.retain(|name, _| is_used(name));
}

/// Returns whether the update stores the draw of a match.
pub(crate) fn is_draw(update: &Update) -> bool {
    update.placeholders.values.contains_key(":drawn")
}

/// Returns whether the write claims an attempt to send a payout, or records that the provider has it.
pub(crate) fn is_claim(put: &Put) -> bool {
    text_in(&put.item, "direction") == "withdrawal" && text_in(&put.item, "state") == "PROCESSING"
}
