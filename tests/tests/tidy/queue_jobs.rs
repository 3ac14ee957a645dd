//! The table of queues in docs/architecture.md has the ids of all jobs. `evens-stacks` writes its other cells.

use crate::{Source, assert_none, root};
use evens_contracts::Queue;
use evens_stacks::sources;
use serde_json::Value;
use std::fs;

/// The patterns of ids in the row of a queue.
fn patterns(document: &str, queue: Queue) -> Vec<&str> {
    let start = format!("| `{}` | ", queue.name());
    let jobs = document.lines().find_map(|line| line.strip_prefix(&start)?.split('|').next());
    jobs.unwrap_or_default().split('`').skip(1).step_by(2).collect()
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

fn wrong(document: &str, sources: &[Source]) -> Vec<String> {
    let ids = ids(sources);
    let mut wrong = Vec::new();
    for queue in Queue::ALL {
        let (name, patterns) = (queue.name(), patterns(document, queue));
        let ids: Vec<_> = ids.iter().filter(|(of, _)| *of == queue).map(|(_, id)| id).collect();
        let unknown = ids.iter().filter(|id| !patterns.iter().any(|pattern| fits(pattern, id)));
        wrong.extend(unknown.map(|id| format!("the row of {name} has no job like {id}")));
        let unsent = patterns.iter().filter(|pattern| !ids.iter().any(|id| fits(pattern, id)));
        wrong.extend(unsent.map(|pattern| format!("no job of {name} is like {pattern}")));
    }
    wrong
}

fn document() -> String {
    fs::read_to_string(root().join("docs/architecture.md")).expect("a document")
}

#[test]
fn the_table_of_queues_has_the_ids_of_jobs() {
    assert_none(&wrong(&document(), &sources()));
}

#[test]
fn an_id_that_is_missing_or_unknown_is_found() {
    let (good, sources) = (document(), sources());
    for (from, to) in [
        ("`bonus-{userId}`, ", ""),
        ("`referral-{userId}`, ", ""),
        ("`payout:{orderId}`", "`payout:{orderId}`, `pay:{orderId}`"),
        ("| `payout:{orderId}` |", "| |"),
    ] {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        assert_eq!(wrong(&good.replace(from, to), &sources).len(), 1, "{to}");
    }
}
