//! The embedded metric format of `CloudWatch`: a line of JSON on stdout, of which it makes metrics. What is no
//! dimension in it can be searched for in the log.
//!
//! In one line a dimension has one value and a metric one list of values. Whatever does not contradict stands in one
//! line, so that an invocation mostly writes one.

use crate::metric::decimal;
use crate::{Definition, Kind, Metric, Metrics};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The namespace: `Evens/{stage}`.
    pub namespace: String,
    /// The function's name.
    pub function: String,
}

/// The name of a property that is no label: [`Source::function`].
const FUNCTION: &str = "function";

/// One line.
#[derive(Debug, Default)]
struct Line<'a> {
    labels: BTreeMap<&'static str, &'a str>,
    values: BTreeMap<&'static str, (Definition, &'static [&'static str], Vec<i128>)>,
}

impl Metrics {
    /// What happened since the last call, a line for each element; none where nothing did.
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
            members.insert(name, raw(&written(definition, values)));
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
        // Strings, numbers and what is JSON already always become JSON.
        serde_json::to_string(&members).unwrap_or_default()
    }
}

/// A number; of a histogram a list of them.
fn written(definition: &Definition, values: &[i128]) -> String {
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
