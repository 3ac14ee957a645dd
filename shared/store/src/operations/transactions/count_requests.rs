use crate::operations::entities::rate;
use crate::table::item::{EXPIRES_AT, Fields, number, text};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::ReturnValue;
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
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(rate::key(budget, subject, window).attributes()))
            .update_expression("SET kind = :kind, #expires = :expires ADD requests :count")
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":kind", text(rate::KIND))
            .expression_attribute_values(":expires", number(expires_at.as_second()))
            .expression_attribute_values(":count", number(count))
            .return_values(ReturnValue::UpdatedNew)
            .set_return_consumed_capacity(self.report_capacity());
        let output = request.send().await?;
        self.count_write(output.consumed_capacity.as_slice());
        Fields::of(&output.attributes.unwrap_or_default()).get("requests")
    }
}
