//! [`Metrics`]: the series of all metrics, with one lock per metric.
//!
//! The lock is held only while a series is looked up in a small tree. Callers that record another metric do not wait.

use crate::history::History;
use crate::{Kind, Metric};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The maximum number of labels of a metric.
const LABELS_MAX: usize = 3;

/// The maximum number of values of a metric in one line for `CloudWatch`.
pub(crate) const UNSENT_MAX: usize = 100;

/// The label values of a series, in the order of its definition, padded with empty texts.
pub(crate) type LabelValues = [&'static str; LABELS_MAX];

pub(crate) type AllSeries = BTreeMap<LabelValues, Series>;

/// The recorded metrics. Cheap to clone; clones share the data.
#[derive(Debug, Clone)]
pub struct Metrics(pub(crate) Arc<AllMetrics>);

#[derive(Debug)]
pub(crate) struct AllMetrics {
    series: [Mutex<AllSeries>; Metric::ALL.len()],
    pub(crate) history: Mutex<History>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Series {
    /// The sum of a counter, the last value of a gauge, or the sum of all values of a histogram.
    pub(crate) value: i128,
    /// For a histogram, the number of values up to each bound, and above the last one.
    pub(crate) buckets: Vec<u64>,
    /// Data not yet sent to `CloudWatch`: the increase of a counter, the value of a gauge, or the values of a
    /// histogram. A process that sends nothing stores at most [`UNSENT_MAX`] values of a histogram.
    pub(crate) unsent: Vec<i128>,
    /// For a histogram, the largest value since the last read.
    pub(crate) peak: i128,
}

impl Default for Metrics {
    fn default() -> Self {
        let series = std::array::from_fn(|_| Mutex::default());
        Self(Arc::new(AllMetrics { series, history: Mutex::default() }))
    }
}

impl Metrics {
    pub(crate) fn series(&self, metric: Metric) -> MutexGuard<'_, AllSeries> {
        // A panic under the lock can only leave a number that is wrong by one.
        self.0.series[metric as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to a counter and returns its sum.
    pub(crate) fn add(&self, metric: Metric, labels: &[&'static str], value: i128) -> i128 {
        let mut all = self.series(metric);
        let series = all.entry(label_values(metric, labels)).or_default();
        series.value = series.value.saturating_add(value);
        let unsent = series.unsent.pop().unwrap_or_default().saturating_add(value);
        series.unsent.push(unsent);
        series.value
    }

    pub(crate) fn set(&self, metric: Metric, labels: &[&'static str], value: i128) {
        let mut all = self.series(metric);
        let series = all.entry(label_values(metric, labels)).or_default();
        series.value = value;
        series.unsent = vec![value];
    }

    pub(crate) fn observe(&self, metric: Metric, labels: &[&'static str], value: i128) {
        let Kind::Histogram(bounds) = metric.definition().kind else { return };
        let mut all = self.series(metric);
        let series = all.entry(label_values(metric, labels)).or_default();
        series.value = series.value.saturating_add(value);
        series.peak = series.peak.max(value);
        series.buckets.resize(bounds.len() + 1, 0);
        series.buckets[bounds.partition_point(|bound| *bound < value)] += 1;
        if series.unsent.len() < UNSENT_MAX {
            series.unsent.push(value);
        }
    }

    /// The sum over all series of a counter with this value of the first label.
    pub(crate) fn sum(&self, metric: Metric, first: &'static str) -> i128 {
        let all = self.series(metric);
        all.iter().filter(|(labels, _)| labels[0] == first).map(|(_, series)| series.value).sum()
    }
}

fn label_values(metric: Metric, labels: &[&'static str]) -> LabelValues {
    assert_eq!(labels.len(), metric.definition().labels.len(), "{metric:?} has other labels");
    let mut values = LabelValues::default();
    for (value, label) in values.iter_mut().zip(labels) {
        *value = label;
    }
    values
}
