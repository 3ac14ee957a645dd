//! [`Gaps`]: the changes that no check finds, with reasons. They are the table in `docs/correctness.md`.

use crate::change::{Case, Change};
use anyhow::{Context as _, ensure};
use std::collections::BTreeSet;

/// The document with the table.
const DOCUMENT: &str = include_str!("../../../docs/correctness.md");

/// The line before the table.
const HEADING: &str = "| kind of item | changes that no check finds | why |";

/// The known gaps.
pub(crate) struct Gaps(BTreeSet<Case>);

impl Gaps {
    /// Reads the table of the document.
    pub(crate) fn known() -> anyhow::Result<Self> {
        let (_, table) = DOCUMENT.split_once(HEADING).context("docs/correctness.md has no table of gaps")?;
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let mut cases = BTreeSet::new();
        for row in rows {
            let columns: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
            ensure!(columns.len() == 3, "a row of the table of gaps has no three columns: {row}");
            for kind in names(columns[0]) {
                for part in columns[1].split(';') {
                    cases.extend(cases_of(&kind, part)?);
                }
            }
        }
        Ok(Self(cases))
    }

    pub(crate) fn contains(&self, case: &Case) -> bool {
        self.0.contains(case)
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = &Case> {
        self.0.iter()
    }
}

/// The names in back quotes.
fn names(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Parses changes of some attributes, such as "change, swap `at`, `reason`".
fn cases_of(kind: &str, part: &str) -> anyhow::Result<Vec<Case>> {
    let (changes, _) = part.split_once('`').with_context(|| format!("no attribute in {part:?}"))?;
    let changes = changes.split(',').map(|name| change(name.trim())).collect::<anyhow::Result<Vec<_>>>()?;
    let case =
        |attribute: &String, change| Case { kind: kind.to_owned(), attribute: attribute.clone(), change };
    let of_attribute =
        |attribute: String| changes.iter().map(move |change| case(&attribute, *change)).collect();
    Ok(names(part).into_iter().flat_map(|attribute| -> Vec<Case> { of_attribute(attribute) }).collect())
}

fn change(name: &str) -> anyhow::Result<Change> {
    let all = [Change::Set, Change::Remove, Change::Add, Change::Swap, Change::RollBack];
    let found = all.into_iter().find(|change| change.to_string() == name);
    found.with_context(|| format!("{name:?} is no kind of change"))
}
