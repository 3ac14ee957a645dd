//! Reads: single items, batches, queries by page, and table scans.

use crate::call::{Answer, CallItem, text_in};
use crate::expression::{Expression, Names};
use crate::item::{Item, Key, call_item, exact_key, key_of, text};
use crate::{Fault, Table, reason};
use evens_table::{FoundBatch, Get, Page, Query, Scan, Segment};
use std::collections::BTreeSet;

/// The view of the table that a read gets.
pub struct View<'a> {
    /// The present time in milliseconds.
    pub now_ms: u64,
    /// The age of the version returned by an eventually consistent read, in milliseconds.
    pub lag_ms: &'a mut dyn FnMut() -> u64,
    /// The largest number of items in an answer.
    pub page_max: usize,
}

/// The attributes in the index, including both keys.
const PROJECTED: [&str; 5] = ["pk", "sk", "unfinished_pk", "unfinished_sk", "user_a"];

/// The size of a page of a scan without a limit.
const SCAN_PAGE: usize = 1_000;

impl Table {
    pub(crate) fn get_item(&self, get: &Get) -> Result<Answer, Fault> {
        let projection = get.projection.as_deref().map(Expression::of);
        let known = Names::of(Some(&get.names), None, &Vec::from_iter(&projection))?;
        let projection = projection.map(|projection| projection.attributes(&known)).transpose()?;
        let found = self.get(&exact_key(&get.key)?);
        Ok(Answer::Item(found.map(|item| shown(item, projection.as_ref()))))
    }

    pub(crate) fn get_batch(&self, keys: &[CallItem], view: &View<'_>) -> Result<Answer, Fault> {
        let keys = keys.iter().map(exact_key).collect::<Result<Vec<_>, _>>()?;
        let distinct: BTreeSet<_> = keys.iter().collect();
        if distinct.len() != keys.len() || !(1..=100).contains(&keys.len()) {
            return Err(Fault::validation("Provided list of item keys contains duplicates, or too many"));
        }
        let found = keys.iter().take(view.page_max).filter_map(|key| self.get(key));
        let is_complete = keys.len() <= view.page_max;
        Ok(Answer::Batch(FoundBatch { items: found.map(call_item).collect(), is_complete }))
    }

    pub(crate) fn get_at_once(&self, keys: &[CallItem]) -> Result<Answer, Fault> {
        let keys = keys.iter().map(exact_key).collect::<Result<Vec<_>, _>>()?;
        let distinct: BTreeSet<_> = keys.iter().collect();
        if distinct.len() != keys.len() || !(1..=100).contains(&keys.len()) {
            return Err(Fault::validation("a transaction has two operations on one item, or too many"));
        }
        let is_locked = |key| self.locked.contains(key);
        if keys.iter().any(is_locked) {
            let reasons = keys.iter().map(|key| is_locked(key).then(|| reason("TransactionConflict")));
            return Err(Fault::Cancelled(reasons.collect()));
        }
        Ok(Answer::Items(keys.iter().map(|key| self.get(key).map(call_item)).collect()))
    }

    pub(crate) fn query(&self, query: &Query, view: &mut View<'_>) -> Result<Answer, Fault> {
        let condition = Expression::of(&query.key_condition);
        let filter = query.filter.as_deref().map(Expression::of);
        let projection = query.projection.as_deref().map(Expression::of);
        let expressions: Vec<_> = [&condition].into_iter().chain(&filter).chain(&projection).collect();
        let (names, values) = (&query.placeholders.names, &query.placeholders.values);
        let known = Names::of(Some(names), Some(values), &expressions)?;
        let is_index = query.index.is_some();
        if is_index && query.is_consistent {
            return Err(Fault::validation("an index is not strongly consistent"));
        }
        let mut found: Vec<&Item> = Vec::new();
        for key in self.keys_of_query(&condition, is_index, &known)? {
            let lag_ms = if query.is_consistent { 0 } else { (view.lag_ms)() };
            let item = self.get_at(key, view.now_ms.saturating_sub(lag_ms));
            if let Some(item) = item
                && condition.holds(&known, item)?
            {
                found.push(item);
            }
        }
        found.sort_by_cached_key(|item| place(*item, is_index, text));
        if query.is_descending {
            found.reverse();
        }
        if let Some(start) = &query.start {
            let start = place(start, is_index, text_in);
            found.retain(|item| {
                let place = place(*item, is_index, text);
                if query.is_descending { place < start } else { place > start }
            });
        }
        let page = query.limit.map_or(usize::MAX, as_usize).min(view.page_max).max(1);
        // A full page has a next key even if the list ends there, as on AWS.
        let next = found.get(page - 1).map(|last| start_key(last, is_index));
        found.truncate(page);
        let projection = projection.map(|projection| projection.attributes(&known)).transpose()?;
        let projection = projection.or_else(|| is_index.then(|| PROJECTED.map(str::to_owned).into()));
        page_of(found, filter.as_ref(), projection.as_ref(), &known, next)
    }

