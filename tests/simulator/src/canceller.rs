//! Cancels periods of games: while they are open, when they close, and when they are drawn, also twice and
//! concurrently. The final check compares the answers with the table: a cancelled period has no result, and a period
//! with a result is never cancelled (M7).

use crate::device::Device;
use crate::dice::Dice;
use crate::game_answers::state_of;
use crate::gamer::{Played, closes_at};
use crate::violation::Violation;
use axum::http::Method;
use evens_games::PeriodId;
use evens_simulated_table::Table;
use futures::future::join_all;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::json;
use std::time::Duration;

/// The earliest request before a moment and the latest one after it, in milliseconds.
const EARLY_MS: u64 = 300;
const SPREAD_MS: u64 = 1_500;

/// Cancels periods a number of times.
pub(crate) struct Canceller {
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) rooms: Vec<Played>,
    pub(crate) periods: u64,
    pub(crate) has_blocks: bool,
    /// The UTC offset of the days by which periods are numbered.
    pub(crate) day_offset: Offset,
}

/// The answer to a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PeriodReport {
    /// The period is cancelled.
    Cancelled(PeriodId),
    /// The period has a result, which is final.
    Drawn(PeriodId),
}

impl Canceller {
    pub(crate) async fn run(mut self) {
        for _ in 0..self.periods {
            let pause = self.dice.milliseconds(0..=20_000);
            self.device.world.sleep(pause).await;
            let Some(room) = self.dice.pick(&self.rooms).and_then(Played::room) else { return };
            let period = PeriodId::at(room, self.device.world.now(), self.day_offset);
            match self.dice.number(0..=3) {
                0 => {}
                1 => self.wait_for(closes_at(period, self.has_blocks, self.day_offset)).await,
                _ => self.wait_for(period.times(self.day_offset).ends_at).await,
            }
            let times = if self.dice.chance(4_000) { 2 } else { 1 };
            let pauses: Vec<_> =
                std::iter::repeat_with(|| self.dice.milliseconds(0..=SPREAD_MS)).take(times).collect();
            join_all(pauses.into_iter().map(|pause| self.cancel(period, pause))).await;
        }
    }

    /// Waits until shortly before a moment.
    async fn wait_for(&self, moment: Timestamp) {
        let left = moment.duration_since(self.device.world.now()).as_millis();
        let left_ms = u64::try_from(left).unwrap_or_default().saturating_sub(EARLY_MS);
        self.device.world.sleep(Duration::from_millis(left_ms)).await;
    }

    async fn cancel(&self, period: PeriodId, pause: Duration) {
        self.device.world.sleep(pause).await;
        let (game, duration) = (period.room.game().id(), period.room.duration_s());
        let path = format!("/api/games/{game}/{duration}/cancel");
        let body = json!({ "periodId": period.digits(), "reason": "a bad period" });
        let Some(answer) = self.device.ask(Method::POST, &path, None, Some(body)).await else { return };
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        let reported = match answer.status {
            200 => PeriodReport::Cancelled(period),
            409 if detail.contains("its result is final") => PeriodReport::Drawn(period),
            _ => return,
        };
        self.device.world.lock().answers.periods.push(reported);
    }
}

/// Compares the answers with the table.
pub(crate) fn check(reported: &[PeriodReport], table: &Table) -> Vec<Violation> {
    let state = |period: &PeriodId| state_of(table, &period.to_string());
    let is_so = |reported: &&PeriodReport| match reported {
        PeriodReport::Cancelled(period) => ["CANCELLED", "REFUNDED"].contains(&state(period)),
        PeriodReport::Drawn(period) => ["RESULTED", "SETTLED"].contains(&state(period)),
    };
    let others = reported.iter().filter(|reported| !is_so(reported));
    others
        .map(|reported| Violation::new("M7", format!("The answer {reported:?} is no longer true.")))
        .collect()
}
