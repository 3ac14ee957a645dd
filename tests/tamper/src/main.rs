//! `evens-tamper`: changes one item of rich books at a time, as a direct write to the table would, and reports which
//! checks of the auditor find it.
//!
//! The books are those of simulated runs, so the real handlers wrote them. For each kind of items and each attribute,
//! a value is changed, removed, added, swapped with another item's or rolled back. The table of `docs/correctness.md`
//! lists the changes that no check finds. The exit code is 1 if one is missing there, or is found.

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

/// The results of all changes of one case.
#[derive(Default)]
struct Results {
    tried: usize,
    unfound: usize,
    /// The names of the invariants that were violated.
    by: BTreeSet<&'static str>,
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
    let closed: Vec<_> = known.cases().filter(|case| !gaps.contains(case)).collect();
    for Case { kind, attribute, change } in &unknown {
        println!(
            "No check finds this, and docs/correctness.md does not list it: {change} `{attribute}` of `{kind}`."
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
        for (case, by) in running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()) {
            let results = all.entry(case).or_default();
            results.tried += 1;
            results.unfound += usize::from(by.is_empty());
            results.by.extend(by);
        }
    });
    all
}

fn try_books(books: &RichBooks, others: &RichBooks) -> Vec<(Case, BTreeSet<&'static str>)> {
    let changes = changes(books, others).into_iter();
    changes.map(|Tampering { case, replacements }| (case, books.check(&replacements))).collect()
}

fn print_table(results: &BTreeMap<Case, Results>) {
    println!("{:16} {:32} {:9} {:>5} {:>7}  found by", "kind", "attribute", "change", "tried", "unfound");
    for (Case { kind, attribute, change }, Results { tried, unfound, by }) in results {
        let (change, by) = (change.to_string(), by.iter().copied().collect::<Vec<_>>().join(" "));
        println!("{kind:16} {attribute:32} {change:9} {tried:5} {unfound:7}  {by}");
    }
}
