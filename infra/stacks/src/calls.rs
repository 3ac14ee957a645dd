//! The permissions that calls of the store need, read from the `# Role` section in their documentation. A transaction
//! needs the permissions of its parts.

use crate::{Allowed, Source};
use std::collections::BTreeMap;

/// The files that define table calls, and the receivers that functions call them on.
const RECEIVERS: [(&str, &str); 2] =
    [("shared/store/src/", "store"), ("shared/credentials/src/sessions.rs", "sessions")];

/// The text of the section for a call that does not access the table.
const NOTHING: &str = "None: it asks the table for nothing.";

/// The documented calls in the form of functions' code, such as `store.load_bet`, with their permissions.
///
/// # Panics
/// If a section cannot be read, or two calls have one name.
pub fn calls(sources: &[Source]) -> BTreeMap<String, Allowed> {
    let mut calls = BTreeMap::new();
    for source in sources {
        let Some((_, receiver)) = RECEIVERS.iter().find(|(path, _)| source.path.starts_with(path)) else {
            continue;
        };
        for (name, needs) in sections(source.text()) {
            let call = format!("{receiver}.{name}");
            assert!(calls.insert(call, needs).is_none(), "two calls are called {receiver}.{name}");
        }
    }
    calls
}

/// The functions of a file that have this section, with its contents.
fn sections(text: &str) -> Vec<(String, Allowed)> {
    let (mut found, mut section) = (Vec::new(), None);
    for line in text.lines().map(str::trim_start) {
        if let Some(said) = line.strip_prefix("///") {
            match (said.trim(), &mut section) {
                ("# Role", _) => section = Some(Vec::new()),
                (said, Some(lines)) => lines.push(said),
                (_, None) => {}
            }
        } else if let Some(lines) = section.as_ref().filter(|_| !line.starts_with(['#', ')', ']'])) {
            // Attributes may follow the section.
            if let Some(name) = name_of(line) {
                found.push((name.to_owned(), needs(name, lines)));
                section = None;
            }
        }
    }
    found
}

/// The name of the function that starts on this line, if any.
fn name_of(line: &str) -> Option<&str> {
    let after = line.strip_prefix("pub async fn ").or_else(|| line.strip_prefix("pub fn "))?;
    after.split(['(', '<']).next()
}

/// Parses lines such as ``- `PutItem` on `BET#`, index `unfinished` ``.
fn needs(name: &str, lines: &[&str]) -> Allowed {
    if lines == [NOTHING] {
        return Allowed::new();
    }
    let need = |line: &&str| {
        let (action, on) = line.strip_prefix("- `")?.split_once("` on ")?;
        let on = on.split(", ").map(|on| (format!("dynamodb:{action}"), on.replace('`', "")));
        Some(on.collect::<Vec<_>>())
    };
    assert!(!lines.is_empty(), "{name} says nothing of its role");
    let needs =
        lines.iter().map(|line| need(line).unwrap_or_else(|| panic!("{name} says of its role: {line}")));
    needs.flatten().collect()
}

#[test]
fn sections_are_read() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    let store = "    /// Reads.\n    ///\n    /// # Role\n    /// - `GetItem` on `BET#`, `BOOK#`\n    /// - `Query` on index `unfinished`\n    \
                 #[must_use(\n    a,\n    )]\n    pub async fn read<T>(\n    /// Nothing.\n    pub fn other() {\n    \
                 /// # Role\n    /// - `Scan` on any item\n    pub fn scan(&self) {";
    let sessions = "/// # Role\n/// None: it asks the table for nothing.\npub fn draw(";
    let sources = [
        source("shared/store/src/x/a.rs", store),
        source("shared/credentials/src/sessions.rs", sessions),
        source("shared/other/src/a.rs", store),
    ];
    let pairs = |pairs: &[(&str, &str)]| -> Allowed {
        pairs.iter().map(|(action, on)| (format!("dynamodb:{action}"), (*on).to_owned())).collect()
    };
    let expected = [
        ("sessions.draw", pairs(&[])),
        ("store.read", pairs(&[("GetItem", "BET#"), ("GetItem", "BOOK#"), ("Query", "index unfinished")])),
        ("store.scan", pairs(&[("Scan", "any item")])),
    ];
    assert_eq!(calls(&sources), expected.map(|(call, needs)| (call.to_owned(), needs)).into());
}
