//! [`Figures`]: what was measured, as a table or as JSON.

use crate::budget::Budget;
use crate::machine;
use serde::Serialize;
use std::collections::BTreeMap;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
    /// Neither: it says how far the others can be trusted.
    Neither,
}

/// One figure of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) better: Better,
}

impl Figure {
    pub(crate) fn higher(name: &'static str, value: f64) -> Self {
        Self { name, value, better: Better::Higher }
    }

    pub(crate) fn lower(name: &'static str, value: f64) -> Self {
        Self { name, value, better: Better::Lower }
    }

    pub(crate) fn note(name: &'static str, value: f64) -> Self {
        Self { name, value, better: Better::Neither }
    }
}

/// A figure of all runs and systems.
#[derive(Debug, Serialize)]
struct Row {
    measure: String,
    name: &'static str,
    better: Better,
    /// The values of each run, by system.
    values: BTreeMap<&'static str, Vec<f64>>,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    machine: String,
    machine_before: String,
    pub(crate) machine_after: String,
    pub(crate) budget: Option<Budget>,
    rows: Vec<Row>,
}

impl Figures {
    pub(crate) fn new() -> Self {
        Self {
            machine: machine::description(),
            machine_before: machine::load_average(),
            machine_after: String::new(),
            budget: None,
            rows: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, measure: &str, system: &'static str, figure: Figure) {
        let known = self.rows.iter().position(|row| row.measure == measure && row.name == figure.name);
        let position = known.unwrap_or_else(|| {
            let Figure { name, better, .. } = figure;
            self.rows.push(Row { measure: measure.to_owned(), name, better, values: BTreeMap::new() });
            self.rows.len() - 1
        });
        self.rows[position].values.entry(system).or_default().push(figure.value);
    }

    pub(crate) fn print_json(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }

    pub(crate) fn print_table(&self) {
        println!(
            "{}; load average before {}, after {}",
            self.machine, self.machine_before, self.machine_after
        );
        if let Some(budget) = &self.budget {
            budget.print();
        }
        if self.rows.is_empty() {
            return;
        }
        println!();
        println!("{:<11} {:<34} {:>10} {:>10} {:>12}", "measure", "figure", "evens", "peer", "evens better");
        for row in &self.rows {
            let cell =
                |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
            let ratio = row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2} x"));
            let (evens, peer) = (cell(row.median("evens")), cell(row.median("peer")));
            println!("{:<11} {:<34} {evens:>10} {peer:>10} {ratio:>12}", row.measure, row.name);
        }
        for system in ["evens", "peer"] {
            self.print_hot_share(system);
        }
    }

    /// How much of the throughput over many rounds one hot round has.
    #[expect(clippy::float_arithmetic, reason = "a ratio, not money")]
    fn print_hot_share(&self, system: &str) {
        for name in ["accepted/s", "settled/s"] {
            let find =
                |measure: &str| self.rows.iter().find(|row| row.measure == measure && row.name == name);
            let median = |measure: &str| find(measure).and_then(|row| row.median(system));
            if let (Some(hot), Some(uniform)) = (median("hot"), median("uniform")) {
                println!("{:<11} {:<34} {:>10.2}   ({system})", "hot/uniform", name, hot / uniform);
            }
        }
    }
}

impl Row {
    fn median(&self, system: &str) -> Option<f64> {
        let mut values = self.values.get(system)?.clone();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    /// How many times better Evens is than the peer.
    #[expect(clippy::float_arithmetic, reason = "a ratio, not money")]
    fn ratio(&self) -> Option<f64> {
        let (evens, peer) = (self.median("evens")?, self.median("peer")?);
        match self.better {
            Better::Higher if peer > 0.0 => Some(evens / peer),
            Better::Lower if evens > 0.0 => Some(peer / evens),
            Better::Higher | Better::Lower | Better::Neither => None,
        }
    }
}
