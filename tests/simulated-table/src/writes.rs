//! Writes: single items with a condition, and transactions.

use crate::call::{Answer, CallItem};
use crate::expression::{Expression, Names};
use crate::item::{Item, Key, call_item, exact_key, item_of, key_of};
use crate::table::TokenRecord;
use crate::{Fault, Table, reason};
use evens_table::{Check, Condition, Delete, Placeholders, Put, Reason, ReturnValues, Update, Write};
use std::collections::BTreeSet;

/// The new state of an item.
#[derive(Debug, Clone)]
pub struct Prepared {
    key: Key,
    after: Option<Item>,
    /// The attributes that an update sets.
    set: BTreeSet<String>,
}

/// A committed transaction that still locks its items.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// The writes that are not visible yet.
    pub writes: Vec<Prepared>,
    keys: Vec<Key>,
    token: Option<String>,
}

/// The reason why a write is refused.
enum Refused {
    /// The condition does not hold for the stored item, which is here if the request wants it.
    Condition(Option<CallItem>),
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// One write, in parts that all kinds have in common.
pub(crate) struct OneWrite<'a> {
    key: Key,
    condition: Option<&'a str>,
    placeholders: Option<&'a Placeholders>,
    returns_item: bool,
    effect: Effect<'a>,
}

enum Effect<'a> {
    Put(&'a CallItem),
    /// The key of the item, and the changes.
    Update(&'a CallItem, Expression<'a>),
    Delete,
    Nothing,
}

impl<'a> OneWrite<'a> {
    fn of(write: &'a Write) -> Result<Self, Fault> {
        match write {
            Write::Put(put) => Self::of_put(put),
            Write::Update(update) => Self::of_update(update),
            Write::Delete(delete) => Self::of_delete(delete),
            Write::Check(Check { key, condition }) => {
                Ok(Self::with(exact_key(key)?, Some(condition), Effect::Nothing))
            }
        }
    }

    pub(crate) fn of_put(put: &'a Put) -> Result<Self, Fault> {
        Ok(Self::with(key_of(&put.item)?, put.condition.as_ref(), Effect::Put(&put.item)))
    }

    pub(crate) fn of_update(update: &'a Update) -> Result<Self, Fault> {
        Ok(Self {
            key: exact_key(&update.key)?,
            condition: update.condition.as_deref(),
            placeholders: Some(&update.placeholders),
            returns_item: update.returns_item,
            effect: Effect::Update(&update.key, Expression::of(&update.expression)),
        })
    }

    pub(crate) fn of_delete(delete: &'a Delete) -> Result<Self, Fault> {
        Ok(Self::with(exact_key(&delete.key)?, Some(&delete.condition), Effect::Delete))
    }

    fn with(key: Key, condition: Option<&'a Condition>, effect: Effect<'a>) -> Self {
        Self {
            key,
            condition: condition.map(|condition| condition.expression.as_str()),
            placeholders: condition.map(|condition| &condition.placeholders),
            returns_item: condition.is_some_and(|condition| condition.returns_item),
            effect,
        }
    }
}

impl Table {
    /// Performs a write of a single item. An update returns the attributes that `returned` selects.
    pub(crate) fn write_one(
        &mut self,
        write: OneWrite<'_>,
        returned: Option<ReturnValues>,
        now_ms: u64,
    ) -> Result<Answer, Fault> {
        if self.locked.contains(&write.key) {
            return Err(Fault::refused(400, "TransactionConflictException"));
        }
        let prepared = self.prepare_one(write).map_err(|refused| match refused {
            Refused::Fault(fault) => fault,
            Refused::Condition(found) => Fault::ConditionFailed { found },
        })?;
        let answer = match (returned, &prepared.after) {
            (Some(ReturnValues::All), Some(after)) => Answer::Changed(call_item(after)),
            (Some(ReturnValues::Changed), Some(after)) => {
                let changed = after.iter().filter(|(name, _)| prepared.set.contains(*name));
                Answer::Changed(changed.map(|(name, value)| (name.clone(), value.value())).collect())
            }
            _ => Answer::Done,
        };
        self.apply(prepared, now_ms);
        Ok(answer)
    }

