//! The auditor's material: each verifier is short enough to read, and the document names every action in the audit log.

use crate::{Source, assert_none, root};
use evens_audit_log::Action;
use std::fs;
use strum::VariantArray;

/// The largest size of a verifier, so that an auditor can read it.
const LINES_MAX: usize = 150;

fn document(path: &str) -> Source {
    Source { path: path.to_owned(), bytes: fs::read(root().join(path)).unwrap() }
}

fn wrong_verifier(verifier: &Source) -> Vec<String> {
    let lines = verifier.text().lines().count();
    let sentence = format!("{} has {lines} lines, and may have {LINES_MAX}", verifier.path);
    (lines > LINES_MAX).then_some(sentence).into_iter().collect()
}

fn unnamed_actions(books: &Source) -> Vec<String> {
    let is_unnamed = |action: &&Action| !books.text().contains(&format!("`{action}`"));
    let unnamed = Action::VARIANTS.iter().filter(is_unnamed);
    unnamed.map(|action| format!("{} names no action {action}", books.path)).collect()
}

#[test]
fn the_verifiers_are_short_and_named_and_the_document_names_each_action() {
    let (page, mut count) = (document("docs/books.md"), 0);
    for file in fs::read_dir(root().join("docs/books")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert_none(&wrong_verifier(&document(&format!("docs/books/{name}"))));
            assert!(page.text().contains(&format!("](books/{name})")), "books.md names {name}");
            count += 1;
        }
    }
    assert_eq!(count, 8);
    assert_none(&unnamed_actions(&page));
}

#[test]
fn a_verifier_that_is_too_long_and_an_action_that_is_not_named_are_found() {
    let long = Source { path: "verify.py".to_owned(), bytes: b"pass\n".repeat(LINES_MAX + 1) };
    assert_eq!(wrong_verifier(&long).len(), 1);
    let mut books = document("docs/books.md");
    books.bytes = books.text().replace("`void-match`", "`void`").into_bytes();
    assert_eq!(unnamed_actions(&books).len(), 1);
}
