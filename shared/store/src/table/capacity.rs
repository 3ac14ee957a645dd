//! [`CapacityMeter`] adds up the capacity that calls consume, as the engine reports it. For benchmarks and tests.

use evens_table::{AnswerWithCost, ConsumedUnits};
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

    #[expect(clippy::float_arithmetic, reason = "capacity units, not money; engines report them as floats")]
    fn add(&self, is_write: bool, consumed: ConsumedUnits) {
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sum.calls += 1;
        if is_write {
            sum.write_units += consumed.units;
            sum.index_write_units += consumed.index_units;
        } else {
            sum.read_units += consumed.units;
        }
    }
}

impl crate::Store {
    /// Returns `true` if the answers of calls report their cost.
    pub(crate) fn is_metered(&self) -> bool {
        self.meter.is_some()
    }

    /// The value of a read, whose cost is counted.
    pub(crate) fn count_read<T>(&self, answered: AnswerWithCost<T>) -> T {
        if let Some(meter) = &self.meter {
            meter.add(false, answered.consumed.unwrap_or_default());
        }
        answered.value
    }

    /// The value of a write, whose cost is counted.
    pub(crate) fn count_write<T>(&self, answered: AnswerWithCost<T>) -> T {
        if let Some(meter) = &self.meter {
            meter.add(true, answered.consumed.unwrap_or_default());
        }
        answered.value
    }

    /// Counts a write that was refused. Its cost is not reported.
    pub(crate) fn count_refusal(&self) {
        if let Some(meter) = &self.meter {
            meter.add(true, ConsumedUnits::default());
        }
    }
}
