//! [`Closing`]: what a provider held for us at the end of a day, by both sides.

/// Whether two balances agree but for what is known to differ. In units of the last decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// What our ledger says that the provider held when the day began.
    pub opening_units: i128,
    /// What it held when the day was over, by the lines of the day and their fees.
    pub stated_units: i128,
    /// What it held when the day was over, by our ledger.
    pub booked_units: i128,
    /// What the differences of the day explain.
    pub open_units: i128,
    /// What is on its way: one side has it in this day and the other in another one, or will have it.
    pub on_the_way_units: i128,
}

impl Closing {
    /// Whether differences and what is on its way explain it to the last unit.
    pub fn is_explained(self) -> bool {
        self.booked_units + self.open_units + self.on_the_way_units == self.stated_units
    }
}
