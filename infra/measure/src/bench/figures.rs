//! [`Figures`]: the measured values, as Markdown tables or JSON.

use crate::budget::Budget;
use crate::figure::{Better, Figure, Limit};
use crate::growth::Growth;
use crate::machine;
use serde::Serialize;
use std::collections::BTreeMap;

/// A figure over all runs and systems.
#[derive(Debug, Serialize)]
struct Row {
    measure: String,
    name: String,
    better: Better,
    limit: Option<Limit>,
    /// The values of each run by system.
    values: BTreeMap<&'static str, Vec<f64>>,
}

/// All measured values.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    machine: String,
    machine_before: String,
    pub(crate) machine_after: String,
    pub(crate) budget: Option<Budget>,
    pub(crate) growth: Option<Growth>,
    rows: Vec<Row>,
    /// A sentence for each limit that Evens exceeded.
    broken: Vec<String>,
}

impl Figures {
    pub(crate) fn new() -> Self {
        Self {
            machine: machine::description(),
            machine_before: machine::load_average(),
            machine_after: String::new(),
            budget: None,
            growth: None,
            rows: Vec::new(),
            broken: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, measure: &str, system: &'static str, figure: Figure) {
        let Figure { name, value, better, limit } = figure;
        if system == EVENS
            && let Some(limit) = limit.filter(|limit| !limit.holds(value))
        {
            self.broken.push(format!("{measure}: {name} is {value:.2}, not {}", limit.text()));
        }
        let known = self.rows.iter().position(|row| row.measure == measure && row.name == name);
        let position = known.unwrap_or_else(|| {
            self.rows.push(Row { measure: measure.to_owned(), name, better, limit, values: BTreeMap::new() });
            self.rows.len() - 1
        });
        self.rows[position].values.entry(system).or_default().push(value);
    }

    /// A sentence for each limit that Evens exceeded in any run.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &str> {
        let growth = self.growth.iter().flat_map(Growth::broken);
        self.broken.iter().map(String::as_str).chain(growth)
    }

    pub(crate) fn print_json(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }

    pub(crate) fn print_tables(&self) {
        println!(
            "{}; load average before {}, after {}",
            self.machine, self.machine_before, self.machine_after
        );
        if let Some(budget) = &self.budget {
            budget.print();
        }
        if let Some(growth) = &self.growth {
            growth.print();
        }
        if self.rows.is_empty() {
            return;
        }
        println!();
        let heads = ["measure", "figure", EVENS, "limit", PEER, "evens better"];
        print_row(&heads.map(str::to_owned));
        println!("|:---|:---|---:|:---|---:|---:|");
        self.rows.iter().map(Row::cells).for_each(|cells| print_row(&cells));
        for system in [EVENS, PEER] {
            self.print_hot_share(system);
        }
    }

    /// Prints the throughput with one hot round as a share of that with many rounds.
    #[expect(clippy::float_arithmetic, reason = "a ratio, not money")]
    fn print_hot_share(&self, system: &str) {
        for name in ["accepted/s", "settled/s"] {
            let find =
                |measure: &str| self.rows.iter().find(|row| row.measure == measure && row.name == name);
            let median = |measure: &str| find(measure).and_then(|row| row.median(system));
            if let (Some(hot), Some(uniform)) = (median("hot"), median("uniform")) {
                println!("{system}: hot / uniform, {name}: {:.2}", hot / uniform);
            }
        }
    }
}

/// The system whose figures have limits.
const EVENS: &str = "evens";
const PEER: &str = "peer";

fn print_row([measure, figure, evens, limit, peer, ratio]: &[String; 6]) {
    println!("| {measure:<11} | {figure:<46} | {evens:>10} | {limit:<13} | {peer:>10} | {ratio:>12} |");
}

impl Row {
    fn cells(&self) -> [String; 6] {
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        let evens = self.values.get(EVENS).map(Vec::as_slice).unwrap_or_default();
        let limit = self.limit.map_or_else(String::new, |limit| {
            let is_kept = evens.iter().all(|value| limit.holds(*value));
            format!("{}{}", limit.text(), if is_kept { "" } else { " BROKEN" })
        });
        let ratio = self.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2} x"));
        let (measure, name) = (self.measure.clone(), self.name.clone());
        [measure, name, cell(self.median(EVENS)), limit, cell(self.median(PEER)), ratio]
    }

    fn median(&self, system: &str) -> Option<f64> {
        let mut values = self.values.get(system)?.clone();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    /// The factor by which Evens is better than the peer.
    #[expect(clippy::float_arithmetic, reason = "a ratio, not money")]
    fn ratio(&self) -> Option<f64> {
        let (evens, peer) = (self.median(EVENS)?, self.median(PEER)?);
        match self.better {
            Better::Higher if peer > 0.0 => Some(evens / peer),
            Better::Lower if evens > 0.0 => Some(peer / evens),
            Better::Higher | Better::Lower | Better::Neither => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EVENS, Figure, Figures, PEER};

    #[test]
    fn a_limit_is_broken_by_any_run_of_evens() {
        let rows: [(&[f64], &str); 4] = [
            (&[99.9], "< 100"),
            (&[100.0], "< 100 BROKEN"),
            (&[99.0, 130.0, 98.0], "< 100 BROKEN"),
            (&[], "< 100"),
        ];
        for (values, expected) in rows {
            let mut figures = Figures::new();
            figures.add("burst", PEER, Figure::lower("p50 ms", 700.0).below(100.0));
            for value in values {
                figures.add("burst", EVENS, Figure::lower("p50 ms", *value).below(100.0));
            }
            assert_eq!(figures.rows[0].cells()[3], expected, "{values:?}");
            assert_eq!(figures.broken().count() > 0, expected.ends_with("BROKEN"), "{values:?}");
        }
        let mut figures = Figures::new();
        figures.add("burst", EVENS, Figure::lower("lost", 0.0).at_most(0.0));
        assert_eq!(figures.broken().count(), 0);
        figures.add("burst", EVENS, Figure::lower("lost", 1.0).at_most(0.0).of_phase("end"));
        figures.add("steady", EVENS, Figure::higher("jobs/min", 5_000.0).at_least(5_000.0));
        figures.add("steady", EVENS, Figure::higher("jobs/min", 4_999.0).at_least(5_000.0));
        let broken = ["burst: end: lost is 1.00, not <= 0", "steady: jobs/min is 4999.00, not >= 5000"];
        assert_eq!(figures.broken().collect::<Vec<_>>(), broken);
    }
}
