//! The templates are what `infra/stacks` writes.

use crate::one_box::file;
use crate::with_text;
use evens_stacks::{Source, render, sources};
use std::collections::BTreeMap;

/// Files that differ from what follows from the code.
fn outdated(written: &BTreeMap<String, String>, read: impl Fn(&str) -> String) -> Vec<String> {
    let differs = |path: &String, text: &String| read(path) != *text;
    written.iter().filter(|(path, text)| differs(path, text)).map(|(path, _)| path.clone()).collect()
}

#[test]
fn written_files_are_up_to_date() {
    let outdated = outdated(&render(&sources()).unwrap(), file);
    assert!(outdated.is_empty(), "not up to date: {outdated:?}. Run: cargo run -p evens-stacks");
}

#[test]
fn a_line_that_was_changed_by_hand_is_found() {
    let written = render(&sources()).unwrap();
    assert!(
        written.len() > 11,
        "each stack of functions, the templates of a stage and of a box, the manual, and two lists"
    );
    for path in written.keys() {
        let by_hand = |read: &str| file(read).replacen(if read == path { "e" } else { "" }, "", 1);
        assert_eq!(outdated(&written, by_hand), [path.as_str()]);
    }
}

#[test]
fn a_new_call_is_found() {
    let path = "functions/bets/src/lib.rs";
    let more = with_text(
        sources(),
        path,
        "pub const FUNCTION",
        "fn more() { store.place_bet() }\npub const FUNCTION",
    );
    assert_eq!(
        outdated(&render(&more).unwrap(), file),
        [
            "infra/ops/writers.txt",
            "infra/stacks/exchange.yaml",
            "shared/runtime/src/settings/table/of_functions.txt"
        ]
    );
    let unknown =
        with_text(sources(), path, "pub const FUNCTION", "fn more() { store.other() }\npub const FUNCTION");
    let error = render(&unknown).unwrap_err().to_string();
    assert_eq!(error, "bets calls store.other, whose documentation has no `# Role`");
}

#[test]
fn a_mark_that_is_not_known_is_found() {
    let path = "infra/stacks/parts/games.yaml";
    let wrong = with_text(sources(), path, "#: routes", "#: rutes");
    let error = render(&wrong).unwrap_err().to_string();
    assert_eq!(error, "infra/stacks/parts/games.yaml has the unknown mark rutes");
}

#[test]
fn a_function_that_is_not_listed_is_found() {
    let manifest = Source { path: "functions/more/Cargo.toml".to_owned(), bytes: Vec::new() };
    let more = [sources(), vec![manifest]].concat();
    let error = render(&more).unwrap_err().to_string();
    assert_eq!(error, "functions/more is in no row of STARTED (infra/stacks/src/functions.rs)");
}
