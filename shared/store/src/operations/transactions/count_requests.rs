use crate::operations::entities::rate;
use crate::table::item::{EXPIRES_AT, Fields, number, text};
use crate::{Store, StoreError};
use evens_table::{Placeholders, ReturnValues, Update};
use jiff::{SignedDuration, Timestamp};

/// How long a counter outlives its window, because the clocks of functions differ.
const KEEP: SignedDuration = SignedDuration::from_mins(5);

impl Store {
    /// Adds to the counter of a budget and a subject in a window, and returns the new count. It is one write without a
    /// condition, so concurrent requests never conflict. A write whose answer was lost is not repeated here, but the
    /// SDK client may repeat it. The count can then be too high, never too low.
    pub async fn count_requests(
        &self,
        budget: &str,
        subject: &str,
        window: i64,
        window_ends_at: Timestamp,
        count: u32,
    ) -> Result<u64, StoreError> {
        let expires_at = window_ends_at.saturating_add(KEEP).unwrap_or(window_ends_at);
        let name = |placeholder: &str| placeholder.to_owned();
        let update = Update {
            key: rate::key(budget, subject, window).attributes(),
            expression: "SET kind = :kind, #expires = :expires ADD requests :count".to_owned(),
            condition: None,
            placeholders: Placeholders {
                names: [(name("#expires"), EXPIRES_AT.to_owned())].into(),
                values: [
                    (name(":kind"), text(rate::KIND)),
                    (name(":expires"), number(expires_at.as_second())),
                    (name(":count"), number(count)),
                ]
                .into(),
            },
            returns_item: false,
        };
        let answered = self.table.update(update, ReturnValues::Changed, self.is_metered()).await?;
        Fields::of(&self.count_write(answered)).get("requests")
    }
}
