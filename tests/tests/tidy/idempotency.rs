//! The integrator's manual names the routes that take an `Idempotency-Key`: all of them, and no others.

use crate::root;
use evens_contracts::ROUTES;
use std::collections::BTreeSet;
use std::fs;

/// The routes in the section about idempotency, such as `POST /api/bets`.
fn named(manual: &str) -> BTreeSet<String> {
    let section = manual.split("\n## Idempotency\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let code = section.split('`').skip(1).step_by(2);
    code.filter(|code| code.starts_with("POST /")).map(str::to_owned).collect()
}

#[test]
fn the_manual_names_the_routes_with_an_idempotency_key() {
    let taking = ROUTES.iter().filter(|route| route.takes_idempotency_key);
    let taking: BTreeSet<_> =
        taking.map(|route| format!("{} {}", route.method.as_str(), route.path)).collect();
    let manual = fs::read_to_string(root().join("docs/manual/integrator.md")).unwrap();
    assert_eq!(named(&manual), taking);
}

#[test]
fn only_the_section_counts() {
    let manual = "`POST /a`\n## Idempotency\n`POST /b`, `GET /c`, POST /d\n\n## Errors\n`POST /e`\n";
    assert_eq!(named(manual), BTreeSet::from(["POST /b".to_owned()]));
}
