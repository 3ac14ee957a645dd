//! Recording that a player logged in on a day.

use crate::players::entities::attendance;
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttendanceOutcome {
    Recorded,
    /// Recorded by an earlier call; nothing changed.
    RecordedBefore,
}

impl Store {
    /// Records that a player logged in on a day. A stored "no" becomes a "yes", and a "yes" stays.
    ///
    /// 1. day: absent or not a "yes", else [`AttendanceOutcome::RecordedBefore`]
    ///
    /// # Role
    /// - `UpdateItem` on `ATTENDANCE#`
    pub async fn record_attendance(
        &self,
        user: UserId,
        date: Date,
        now: Timestamp,
    ) -> Result<AttendanceOutcome, StoreError> {
        attempt!(self, RecordAttendance, {
            let recorded = Change {
                key: attendance::key(user, date),
                update: "SET kind = :kind, user_id = :user, attendance_date = :date, \
                         has_logged_in_today = :yes, recorded_at = :at",
                condition: "attribute_not_exists(pk) OR has_logged_in_today <> :yes",
                values: vec![
                    (":kind", text(attendance::KIND)),
                    (":user", number(user)),
                    (":date", text(date)),
                    (":yes", text("yes")),
                    (":at", text(now)),
                ],
            };
            Ok(Attempt::Done(match self.change_one(recorded).await? {
                WriteOutcome::Committed => AttendanceOutcome::Recorded,
                WriteOutcome::Refused { .. } => AttendanceOutcome::RecordedBefore,
            }))
        })
    }
}
