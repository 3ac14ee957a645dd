//! Handles one login.

use evens_contracts::CheckAttendanceJob;
use evens_ledger::UserId;
use evens_players::PendingTask;
use evens_runtime::{Context, JobDone, JobError};
use evens_store::AttendanceOutcome;
use jiff::Timestamp;

/// Permanent failures: a retry cannot succeed.
#[derive(Debug, thiserror::Error)]
enum AttendanceFault {
    #[error("User {0} not found")]
    UnknownUser(UserId),
}

/// Records the day of a login, clears the session's debt for that day and ends the user's surplus sessions. Harmless
/// when repeated.
pub async fn handle(context: &Context, job: CheckAttendanceJob, now: Timestamp) -> Result<JobDone, JobError> {
    let CheckAttendanceJob { user_id, date } = job;
    if context.store.load_account(user_id).await?.is_none() {
        return Err(JobError::permanent(AttendanceFault::UnknownUser(user_id)));
    }
    let recorded = context.store.record_attendance(user_id, date, now).await?;
    context.store.clear_owed(user_id, &PendingTask::Day(date)).await?;
    context.store.end_longest_unused(user_id).await?;
    match recorded {
        AttendanceOutcome::Recorded => Ok(JobDone("recorded")),
        AttendanceOutcome::RecordedBefore => Ok(JobDone("recorded before")),
    }
}