    fn prepare_one(&self, write: OneWrite<'_>) -> Result<Prepared, Refused> {
        let condition = write.condition.map(Expression::of);
        let update = match &write.effect {
            Effect::Update(_, update) => Some(update),
            _ => None,
        };
        let expressions: Vec<_> = condition.iter().chain(update).collect();
        let names = write.placeholders.map(|placeholders| &placeholders.names);
        let values = write.placeholders.map(|placeholders| &placeholders.values);
        let known = Names::of(names, values, &expressions)?;
        let found = self.get(&write.key);
        let absent = Item::new();
        let current = found.unwrap_or(&absent);
        if let Some(condition) = condition
            && !condition.holds(&known, current)?
        {
            return Err(Refused::Condition(found.filter(|_| write.returns_item).map(call_item)));
        }
        let mut set = BTreeSet::new();
        let after = match &write.effect {
            Effect::Put(item) => Some(item_of(item)?),
            Effect::Update(key, update) => {
                let (mut after, names) = update.updated(&known, current)?;
                set = names;
                after.extend(item_of(key)?);
                Some(after)
            }
            Effect::Delete => None,
            Effect::Nothing => found.cloned(),
        };
        Ok(Prepared { key: write.key, after, set })
    }

    /// Decides a transaction. If it succeeds, its items stay locked until [`Table::finish`]. Returns `None` if the same
    /// token has already succeeded.
    pub fn prepare(&mut self, writes: &[Write], token: Option<&str>) -> Result<Option<Transaction>, Fault> {
        if let Some(known) = token.and_then(|token| self.tokens.get(token)) {
            return match known {
                TokenRecord { asked, .. } if *asked != writes => {
                    Err(Fault::refused(400, "IdempotentParameterMismatchException"))
                }
                TokenRecord { is_done: true, .. } => Ok(None),
                TokenRecord { is_done: false, .. } => {
                    Err(Fault::refused(400, "TransactionInProgressException"))
                }
            };
        }
        let (mut keys, mut prepared, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        for write in writes {
            let write = OneWrite::of(write)?;
            let key = write.key.clone();
            if keys.contains(&key) {
                return Err(Fault::validation("a transaction has two operations on one item"));
            }
            let is_held = self.locked.contains(&key);
            keys.push(key);
            reasons.push(match self.prepare_one(write) {
                _ if is_held => Some(reason("TransactionConflict")),
                Ok(one) => {
                    prepared.push(one);
                    None
                }
                Err(Refused::Fault(fault)) => return Err(fault),
                Err(Refused::Condition(found)) => {
                    Some(Reason { code: Reason::CONDITION_FAILED.to_owned(), found })
                }
            });
        }
        if prepared.len() < writes.len() {
            return Err(Fault::Cancelled(reasons));
        }
        self.locked.extend(keys.iter().cloned());
        if let Some(token) = token {
            let known = TokenRecord { asked: writes.to_vec(), is_done: false };
            self.tokens.insert(token.to_owned(), known);
        }
        Ok(Some(Transaction { writes: prepared, keys, token: token.map(str::to_owned) }))
    }

    /// Makes one write visible.
    pub fn apply(&mut self, write: Prepared, now_ms: u64) {
        self.put(write.key, write.after, now_ms);
    }

    /// Makes the remaining writes visible and releases the locks.
    pub fn finish(&mut self, transaction: Transaction, now_ms: u64) {
        for write in transaction.writes {
            self.apply(write, now_ms);
        }
        for key in &transaction.keys {
            self.locked.remove(key);
        }
        if let Some(known) = transaction.token.and_then(|token| self.tokens.get_mut(&token)) {
            known.is_done = true;
        }
    }
}
