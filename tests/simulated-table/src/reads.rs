//! Reads: single items, batches, queries by page, and table scans.

use crate::call::{Answer, CallItem, text_in};
use crate::expression::{Expression, Names};
use crate::item::{Item, call_item, exact_key, item_size, key_of, text};
use crate::key_condition::KeyCondition;
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
    /// The largest size of a page in bytes, as `DynamoDB` counts. A larger item is a page of its own.
    pub bytes_max: usize,
}

/// The largest size of a page on AWS.
pub const PAGE_BYTES: usize = 1 << 20;

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
        let names_of_keys = if is_index { ["unfinished_pk", "unfinished_sk"] } else { ["pk", "sk"] };
        let condition = KeyCondition::of(&condition, &known, names_of_keys)?;
        // Each item that a read may see has an age of its own, whether the query asks for it or not.
        let mut seen_at = || {
            let lag_ms = if query.is_consistent { 0 } else { (view.lag_ms)() };
            view.now_ms.saturating_sub(lag_ms)
        };
        let mut found: Vec<&Item> = if is_index {
            let is_asked_for = |item: &&Item| {
                text(item, "unfinished_pk") == condition.partition
                    && condition.has_sort(text(item, "unfinished_sk"))
            };
            let keys = self.keys_indexed(condition.partition);
            keys.filter_map(|key| self.get_at(key, seen_at())).filter(is_asked_for).collect()
        } else {
            let first = (condition.partition.to_owned(), String::new());
            let histories = self.histories_from(&first).take_while(|(key, _)| key.0 == condition.partition);
            let each = histories.map(|(key, history)| (key, history, seen_at()));
            let asked_for = each.filter(|(key, ..)| condition.has_sort(&key.1));
            asked_for.filter_map(|(_, history, at_ms)| history.at(at_ms)).collect()
        };
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
        let fitting = fitting(&found, page, view.bytes_max, is_index);
        // A full page has a next key even if the list ends there, as on AWS.
        let is_full = fitting == page || fitting < found.len();
        found.truncate(fitting);
        let next = found.last().filter(|_| is_full).map(|last| start_key(last, is_index));
        let projection = projection.map(|projection| projection.attributes(&known)).transpose()?;
        let projection = projection.or_else(|| is_index.then(|| PROJECTED.map(str::to_owned).into()));
        page_of(found, filter.as_ref(), projection.as_ref(), &known, next)
    }

    pub(crate) fn scan(&self, scan: &Scan, view: &View<'_>) -> Result<Answer, Fault> {
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
        let fitting = fitting(&found, limit, view.bytes_max, false);
        let has_more = fitting < found.len();
        found.truncate(fitting);
        let next = found.last().filter(|_| has_more).map(|last| start_key(last, false));
        page_of(found, filter.as_ref(), projection.as_ref(), &known, next)
    }
}

/// The number of items, up to `page`, that fit into an answer of this size. It is at least one if there are any.
fn fitting(found: &[&Item], page: usize, bytes_max: usize, is_index: bool) -> usize {
    let is_stored = |name: &str| !is_index || PROJECTED.contains(&name);
    let mut bytes = 0_usize;
    let fits = |(number, item): &(usize, &&Item)| {
        bytes = bytes.saturating_add(item_size(item, is_stored));
        *number == 0 || bytes <= bytes_max
    };
    found.iter().take(page).enumerate().take_while(fits).count()
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

#[cfg(test)]
mod tests {
    use super::{PAGE_BYTES, View};
    use crate::call::{Answer, CallItem, set_text, text_in};
    use crate::{Request, Table};
    use evens_table::{AttributeValue, Put, Query, Scan};

    fn perform(table: &mut Table, request: &Request) -> Answer {
        let mut view = View { now_ms: 0, lag_ms: &mut || 0, page_max: usize::MAX, bytes_max: PAGE_BYTES };
        table.perform(request, &mut view).expect("an answer")
    }

    /// The sort keys on each page of a query or a scan.
    fn pages(table: &mut Table, mut request: Request) -> Vec<String> {
        let mut pages = Vec::new();
        loop {
            let Answer::Page(page) = perform(table, &request) else { panic!("no page") };
            pages.push(page.items.iter().map(|item| text_in(item, "sk")).collect::<Vec<_>>().join(" "));
            match (&mut request, page.next) {
                (_, None) => return pages,
                (Request::Query(query), next) => query.start = next,
                (Request::Scan(scan), next) => scan.start = next,
                _ => panic!("no request of pages"),
            }
        }
    }

    #[test]
    fn a_page_ends_at_its_limit_or_at_one_megabyte() {
        let mut table = Table::default();
        for sort in ["A", "B", "C", "D"] {
            let mut item = CallItem::new();
            set_text(&mut item, "pk", "P");
            set_text(&mut item, "sk", sort);
            set_text(&mut item, "unfinished_pk", "U");
            set_text(&mut item, "unfinished_sk", sort);
            set_text(&mut item, "padding", "x".repeat(300_000));
            perform(&mut table, &Request::Put(Put { item, condition: None }));
        }
        let value = |text: &str| AttributeValue::S(text.to_owned());
        let query = || Query::new("pk = :pk").value(":pk", value("P"));
        // The index stores no padding.
        let index = Query::new("unfinished_pk = :pk").value(":pk", value("U")).index("unfinished");
        let scan = |limit| Request::Scan(Scan { limit, ..Scan::default() });
        #[rustfmt::skip]
        let cases = [
            // request                            pages
            (Request::Query(query()),             &["A B C", "D"][..]),
            (Request::Query(query().descending()), &["D C B", "A"]),
            (Request::Query(query().limit(2)),    &["A B", "C D", ""]),
            (Request::Query(index),               &["A B C D"]),
            (scan(None),                          &["A B C", "D"]),
            (scan(Some(2)),                       &["A B", "C D"]),
        ];
        for (request, expected) in cases {
            assert_eq!(pages(&mut table, request.clone()), expected, "{request:?}");
        }
    }
}
