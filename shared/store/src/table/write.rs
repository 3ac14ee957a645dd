//! Conditional writes, alone or in a transaction, and the interpretation of their failures.

use crate::table::error::of_code;
use crate::table::item::{AttributeValue, Item, Key, number, text};
use crate::{Store, StoreError};
pub(crate) use evens_table::Write;
use evens_table::{
    AnswerWithCost, Check, Condition, Delete, Failure, Placeholders, Put, Reason, ReturnValues, Update,
};

/// The outcome of a conditional write.
pub(crate) enum WriteOutcome {
    Committed,
    /// Nothing was written: the condition at this position failed, the lowest one if several failed.
    Refused {
        /// The position in the request, counted from zero.
        position: usize,
        /// The item at that position.
        found: Option<Item>,
    },
}

/// An update of one item: expression, condition, and the values of both.
pub(crate) struct Change<'a> {
    pub(crate) key: Key,
    pub(crate) update: &'a str,
    pub(crate) condition: &'a str,
    pub(crate) values: Vec<(&'static str, AttributeValue)>,
}

/// Attributes whose names are reserved words, with their placeholders in expressions.
const NAMES: [(&str, &str); 2] = [("#state", "state"), ("#user", "user")];

/// The placeholders of the expressions, without unused names, which the engine refuses.
fn placeholders(expressions: &[&str], values: Vec<(&'static str, AttributeValue)>) -> Placeholders {
    let is_used = |name: &str| expressions.iter().any(|expression| expression.contains(name));
    let used = NAMES.into_iter().filter(|(name, _)| is_used(name));
    let names = used.map(|(name, attribute)| (name.to_owned(), attribute.to_owned())).collect();
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Placeholders { names, values }
}

/// A condition that may use `#state` and `#user` for the attributes of those names. A refusal returns the stored item.
fn condition(expression: &str, values: Vec<(&'static str, AttributeValue)>) -> Condition {
    Condition {
        placeholders: placeholders(&[expression], values),
        expression: expression.to_owned(),
        returns_item: true,
    }
}

impl Change<'_> {
    fn update(self) -> Update {
        Update {
            key: self.key.attributes(),
            placeholders: placeholders(&[self.update, self.condition], self.values),
            expression: self.update.to_owned(),
            condition: Some(self.condition.to_owned()),
            returns_item: true,
        }
    }
}

/// Puts an item that must not exist yet.
pub(crate) fn put_new(item: Item) -> Write {
    put_in_place(item, "attribute_not_exists(pk)", Vec::new())
}

/// Puts an item whose whole content follows from its key, so that it may be there already.
pub(crate) fn put_again(item: Item) -> Write {
    Write::Put(Put { item, condition: None })
}

/// Puts a secret that must not exist yet. A refusal does not return the stored item.
pub(crate) fn put_new_secret(item: Item) -> Write {
    let condition = condition("attribute_not_exists(pk)", Vec::new());
    Write::Put(Put { item, condition: Some(Condition { returns_item: false, ..condition }) })
}

/// Replaces an item that is in `state` and has a public seed, or has none.
pub(crate) fn put_over(item: Item, state: &str, has_seed: bool) -> Write {
    let seed = if has_seed { "attribute_exists(seed)" } else { "attribute_not_exists(seed)" };
    put_in_place(item, &format!("#state = :read AND {seed}"), vec![(":read", text(state))])
}

/// Replaces an item whose revision is `read`.
pub(crate) fn put_revised(item: Item, read: u64) -> Write {
    put_in_place(item, "revision = :read", vec![(":read", number(read))])
}

/// Replaces an item under a condition, which may use `#state` and `#user` for the attributes of those names.
pub(crate) fn put_in_place(
    item: Item,
    expression: &str,
    values: Vec<(&'static str, AttributeValue)>,
) -> Write {
    Write::Put(Put { item, condition: Some(condition(expression, values)) })
}

/// Updates an item under a condition. The expressions may use `#state` and `#user` for the attributes of those names.
pub(crate) fn change(change: Change<'_>) -> Write {
    Write::Update(change.update())
}

/// Like [`change`], for an item that the writer may not see: a refusal does not return it.
pub(crate) fn change_unseen(change: Change<'_>) -> Write {
    Write::Update(Update { returns_item: false, ..change.update() })
}

pub(crate) fn delete(key: &Key, expression: &str, values: Vec<(&'static str, AttributeValue)>) -> Write {
    Write::Delete(Delete { key: key.attributes(), condition: condition(expression, values) })
}

/// Like [`delete`], for a secret: a refusal does not return the stored item.
pub(crate) fn delete_secret(
    key: &Key,
    expression: &str,
    values: Vec<(&'static str, AttributeValue)>,
) -> Write {
    let condition = Condition { returns_item: false, ..condition(expression, values) };
    Write::Delete(Delete { key: key.attributes(), condition })
}

/// Requires a condition of an item without changing the item. The condition may use `#state` and `#user` for the
/// attributes of those names. A refusal does not return the item.
pub(crate) fn check(key: &Key, expression: &str, values: Vec<(&'static str, AttributeValue)>) -> Write {
    let condition = Condition { returns_item: false, ..condition(expression, values) };
    Write::Check(Check { key: key.attributes(), condition })
}

impl Store {
    /// Writes all items, or none. An error means that nothing was written, except [`StoreError::Unavailable`]: then it
    /// is unknown.
    pub(crate) async fn transact(&self, items: Vec<Write>) -> Result<WriteOutcome, StoreError> {
        match self.table.transact(items, self.is_metered()).await {
            Ok(answered) => {
                self.count_write(answered);
                Ok(WriteOutcome::Committed)
            }
            Err(failure) => {
                self.count_refusal();
                refusal(failure)
            }
        }
    }

    /// Like [`Self::transact`], but a put that is the only item is written alone, at half the cost.
    pub(crate) async fn put_or_transact(&self, mut items: Vec<Write>) -> Result<WriteOutcome, StoreError> {
        match items.pop() {
            Some(Write::Put(put)) if items.is_empty() => self.put_one(put).await,
            last => {
                items.extend(last);
                self.transact(items).await
            }
        }
    }

    async fn put_one(&self, put: Put) -> Result<WriteOutcome, StoreError> {
        self.outcome_of(self.table.put(put, self.is_metered()).await)
    }

    /// Deletes an item under a condition without values. A refusal does not return the item.
    pub(crate) async fn delete_one(&self, key: &Key, expression: &str) -> Result<WriteOutcome, StoreError> {
        let condition = Condition { returns_item: false, ..condition(expression, Vec::new()) };
        let delete = Delete { key: key.attributes(), condition };
        self.outcome_of(self.table.delete(delete, self.is_metered()).await)
    }

    /// The outcome of a write of one item, whose cost it counts.
    fn outcome_of(&self, answered: Result<AnswerWithCost<()>, Failure>) -> Result<WriteOutcome, StoreError> {
        match answered {
            Ok(answered) => {
                self.count_write(answered);
                Ok(WriteOutcome::Committed)
            }
            Err(Failure::ConditionFailed { found }) => {
                self.count_refusal();
                Ok(WriteOutcome::Refused { position: 0, found })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Puts an item unconditionally.
    pub(crate) async fn put(&self, item: Item) -> Result<(), StoreError> {
        self.count_write(self.table.put(Put { item, condition: None }, self.is_metered()).await?);
        Ok(())
    }

    pub(crate) async fn change_one(&self, change: Change<'_>) -> Result<WriteOutcome, StoreError> {
        Ok(match self.change_and_read(change).await? {
            Ok(_) => WriteOutcome::Committed,
            Err(found) => WriteOutcome::Refused { position: 0, found },
        })
    }

    /// Returns the item after the change, or the stored item if the condition failed.
    pub(crate) async fn change_and_read(
        &self,
        change: Change<'_>,
    ) -> Result<Result<Item, Option<Item>>, StoreError> {
        match self.table.update(change.update(), ReturnValues::All, self.is_metered()).await {
            Ok(answered) => Ok(Ok(self.count_write(answered))),
            Err(Failure::ConditionFailed { found }) => {
                self.count_refusal();
                Ok(Err(found))
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Interprets a cancelled transaction. The lowest position with a reason decides, be it a failed condition or a
/// conflict. A failed condition above a conflict proves nothing, because the other transaction may be visible in part.
/// For example, while a match is being voided, the wallets may be written already and the match not yet.
fn refusal(failure: Failure) -> Result<WriteOutcome, StoreError> {
    let Failure::Cancelled { reasons, source } = failure else { return Err(failure.into()) };
    let codes: Vec<_> = reasons.iter().map(|reason| code_of(reason.as_ref())).collect();
    let codes = codes.join(", ");
    let first = reasons.into_iter().enumerate().find_map(|(position, reason)| Some((position, reason?)));
    let Some((position, Reason { code, found })) = first else {
        return Err(of_code("no reason", source));
    };
    if code == Reason::CONDITION_FAILED {
        return Ok(WriteOutcome::Refused { position, found });
    }
    let refused = of_code(&code, source);
    if matches!(refused, StoreError::Contended) {
        // Databases with locks call this a deadlock: two transactions want the same items at the same moment.
        tracing::warn!(
            reasons = codes,
            "A transaction conflicted with another one on its item {position}: {codes}"
        );
    }
    Err(refused)
}

fn code_of(reason: Option<&Reason>) -> &str {
    reason.map_or("None", |reason| &reason.code)
}
