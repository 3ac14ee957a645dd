//! The text format of Prometheus, version 0.0.4.

use crate::metric::decimal;
use crate::registry::{LabelValues, Series};
use crate::{Definition, Kind, Metric, Metrics};
use std::fmt::Write;

impl Metrics {
    pub const PROMETHEUS_CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// All metrics since the start of the process.
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        for &metric in Metric::ALL {
            let definition = metric.definition();
            let Definition { name, help, .. } = definition;
            let kind = match definition.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram(_) => "histogram",
            };
            // Writing to a string cannot fail.
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
            for (labels, series) in self.series(metric).iter() {
                write_series(&mut text, &definition, labels, series);
            }
        }
        text
    }
}

fn write_series(text: &mut String, definition: &Definition, labels: &LabelValues, series: &Series) {
    let Definition { name, unit, .. } = definition;
    let pairs: Vec<String> =
        definition.labels.iter().zip(labels).map(|(label, value)| format!("{label}=\"{value}\"")).collect();
    let pairs = pairs.join(",");
    let value = decimal(series.value, unit.decimals());
    let Kind::Histogram(bounds) = definition.kind else {
        let _ = writeln!(text, "{name}{} {value}", braced(&pairs));
        return;
    };
    let separator = if pairs.is_empty() { "" } else { "," };
    let mut count = 0;
    for (bucket, bound) in series.buckets.iter().zip(bounds) {
        count += bucket;
        let bound = decimal(*bound, unit.decimals());
        let _ = writeln!(text, "{name}_bucket{{{pairs}{separator}le=\"{bound}\"}} {count}");
    }
    count += series.buckets.last().copied().unwrap_or_default();
    let _ = writeln!(text, "{name}_bucket{{{pairs}{separator}le=\"+Inf\"}} {count}");
    let _ = writeln!(text, "{name}_sum{} {value}", braced(&pairs));
    let _ = writeln!(text, "{name}_count{} {count}", braced(&pairs));
}

fn braced(pairs: &str) -> String {
    if pairs.is_empty() { String::new() } else { format!("{{{pairs}}}") }
}
