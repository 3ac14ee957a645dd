//! The final state of the players of `evens play`, compared with the expected one.

use crate::commands::output;
use evens_ledger::Amount;
use evens_load::{Connection, Player, Players, ReadError, Target};
use evens_runtime::Settings;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The time that jobs from the start of the run may take after all bets have ended.
const PATIENCE: Duration = Duration::from_secs(30);

/// The number of players with the expected state.
pub(super) struct Accounts {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    count: usize,
    of: usize,
}

/// Reads bonus, attendance and referrals of every player until they are as expected or the time is up.
pub(super) async fn read(target: &Target, players: &Players, settings: &Settings) -> Accounts {
    let mut connection = Connection::new(target.address());
    let deadline = Instant::now() + PATIENCE;
    let (count, referred) = (players.count(), Players::referred(players.count()));
    let bonus = settings.players.registration_bonus;
    let bonus_of_first = bonus_of_first(settings, referred);
    let (mut with_bonus, mut with_day) = (0, 0);
    for (place, player) in players.iter().enumerate() {
        let expected = if place == 0 { bonus_of_first } else { Some(bonus) };
        with_bonus += usize::from(has_bonus(target, &mut connection, player, expected, deadline).await);
        with_day += usize::from(has_day(target, &mut connection, player, deadline).await);
    }
    let referrals = count_referrals(target, &mut connection, players.at(0), referred, deadline).await;
    let refreshed = players.iter().filter(|player| player.refreshes() > 0).count();
    let row = |what: &str, count, of| Row { what: what.to_owned(), count, of };
    let rows = vec![
        row(&format!("bonus of {bonus}"), with_bonus, count),
        row("attendance today", with_day, count),
        row("referrals of the first", referrals, referred),
        row("tokens refreshed", refreshed, count),
    ];
    Accounts { rows }
}

impl Accounts {
    pub(super) fn are_good(&self) -> bool {
        self.rows.iter().all(|row| row.count == row.of)
    }

    pub(super) fn print(&self) {
        output::line("");
        output::line(format_args!("{:<28} {:>9} {:>9}", "account", "players", "of"));
        for Row { what, count, of } in &self.rows {
            output::line(format_args!("{what:<28} {count:>9} {of:>9}"));
        }
        if !self.are_good() {
            output::note("hint: REG_BONUS and REFERRAL_BONUS must be the same here as for the server");
        }
    }
}

/// The first player also receives the bonus for each referral.
fn bonus_of_first(settings: &Settings, referred: usize) -> Option<Amount> {
    let referrals =
        settings.players.referral_bonus.of_level(1).units().checked_mul(i128::try_from(referred).ok()?)?;
    Amount::from_units(settings.players.registration_bonus.units().checked_add(referrals)?).ok()
}

async fn has_bonus(
    target: &Target,
    connection: &mut Connection,
    player: &Player,
    expected: Option<Amount>,
    deadline: Instant,
) -> bool {
    until(deadline, async || Ok(expected == Some(target.read_wallet(connection, player).await?.bonus))).await
}

async fn has_day(target: &Target, connection: &mut Connection, player: &Player, deadline: Instant) -> bool {
    until(deadline, async || Ok(target.read_attendance(connection, player).await?.streak > 0)).await
}

/// The number of referrals: listed or counted in the account, whichever is smaller.
async fn count_referrals(
    target: &Target,
    connection: &mut Connection,
    player: &Player,
    expected: usize,
    deadline: Instant,
) -> usize {
    let (mut listed, mut counted) = (0, 0);
    until(deadline, async || {
        listed = target.list_referrals(connection, player).await?.len();
        counted = target.read_referral_count(connection, player).await?;
        Ok((listed, counted) == (expected, expected))
    })
    .await;
    listed.min(counted)
}

/// Returns whether the condition holds before the deadline. A failed read counts as false.
async fn until(deadline: Instant, mut is_so: impl AsyncFnMut() -> Result<bool, ReadError>) -> bool {
    loop {
        if is_so().await.unwrap_or(false) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
