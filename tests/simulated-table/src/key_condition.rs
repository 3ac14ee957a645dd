//! [`KeyCondition`]: the keys that a query asks for. It is parsed once per query, because a partition may be long.

use crate::Fault;
use crate::expression::{Expression, Names};

/// One partition, and a condition on the sort keys in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyCondition<'a> {
    pub(crate) partition: &'a str,
    sort: SortCondition<'a>,
}

#[derive(Debug, Clone, Copy)]
enum SortCondition<'a> {
    Any,
    Equal(&'a str),
    Less(&'a str),
    LessOrEqual(&'a str),
    Greater(&'a str),
    GreaterOrEqual(&'a str),
    Between(&'a str, &'a str),
    BeginsWith(&'a str),
}

impl<'a> KeyCondition<'a> {
    /// Parses a key condition over the attributes of a partition key and a sort key.
    pub(crate) fn of(
        expression: &Expression<'_>,
        known: &'a Names<'_>,
        [partition_key, sort_key]: [&str; 2],
    ) -> Result<Self, Fault> {
        let not_understood =
            || Fault::validation(format!("a key condition is not understood: {expression:?}"));
        let [name, "=", partition, sort @ ..] = expression.tokens() else { return Err(not_understood()) };
        let is_sort_key = |name: &str| name == sort_key;
        let sort = match sort {
            [] => SortCondition::Any,
            ["AND", name, "BETWEEN", first, "AND", last] if is_sort_key(name) => {
                SortCondition::Between(known.text(first)?, known.text(last)?)
            }
            ["AND", "begins_with", "(", name, ",", prefix, ")"] if is_sort_key(name) => {
                SortCondition::BeginsWith(known.text(prefix)?)
            }
            ["AND", name, sign, value] if is_sort_key(name) => {
                let value = known.text(value)?;
                match *sign {
                    "=" => SortCondition::Equal(value),
                    "<" => SortCondition::Less(value),
                    "<=" => SortCondition::LessOrEqual(value),
                    ">" => SortCondition::Greater(value),
                    ">=" => SortCondition::GreaterOrEqual(value),
                    _ => return Err(not_understood()),
                }
            }
            _ => return Err(not_understood()),
        };
        if *name != partition_key {
            return Err(not_understood());
        }
        Ok(Self { partition: known.text(partition)?, sort })
    }

    /// Returns whether the condition holds for a sort key in the partition.
    pub(crate) fn has_sort(self, sort: &str) -> bool {
        match self.sort {
            SortCondition::Any => true,
            SortCondition::Equal(value) => sort == value,
            SortCondition::Less(value) => sort < value,
            SortCondition::LessOrEqual(value) => sort <= value,
            SortCondition::Greater(value) => sort > value,
            SortCondition::GreaterOrEqual(value) => sort >= value,
            SortCondition::Between(first, last) => (first..=last).contains(&sort),
            SortCondition::BeginsWith(prefix) => sort.starts_with(prefix),
        }
    }
}
