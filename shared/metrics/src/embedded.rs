//! The embedded metric format of `CloudWatch`: a line of JSON on stdout from which `CloudWatch` makes metrics. Labels
//! that are not dimensions can be searched for in the log.
//!
//! A line has one value for each dimension and one list of values for each metric. Series that do not conflict share a
//! line, so that an invocation usually writes one.

use crate::metric::decimal;
use crate::{Definition, Kind, Metric, Metrics};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// For example `Evens/{stage}`.
    pub namespace: String,
    pub function: String,
}

/// The name of the property with [`Source::function`]. It is not a label.
const FUNCTION: &str = "function";

#[derive(Debug, Default)]
struct Line<'a> {
    labels: BTreeMap<&'static str, &'a str>,
    values: BTreeMap<&'static str, (Definition, &'static [&'static str], Vec<i128>)>,
}

impl Metrics {
    /// The changes since the last call, one line per element. Empty if there are none.
    pub fn take_embedded(&self, source: &Source, now_ms: i64) -> Vec<String> {
        let mut lines: Vec<Line<'_>> = Vec::new();
        for &metric in Metric::ALL {
            let definition = metric.definition();
            let Some(dimensions) = definition.dimensions else { continue };
            for (values, series) in self.series(metric).iter_mut() {
                let unsent = std::mem::take(&mut series.unsent);
                if unsent.is_empty() {
                    continue;
                }
                let labels = definition.labels.iter().copied().zip(values.iter().copied());
                let labels: BTreeMap<&'static str, &str> =
                    labels.chain([(FUNCTION, source.function.as_str())]).collect();
                let fitting = lines.iter_mut().find(|line| line.fits(definition.name, &labels));
                let line = match fitting {
                    Some(line) => line,
                    None => lines.push_mut(Line::default()),
                };
                line.labels.extend(labels);
                line.values.insert(definition.name, (definition, dimensions, unsent));
            }
        }
        lines.iter().map(|line| line.write(source, now_ms)).collect()
    }
}

impl Line<'_> {
    fn fits(&self, name: &str, labels: &BTreeMap<&'static str, &str>) -> bool {
        let agrees = |(label, value)| self.labels.get(label).is_none_or(|known| known == value);
        !self.values.contains_key(name) && labels.iter().all(agrees)
    }

    fn write(&self, source: &Source, now_ms: i64) -> String {
        let mut directives: BTreeMap<&[&str], Vec<Value>> = BTreeMap::new();
        let mut members: BTreeMap<&str, Box<RawValue>> = BTreeMap::new();
        for (name, (definition, dimensions, values)) in &self.values {
            let metric = json!({ "Name": name, "Unit": definition.unit.embedded_name() });
            directives.entry(dimensions).or_default().push(metric);
            members.insert(name, raw(&json_value(definition, values)));
        }
        for (label, value) in &self.labels {
            members.insert(label, raw(&Value::from(*value).to_string()));
        }
        let directives: Vec<Value> = directives
            .into_iter()
            .map(|(dimensions, metrics)| {
                json!({ "Namespace": source.namespace, "Dimensions": [dimensions], "Metrics": metrics })
            })
            .collect();
        let head = json!({ "Timestamp": now_ms, "CloudWatchMetrics": directives });
        members.insert("_aws", raw(&head.to_string()));
        // Strings, numbers and raw JSON can always be serialized.
        serde_json::to_string(&members).unwrap_or_default()
    }
}

/// A number, or a list of numbers for a histogram.
fn json_value(definition: &Definition, values: &[i128]) -> String {
    let texts: Vec<_> =
        values.iter().map(|value| decimal(*value, definition.unit.embedded_decimals())).collect();
    match definition.kind {
        Kind::Counter | Kind::Gauge => texts.concat(),
        Kind::Histogram(_) => format!("[{}]", texts.join(",")),
    }
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
