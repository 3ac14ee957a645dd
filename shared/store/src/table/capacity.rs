//! [`CapacityMeter`] adds up the capacity that calls consume, as the engine reports it. For benchmarks and tests.

use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Adds up the cost of calls. Clones add to the same sum.
#[derive(Debug, Clone, Default)]
pub struct CapacityMeter(Arc<Mutex<Capacity>>);

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Capacity {
    /// Reads that succeeded, and writes that succeeded or were refused.
    pub calls: u64,
    /// Read units. Not a whole number, because the engine counts in halves.
    pub read_units: f64,
    /// Write units, including those of the index.
    pub write_units: f64,
    pub index_write_units: f64,
}

impl CapacityMeter {
    /// Returns the capacity consumed since the last call, and resets it to zero.
    pub fn take(&self) -> Capacity {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[expect(
        clippy::float_arithmetic,
        reason = "capacity units, not money; the engine reports them as floats"
    )]
    fn add(&self, is_write: bool, consumed: &[ConsumedCapacity]) {
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sum.calls += 1;
        for consumed in consumed {
            let units = consumed.capacity_units().unwrap_or_default();
            if is_write {
                let indexes = consumed.global_secondary_indexes().into_iter().flat_map(HashMap::values);
                sum.write_units += units;
                sum.index_write_units +=
                    indexes.filter_map(aws_sdk_dynamodb::types::Capacity::capacity_units).sum::<f64>();
            } else {
                sum.read_units += units;
            }
        }
    }
}

impl crate::Store {
    /// The `return_consumed_capacity` setting of each request.
    pub(crate) fn report_capacity(&self) -> Option<ReturnConsumedCapacity> {
        self.meter.as_ref().map(|_| ReturnConsumedCapacity::Indexes)
    }

    pub(crate) fn count_read(&self, consumed: &[ConsumedCapacity]) {
        if let Some(meter) = &self.meter {
            meter.add(false, consumed);
        }
    }

    pub(crate) fn count_write(&self, consumed: &[ConsumedCapacity]) {
        if let Some(meter) = &self.meter {
            meter.add(true, consumed);
        }
    }
}
