//! [`Metrics`]: the series of every metric, behind a lock for each metric.
//!
//! A series is found in a small tree, under a lock that is held for that long; who counts another metric does not wait.

use crate::{Kind, Metric};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most labels that a metric has.
const LABELS_MAX: usize = 3;

/// `CloudWatch` takes so many values of a metric in one line.
pub(crate) const UNSENT_MAX: usize = 100;

/// The values of a series' labels, in the order of its definition; behind the last, empty texts.
pub(crate) type LabelValues = [&'static str; LABELS_MAX];

pub(crate) type AllSeries = BTreeMap<LabelValues, Series>;

/// What was counted and measured. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<[Mutex<AllSeries>; Metric::ALL.len()]>);

/// What is known of one series.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series {
    /// Of a counter the sum, of a gauge the last value, of a histogram the sum of its values.
    pub(crate) value: i128,
    /// Of a histogram, how many values there were up to each bound, and above the last.
    pub(crate) buckets: Vec<u64>,
    /// What `CloudWatch` was not told yet: of a counter the sum since, of a gauge its value, of a histogram the values.
    /// A process that tells nobody keeps at most [`UNSENT_MAX`] of a histogram.
    pub(crate) unsent: Vec<i128>,
    /// Of a histogram, the largest value since somebody looked.
    pub(crate) peak: i128,
}

impl Default for Metrics {
    fn default() -> Self {
        Self(Arc::new(std::array::from_fn(|_| Mutex::default())))
    }
}

impl Metrics {
    /// The series of a metric.
    pub(crate) fn series(&self, metric: Metric) -> MutexGuard<'_, AllSeries> {
        // Whoever panicked while holding it left a number that is wrong by one.
        self.0[metric as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to a counter; returns its sum.
    pub(crate) fn add(&self, metric: Metric, labels: &[&'static str], value: i128) -> i128 {
        let mut all = self.series(metric);
        let series = all.entry(label_values(metric, labels)).or_default();
        series.value = series.value.saturating_add(value);
        let unsent = series.unsent.pop().unwrap_or_default().saturating_add(value);
        series.unsent.push(unsent);
        series.value
    }

    /// Sets a gauge.
    pub(crate) fn set(&self, metric: Metric, labels: &[&'static str], value: i128) {
        let mut all = self.series(metric);
        let series = all.entry(label_values(metric, labels)).or_default();
        series.value = value;
        series.unsent = vec![value];
    }

    /// Adds a value to a histogram.
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

    /// The sum of a counter's series with that value of its first label.
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
