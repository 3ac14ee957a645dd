//! Everything that is written, as paths and texts.

use crate::documents::documents;
use crate::environment::of_functions;
use crate::manual::manual;
use crate::marks::fill;
use crate::parts::Parts;
use crate::writers::writers;
use crate::{Source, calls, codes, functions};
use evens_runtime::Stack;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why templates cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    #[error("{function} calls {call}, whose documentation has no `# Role`")]
    UndocumentedCall { function: String, call: String },
    #[error("{function} changes orders by a rule that is in no row of RULES (infra/stacks/src/rules.rs)")]
    UnknownRule { function: String },
    #[error("{function} is no folder in functions/ with a manifest")]
    NoFolder { function: String },
    #[error("functions/{folder} is in no row of STARTED (infra/stacks/src/functions.rs)")]
    NotListed { folder: String },
    #[error("{function} is the worker of no queue")]
    NoQueue { function: String },
    #[error("{path} is missing")]
    NoPart { path: String },
    #[error("{path} has the unknown mark {mark}")]
    UnknownMark { path: String, mark: String },
    #[error("docs/manual.md has no row of a setting of {group}")]
    NoRow { group: String },
    #[error("{path} has no table below {heading}")]
    NoTable { path: &'static str, heading: String },
    #[error("{outcome} has the variants {variants}: list them in infra/stacks/src/refusals.rs")]
    OtherVariants { outcome: &'static str, variants: String },
}

/// The files that follow from the repository's files: paths from the root, and texts.
///
/// # Errors
/// The first thing that is missing in the code or in a part.
pub fn render(sources: &[Source]) -> Result<BTreeMap<String, String>, RenderError> {
    let (known, mut codes) = (calls(sources), codes(sources));
    let mut written = documents(sources, &codes)?;
    let mut parts = Vec::new();
    for function in functions() {
        let missing = || RenderError::NoFolder { function: function.folder.to_owned() };
        let code = codes.remove(function.folder).ok_or_else(missing)?;
        parts.push(Parts::of(function, &code, &known)?);
    }
    if let Some(folder) = codes.into_keys().next() {
        return Err(RenderError::NotListed { folder });
    }
    written.extend([
        ("infra/ops/writers.txt".to_owned(), writers(&parts)),
        ("shared/runtime/src/settings/table/of_functions.txt".to_owned(), of_functions(&parts)),
    ]);
    written.insert(MANUAL.to_owned(), manual(text_of(sources, MANUAL)?)?);
    let stacks = Stack::ALL.iter().map(|stack| format!("infra/stacks/{}.yaml", stack.name()));
    for path in stacks.chain(OTHERS.map(str::to_owned)) {
        let text = fill(sources, &path, &parts)?;
        written.insert(path, text);
    }
    Ok(written)
}

/// The document with the table of settings.
const MANUAL: &str = "docs/manual.md";

/// Files beside the stacks of functions. The part of each has its name.
const OTHERS: [&str; 5] = [
    "infra/stacks/alarms.yaml",
    "infra/stacks/queues.yaml",
    "template.yaml",
    "infra/stacks/compat.yaml",
    "infra/box/evens.env",
];

pub(crate) fn text_of<'a>(sources: &'a [Source], path: &str) -> Result<&'a str, RenderError> {
    let found = sources.iter().find(|source| source.path == path);
    found.map(Source::text).ok_or_else(|| RenderError::NoPart { path: path.to_owned() })
}
