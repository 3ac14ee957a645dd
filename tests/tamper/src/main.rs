//! `evens-tamper`: changes one item of rich books at a time, as a direct write to the table would, and reports which
//! checks of the auditor find it.
//!
//! The books are those of simulated runs, so the real handlers wrote them. For each kind of items and each attribute,
//! a value is changed, removed, added, swapped with another item's or rolled back. The table of `docs/correctness.md`
//! lists the changes that no check finds. The exit code is 1 if one is missing there, or if all changes of one are
//! found.

mod books;
mod change;
mod gaps;
mod value;

use books::RichBooks;
use change::{Case, Tampering, changes};
use evens_simulator::stored_items;
use gaps::Gaps;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::thread;

/// Seeds whose runs together have all kinds of items: bets, games, jackpots, limits, holds, refunds and disputes.
const SEEDS: [u64; 12] = [1, 4, 6, 11, 19, 20, 22, 29, 61, 62, 64, 66];

/// A gap counts as closed if at least so many changes were all found. Fewer may have missed it by chance, because the
/// books change with the code.
const TRIED_FOR_CLOSED: usize = 40;

/// The results of all changes of one case.
#[derive(Default)]
struct Results {
    tried: usize,
    unfound: usize,
    /// The names of the invariants that were violated.
    by: BTreeSet<&'static str>,
    /// The first change that was not found.
    example: Option<String>,
}

/// The result of one change.
struct Tried {
    case: Case,
    by: BTreeSet<&'static str>,
    /// The change, if it was not found.
    unfound: Option<String>,
}

fn main() -> anyhow::Result<ExitCode> {
    let known = Gaps::known()?;
    let books = SEEDS.into_iter().map(|seed| RichBooks::new(stored_items(seed)?));
    let books = books.collect::<anyhow::Result<Vec<_>>>()?;
    let results = try_all(&books);
    print_table(&results);
    let gaps: BTreeSet<_> =
        results.iter().filter(|(_, results)| results.unfound > 0).map(|(case, _)| case).collect();
    let unknown: Vec<_> = gaps.iter().filter(|case| !known.contains(case)).collect();
    let is_closed = |case: &&Case| {
        results.get(*case).is_some_and(|results| results.tried >= TRIED_FOR_CLOSED && results.unfound == 0)
    };
    let closed: Vec<_> = known.cases().filter(is_closed).collect();
    for case @ Case { kind, attribute, change } in &unknown {
        let example = results.get(case).and_then(|results| results.example.as_deref()).unwrap_or_default();
        println!(
            "No check finds this, and docs/correctness.md does not list it: {change} `{attribute}` of `{kind}`, for \
             example {example}."
        );
    }
    for Case { kind, attribute, change } in &closed {
        println!(
            "A check finds this now. Remove it from docs/correctness.md: {change} `{attribute}` of `{kind}`."
        );
    }
    let tried: usize = results.values().map(|results| results.tried).sum();
    let unfound: usize = results.values().map(|results| results.unfound).sum();
    println!("{tried} changes of {} cases: {unfound} not found, {} known gaps", results.len(), gaps.len());
    Ok(if unknown.is_empty() && closed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tries all changes of all books, in one thread for each.
fn try_all(books: &[RichBooks]) -> BTreeMap<Case, Results> {
    let mut all: BTreeMap<Case, Results> = BTreeMap::new();
    thread::scope(|scope| {
        let others = books.iter().cycle().skip(1);
        let running: Vec<_> = books
            .iter()
            .zip(others)
            .map(|(books, others)| scope.spawn(|| try_books(books, others)))
            .collect();
        let tried = running.into_iter().flat_map(|thread| thread.join().unwrap_or_default());
        for Tried { case, by, unfound } in tried {
            let results = all.entry(case).or_default();
            results.tried += 1;
            results.unfound += usize::from(unfound.is_some());
            results.example = results.example.take().or(unfound);
            results.by.extend(by);
        }
    });
    all
}

fn try_books(books: &RichBooks, others: &RichBooks) -> Vec<Tried> {
    let one = |Tampering { case, replacements }| {
        let by = books.check(&replacements);
        let unfound = by.is_empty().then(|| books.describe(&replacements));
        Tried { case, by, unfound }
    };
    changes(books, others).into_iter().map(one).collect()
}

fn print_table(results: &BTreeMap<Case, Results>) {
    println!("{:16} {:32} {:9} {:>5} {:>7}  found by", "kind", "attribute", "change", "tried", "unfound");
    for (Case { kind, attribute, change }, Results { tried, unfound, by, .. }) in results {
        let (change, by) = (change.to_string(), by.iter().copied().collect::<Vec<_>>().join(" "));
        println!("{kind:16} {attribute:32} {change:9} {tried:5} {unfound:7}  {by}");
    }
}
