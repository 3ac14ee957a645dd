//! The Mermaid diagrams in the documents name existing parts: a rectangle is a function, a slanted box a queue, and a
//! cylinder an item partition.

use crate::{assert_none, root, sources};
use evens_contracts::Queue;
use std::collections::BTreeSet;
use std::fs;

/// The names in the diagrams of a document.
#[derive(Debug, Default, PartialEq, Eq)]
struct Named {
    functions: BTreeSet<String>,
    queues: BTreeSet<String>,
    partitions: BTreeSet<String>,
}

/// The texts between pairs of markers.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split_once(close)).map(|(label, _)| label)
}

fn named(document: &str) -> Named {
    let mut named = Named::default();
    for picture in between(document, "```mermaid\n", "```") {
        // A frame around parts of a diagram is not a function.
        let lines = picture.lines().filter(|line| !line.trim_start().starts_with("subgraph"));
        let picture = lines.collect::<Vec<_>>().join("\n");
        named.functions.extend(between(&picture, "[\"", "\"]").map(str::to_owned));
        named.queues.extend(between(&picture, "[/\"", "\"/]").map(str::to_owned));
        let partitions = between(&picture, "[(\"", "\")]").flat_map(str::split_whitespace);
        named.partitions.extend(partitions.map(str::to_owned));
    }
    named
}

/// The section under this heading.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("\n{heading}\n")).unwrap_or_default();
    rest.split("\n## ").next().unwrap_or_default()
}

/// The partitions in the list of items, each reduced to its common prefix. The second cell of a row begins with an
/// example, such as `USER#42`.
fn listed(section: &str) -> BTreeSet<String> {
    let rows = section.lines().filter(|line| line.starts_with('|'));
    let keys = rows.filter_map(|row| row.split('|').nth(2)?.trim().strip_prefix('`')?.split('`').next());
    let kinds = keys.map(|key| key.split_once('#').map_or(key.to_owned(), |(kind, _)| format!("{kind}#")));
    kinds.filter(|kind| kind != "pk").collect()
}

fn document(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a document")
}

fn functions() -> BTreeSet<String> {
    let folders = fs::read_dir(root().join("functions")).expect("the functions");
    folders.map(|folder| folder.expect("a folder").file_name().into_string().expect("a name")).collect()
}

/// Returns whether the store names a partition of this kind.
fn is_in_store(partition: &str) -> bool {
    let is_entity = |path: &str| path.starts_with("shared/store/src/") && path.contains("/entities/");
    let name = format!("\"{partition}");
    sources().iter().any(|source| is_entity(&source.path) && source.text().contains(&name))
}

#[test]
fn pictures_show_what_is_there() {
    for path in ["README.md", "docs/architecture.md"] {
        let Named { functions: shown, queues, partitions } = named(&document(path));
        assert!(!shown.is_empty() && !queues.is_empty() && !partitions.is_empty(), "{path} has pictures");
        let functions = functions();
        let unknown = shown.difference(&functions).map(|name| format!("{path}: no function {name}"));
        let no_queue = |name: &&String| name.parse::<Queue>().is_err();
        let no_queues = queues.iter().filter(no_queue).map(|name| format!("{path}: no queue {name}"));
        let no_partition = |name: &&String| !is_in_store(name);
        let no_partitions =
            partitions.iter().filter(no_partition).map(|name| format!("{path}: no item {name}"));
        assert_none(&unknown.chain(no_queues).chain(no_partitions).collect::<Vec<_>>());
    }
}

#[test]
fn the_architecture_shows_every_function_and_every_queue() {
    let shown = named(&document("docs/architecture.md"));
    let functions = functions();
    let hidden =
        functions.difference(&shown.functions).map(|name| format!("function {name} is in no picture"));
    let queues = Queue::ALL.iter().map(|queue| queue.name().to_owned());
    let hidden_queues = queues
        .filter(|name| !shown.queues.contains(name))
        .map(|name| format!("queue {name} is in no picture"));
    assert_none(&hidden.chain(hidden_queues).collect::<Vec<_>>());
}

#[test]
fn the_picture_of_the_table_shows_every_partition_that_is_listed() {
    let document = document("docs/architecture.md");
    let table = section(&document, "## The table");
    let (listed, shown) = (listed(table), named(table).partitions);
    assert!(listed.len() > 30, "{listed:?}");
    let hidden = listed.difference(&shown).map(|kind| format!("{kind} is in no picture of the table"));
    let unlisted = shown.difference(&listed).map(|kind| format!("{kind} is in no list of items"));
    assert_none(&hidden.chain(unlisted).collect::<Vec<_>>());
}

#[test]
fn partitions_in_a_list_of_items_are_found() {
    let text = "# A\n\n## The table\n\n| item | `pk` / `sk` | attributes |\n|---|---|---|\n\
                | bet | `BET#da23…` / `BET`, as any bet | `user` |\n| an entry | | a text |\n\
                | seal | `SEAL` / `2026-11-22` | `day` |\n\n## Else\n\n| other | `OTHER#1` / `OTHER` | |\n";
    let expected = ["BET#", "SEAL"].map(str::to_owned);
    assert_eq!(listed(section(text, "## The table")), BTreeSet::from(expected));
    assert_eq!(listed(section(text, "## None")), BTreeSet::new());
}

#[test]
fn parts_in_a_picture_are_found() {
    let text = "```mermaid\nflowchart LR\n  subgraph frame[\"a frame\"]\n  a[\"place-bet\"] --> b[/\"match\"/]\n  \
                b --> c[(\"BET# BOOK#\")]\n```\n[\"not here\"]";
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected = Named {
        functions: set(&["place-bet"]),
        queues: set(&["match"]),
        partitions: set(&["BET#", "BOOK#"]),
    };
    assert_eq!(named(text), expected);
}