    fn keys_of_query(
        &self,
        condition: &Expression<'_>,
        is_index: bool,
        known: &Names<'_>,
    ) -> Result<Vec<&Key>, Fault> {
        if is_index {
            return Ok(self.keys_indexed(&condition.partition("unfinished_pk", known)?).collect());
        }
        let partition = condition.partition("pk", known)?;
        let first = (partition.clone(), String::new());
        Ok(self.keys_from(&first).take_while(|key| key.0 == partition).collect())
    }

    pub(crate) fn scan(&self, scan: &Scan) -> Result<Answer, Fault> {
        let filter = scan.filter.as_deref().map(Expression::of);
        let projection = scan.projection.as_deref().map(Expression::of);
        let expressions: Vec<_> = filter.iter().chain(&projection).collect();
        let (names, values) = (&scan.placeholders.names, &scan.placeholders.values);
        let known = Names::of(Some(names), Some(values), &expressions)?;
        let projection = projection.map(|projection| projection.attributes(&known)).transpose()?;
        let start = scan.start.as_ref().map(key_of).transpose()?;
        let is_after = |item: &&Item| {
            start
                .as_ref()
                .is_none_or(|(pk, sk)| (text(item, "pk"), text(item, "sk")) > (pk.as_str(), sk.as_str()))
        };
        let is_in = |item: &&Item| scan.segment.is_none_or(|segment| is_in_segment(item, segment));
        let limit = scan.limit.map_or(SCAN_PAGE, as_usize);
        let mut found: Vec<_> = self.all().filter(is_after).filter(is_in).take(limit + 1).collect();
        let next = if found.len() > limit {
            found.truncate(limit);
            found.last().map(|last| start_key(last, false))
        } else {
            None
        };
        page_of(found, filter.as_ref(), projection.as_ref(), &known, next)
    }
}

fn as_usize(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// The sort key of an item, and in the index also its primary key.
fn place<'a, T>(item: &'a T, is_index: bool, text: impl Fn(&'a T, &str) -> &'a str) -> Vec<&'a str> {
    let names: &[&str] = if is_index { &["unfinished_sk", "pk", "sk"] } else { &["sk"] };
    names.iter().map(|name| text(item, name)).collect()
}

/// The page with those of the items that the filter lets through.
fn page_of(
    found: Vec<&Item>,
    filter: Option<&Expression<'_>>,
    projection: Option<&BTreeSet<String>>,
    known: &Names<'_>,
    next: Option<CallItem>,
) -> Result<Answer, Fault> {
    let mut items = Vec::with_capacity(found.len());
    for item in found {
        let passes = filter.map_or(Ok(true), |filter| filter.holds(known, item))?;
        if passes {
            items.push(shown(item, projection));
        }
    }
    Ok(Answer::Page(Page { items, next }))
}

/// The item with only the attributes of the projection.
fn shown(item: &Item, projection: Option<&BTreeSet<String>>) -> CallItem {
    let Some(projection) = projection else { return call_item(item) };
    let named = projection.iter().filter_map(|name| item.get_key_value(name));
    named.map(|(name, attribute)| (name.clone(), attribute.value())).collect()
}

/// All items of a partition are in one segment, as on AWS.
fn is_in_segment(item: &Item, segment: Segment) -> bool {
    let sum = text(item, "pk").bytes().fold(0_u16, |sum, byte| sum.wrapping_add(byte.into()));
    sum % segment.total.max(1) == segment.number
}

fn start_key(item: &Item, is_index: bool) -> CallItem {
    let names = if is_index { &PROJECTED[..4] } else { &PROJECTED[..2] };
    let parts = names.iter().filter_map(|name| item.get_key_value(*name));
    parts.map(|(name, attribute)| (name.clone(), attribute.value())).collect()
}
