//! [`ClosingBalances`]: the money that a provider held for us at the end of a day, according to both sides.

/// The closing balances of a day and the known differences between them. In units of the last decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosingBalances {
    /// The opening balance by our ledger.
    pub opening_units: i128,
    /// The closing balance by the lines of the day and their fees.
    pub stated_units: i128,
    /// The closing balance by our ledger.
    pub booked_units: i128,
    /// The sum of the day's differences.
    pub open_units: i128,
    /// The sum of movements in transit: one side has them on this day, the other on another day or not yet.
    pub on_the_way_units: i128,
}

impl ClosingBalances {
    /// Returns `true` if differences and movements in transit explain the balances to the last unit.
    pub fn is_explained(self) -> bool {
        self.booked_units + self.open_units + self.on_the_way_units == self.stated_units
    }
}
