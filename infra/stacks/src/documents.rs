//! Tables in documents whose rows follow from the code. Their heads are written by hand.

use crate::{Code, RenderError, Source, refusals};
use evens_contracts::{Backoff, Queue};
use evens_metrics::{Definition, Metric};
use evens_store::rows_of_items;
use evens_workers::folder_of;
use std::collections::BTreeMap;

const ARCHITECTURE: &str = "docs/architecture.md";
const INTEGRATOR: &str = "docs/manual/integrator.md";
const OPERATOR: &str = "docs/manual/operator.md";

/// The documents with tables, as paths and texts.
///
/// # Errors
/// A document or a table that is missing, and a refusal that is in no table.
pub(crate) fn documents(
    sources: &[Source],
    codes: &BTreeMap<String, Code>,
) -> Result<BTreeMap<String, String>, RenderError> {
    let mut architecture = Document::read(sources, ARCHITECTURE)?;
    architecture.write("## The table", |_| rows_of_items().map(|row| format!("| {row} |")).collect())?;
    architecture.write("## Queues", |rows| queues(rows, codes))?;
    let mut operator = Document::read(sources, OPERATOR)?;
    operator.write("### Metrics", |_| Metric::ALL.iter().copied().map(metric).collect())?;
    let mut integrator = Document::read(sources, INTEGRATOR)?;
    for (heading, rows) in refusals::refusals(sources)? {
        integrator.write(heading, |_| rows)?;
    }
    Ok([architecture, operator, integrator].map(|written| (written.path.to_owned(), written.text())).into())
}

struct Document {
    path: &'static str,
    lines: Vec<String>,
}

impl Document {
    fn read(sources: &[Source], path: &'static str) -> Result<Self, RenderError> {
        let text = crate::render::text_of(sources, path)?;
        Ok(Self { path, lines: text.lines().map(str::to_owned).collect() })
    }

    fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Replaces the rows of the first table below a heading. `rows` gets the previous ones.
    fn write(
        &mut self,
        heading: &str,
        rows: impl FnOnce(&[String]) -> Vec<String>,
    ) -> Result<(), RenderError> {
        let missing = || RenderError::NoTable { path: self.path, heading: heading.to_owned() };
        let from = |start: usize, wanted: &dyn Fn(&str) -> bool| {
            (start..self.lines.len()).find(|line| wanted(&self.lines[*line]))
        };
        let below = from(0, &|line| line == heading).ok_or_else(missing)? + 1;
        let start = from(below, &|line| line.starts_with("|---") || line.starts_with('#'));
        let start = start.filter(|line| !self.lines[*line].starts_with('#')).ok_or_else(missing)? + 1;
        let end = from(start, &|line| !line.starts_with('|')).unwrap_or(self.lines.len());
        let rows = rows(&self.lines[start..end]);
        self.lines.splice(start..end, rows);
        Ok(())
    }
}

fn metric(metric: Metric) -> String {
    let Definition { name, help, labels, .. } = metric.definition();
    format!("| `{name}` | {} | {help} |", quoted(labels))
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A row for each queue. The ids of its jobs are those of its previous row, where they are written by hand.
fn queues(rows: &[String], codes: &BTreeMap<String, Code>) -> Vec<String> {
    let row = |queue: Queue| {
        let name = format!("| `{}` |", queue.name());
        let known = rows.iter().find_map(|row| row.strip_prefix(&name)?.split('|').next());
        let asked = codes.get(folder_of(queue)).map(Code::asked_queues);
        let asked: Vec<_> = asked.into_iter().flatten().map(|queue| queue.name()).collect();
        let cells = [
            known.unwrap_or_default().trim(),
            &tries(queue),
            &queue.rules().concurrency.to_string(),
            &quoted(&asked),
        ]
        .map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") });
        name + &cells.concat()
    };
    Queue::ALL.map(row).to_vec()
}

/// The attempts at a job.
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

#[test]
fn rows_of_the_table_below_a_heading_are_replaced() {
    let head = "## A\n\nText.\n\n| x |\n|---|\n";
    let document = |rows: &str| format!("| y |\n|---|\n| 0 |\n\n{head}{rows}\n## B\n");
    let read = |text: String| Document { path: "a.md", lines: text.lines().map(str::to_owned).collect() };
    let mut written = read(document("| 1 |\n| 2 |\n"));
    let more = |rows: &[String]| [rows[1..].to_vec(), vec!["| 3 |".to_owned()]].concat();
    assert_eq!(written.write("## A", more), Ok(()));
    assert_eq!(written.text(), document("| 2 |\n| 3 |\n"));
    for heading in ["## B", "## C"] {
        assert!(written.write(heading, more).is_err(), "{heading} has no table");
    }
}

#[test]
fn a_new_queue_gets_a_row() {
    let written = queues(&["| `match` | `match:{betId}` | 1 |".to_owned()], &BTreeMap::new());
    assert_eq!(written[0], "| `match` | `match:{betId}` | 5, from 2 s, doubling | 5 | |");
    assert!(written[7].ends_with("` | | 2, after 5 s | 15 | |"), "{}", written[7]);
    assert!(written[11].ends_with("; waits up to 24 h | 3 | |"), "{}", written[11]);
}
