//! People are "they" in comments, documents, test names and published text.

use crate::{Source, assert_none, is_of_kind, sources};

/// Masculine pronouns.
const WORDS: [&str; 4] = ["he", "him", "himself", "his"];

/// Files that may contain them, with the reason.
const EXCEPT: &[(&str, &str)] =
    &[("tests/tests/tidy/words.rs", "it lists them"), ("web/vendor/", "code of third parties")];

fn is_read(path: &str) -> bool {
    let is_prose = ["rs", "md", "toml", "yaml", "sh", "service", "py", "js", "mjs", "ts", "css", "html"]
        .iter()
        .any(|kind| is_of_kind(path, kind));
    is_prose && !EXCEPT.iter().any(|(place, _)| path.starts_with(place))
}

fn wrong_words(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, line) in source.text().lines().enumerate().filter(|_| is_read(&source.path)) {
        let words = line.split(|part: char| !part.is_alphanumeric() && part != '-');
        let found = words.filter(|word| WORDS.iter().any(|banned| word.eq_ignore_ascii_case(banned)));
        wrong.extend(found.map(|word| format!("{}:{}: {word}; write they", source.path, index + 1)));
    }
    wrong
}

#[test]
fn people_are_they() {
    assert_none(&sources().iter().flat_map(wrong_words).collect::<Vec<_>>());
}

#[test]
fn a_man_is_found() {
    let rows = [
        ("shared/x/src/a.rs", "/// What he has.", 1),
        ("shared/x/src/a.rs", "summary: \"All of His sessions\",", 1),
        ("docs/a.md", "Whoever asks himself", 1),
        ("docs/a.md", "this, the, where: `historical`", 0),
        ("tests/simulator/src/a.rs", "/// What he has won.", 1),
        ("tests/tests/a.rs", "fn nobody_waits_for_his_answer() {", 1),
        ("web/i18n/en.js", "\"key\": \"The player and his bet\",", 1),
    ];
    for (path, text, expected) in rows {
        let source = Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        assert_eq!(wrong_words(&source).len(), expected, "{path}: {text}");
    }
}
