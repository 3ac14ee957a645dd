//! The table of queues in docs/architecture.md agrees with the code: job ids, number and times of attempts, concurrent
//! batches, and the jobs that workers send.

use crate::{Source, assert_none, root};
use evens_contracts::{Backoff, Queue};
use evens_stacks::{Code, codes, sources};
use evens_workers::folder_of;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const HEAD: &str = "| queue | jobs | attempts, back-off | at once | asks for |";

/// The cells of each row.
fn rows(document: &str) -> Vec<Vec<&str>> {
    let lines = document.lines().skip_while(|line| *line != HEAD).skip(2);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The texts in back quotes in a cell.
fn quoted(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The retries of a queue, in the format of the cell.
fn tries(queue: Queue) -> String {
    let rules = queue.rules();
    let attempts = match rules.backoff {
        Backoff::Fixed(delay) => format!("{}, after {} s", rules.attempts_max, delay.as_secs()),
        Backoff::Exponential(first) => {
            format!("{}, from {} s, doubling", rules.attempts_max, first.as_secs())
        }
    };
    match rules.wait_max {
        Some(wait_max) => format!("{attempts}; waits up to {} h", wait_max.as_secs() / 3600),
        None => attempts,
    }
}

/// The ids of all job formats ever sent, by queue. The second line of each wire file has one.
fn ids(sources: &[Source]) -> Vec<(Queue, String)> {
    let forms = sources.iter().filter(|source| source.path.contains("/wire/"));
    let known = forms.filter_map(|form| serde_json::from_str(form.text().lines().nth(1)?).ok());
    let id = |known: Value| Some((known["queue"].as_str()?.parse().ok()?, known["id"].as_str()?.to_owned()));
    known.filter_map(id).collect()
}

/// Returns whether an id matches a pattern such as `finish:{roundId}`. User ids have only digits, and no placeholder
/// matches a colon.
fn fits(pattern: &str, id: &str) -> bool {
    let Some((literal, rest)) = pattern.split_once('{') else { return pattern == id };
    let Some(id) = id.strip_prefix(literal) else { return false };
    let (name, rest) = rest.split_once('}').unwrap_or_default();
    let ends = |part: char| if name == "userId" { !part.is_ascii_digit() } else { part == ':' };
    let (value, id) = id.split_at(id.find(ends).unwrap_or(id.len()));
    !value.is_empty() && fits(rest, id)
}

fn wrong_row(queue: Queue, row: &[&str], ids: &[&str], codes: &BTreeMap<String, Code>) -> Vec<String> {
    let name = queue.name();
    let &[_, jobs, attempts, at_once, asks_for] = row else {
        return vec![format!("the row of {name} has {} cells", row.len())];
    };
    let mut wrong = Vec::new();
    let mut compare = |what: &str, said: &str, expected: &str| {
        if said != expected {
            wrong.push(format!("{what} of {name}: {expected}, and not {said}"));
        }
    };
    compare("attempts and back-off", attempts, &tries(queue));
    compare("at once", at_once, &queue.rules().concurrency.to_string());
    let asked = codes[folder_of(queue)].asked_queues();
    let asked: BTreeSet<_> = asked.iter().map(|queue| queue.name()).collect();
    compare("what it asks for", &format!("{:?}", quoted(asks_for)), &format!("{asked:?}"));
    let patterns = quoted(jobs);
    let unknown = ids.iter().filter(|id| !patterns.iter().any(|pattern| fits(pattern, id)));
    wrong.extend(unknown.map(|id| format!("the row of {name} has no job like {id}")));
    let unsent = patterns.iter().filter(|pattern| !ids.iter().any(|id| fits(pattern, id)));
    wrong.extend(unsent.map(|pattern| format!("no job of {name} is like {pattern}")));
    wrong
}

fn wrong_table(document: &str, sources: &[Source], codes: &BTreeMap<String, Code>) -> Vec<String> {
    let (rows, ids) = (rows(document), ids(sources));
    let names: Vec<_> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let queues = Queue::ALL.map(Queue::name);
    if names != queues {
        return vec![format!("the rows are {names:?}, and the queues {queues:?}")];
    }
    let wrong = Queue::ALL.into_iter().zip(&rows).flat_map(|(queue, row)| {
        let ids = ids.iter().filter(|(of, _)| *of == queue).map(|(_, id)| id.as_str());
        wrong_row(queue, row, &ids.collect::<Vec<_>>(), codes)
    });
    wrong.collect()
}

fn document() -> String {
    fs::read_to_string(root().join("docs/architecture.md")).expect("a document")
}

#[test]
fn the_table_of_queues_is_true() {
    assert_none(&wrong_table(&document(), &sources(), &codes(&sources())));
}

#[test]
fn a_table_that_says_something_else_is_found() {
    let (good, sources, codes) = (document(), sources(), codes(&sources()));
    for (from, to, count) in [
        ("| 5, from 2 s, doubling | 5 |", "| 4, from 2 s, doubling | 5 |", 1),
        ("| 2, after 5 s |", "| 2, from 5 s, doubling |", 1),
        ("| 5, from 2 s, doubling | 5 |", "| 5, from 2 s, doubling | 6 |", 1),
        ("| `settle`, `refund`, `match` |", "| `settle`, `match` |", 1),
        ("| `settle`, `refund`, `match` |", "| `settle`, `refund`, `match`, `rounds` |", 1),
        ("`bonus-{userId}`, ", "", 1),
        ("`referral-{userId}`, ", "", 1),
        ("`payout:{orderId}`", "`payout:{orderId}`, `pay:{orderId}`", 1),
        ("| `notifications` | `notify", "| `news` | `notify", 1),
        ("| at once | asks for |", "| at once |", 1),
    ] {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        let wrong = wrong_table(&good.replace(from, to), &sources, &codes);
        assert_eq!(wrong.len(), count, "{to}: {wrong:?}");
    }
}
