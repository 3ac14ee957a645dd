//! The days on which a player logged in.

use axum::extract::State;
use evens_contracts::{AttendanceBody, Data};
use evens_http::{Answer, Caller, MonthParameter, Refusal};
use evens_ledger::UserId;
use evens_players::{Month, streak};
use evens_runtime::Context;
use evens_store::StoreError;
use jiff::civil::Date;

/// More days than any month has.
const DAYS_MAX: u16 = 31;

/// Days read in one query while looking for the start of a streak.
const STREAK_PAGE: u16 = 60;

pub(crate) async fn read(
    State(context): State<Context>,
    caller: Caller,
    MonthParameter(month): MonthParameter,
) -> Result<Answer<Data<AttendanceBody>>, Refusal> {
    let today = context.settings.players.attendance_offset.day(context.clock.now());
    let month = month.unwrap_or_else(|| Month::of(today));
    let attended = context.store.list_attendance(caller.user, month.first(), month.last(), DAYS_MAX).await?;
    let streak = current_streak(&context, caller.user, today).await?;
    Ok(Answer::ok(Data::<AttendanceBody>::new(month, today, &attended, streak)))
}

/// Reads back from today until a day is missing.
async fn current_streak(context: &Context, user: UserId, today: Date) -> Result<u32, StoreError> {
    let mut days: Vec<Date> = Vec::new();
    let mut last = today;
    loop {
        let page = context.store.list_attendance(user, Date::ZERO, last, STREAK_PAGE).await?;
        let is_last_page = page.len() < usize::from(STREAK_PAGE);
        days.extend(page);
        let length = streak(days.iter().copied(), today);
        let is_broken = usize::try_from(length).is_ok_and(|length| length < days.len());
        match days.last().and_then(|day| day.yesterday().ok()) {
            Some(before) if !is_last_page && !is_broken => last = before,
            _ => return Ok(length),
        }
    }
}
