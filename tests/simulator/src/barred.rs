//! Players who exclude themselves, and joins of barred players, checked when the table decides. A join with payment has
//! a condition on both wallets, so none commits after an exclusion or a block. A join without payment read the wallets
//! before, so it may be [`LEEWAY_MS`] late by the time that it says. The auditor has the same leeway, but knows only
//! the processes' own times.

use crate::device::Device;
use crate::dice::Dice;
use crate::violation::Violation;
use crate::writes::{Kind, Part, Writes};
use axum::http::Method;
use evens_simulated_table::Table;
use evens_simulated_table::call::number_in;
use evens_simulated_table::item::{Item, Key, text};
use evens_table::Write;
use jiff::Timestamp;
use serde_json::json;

/// The time by which a join without payment may be later than an exclusion or a block.
const LEEWAY_MS: i64 = 5_000;

/// The age at which an exclusion or a block reaches the table at the latest. An older one is refused, so that the
/// auditor's leeway is enough with clocks that are 2 s early or late.
const AGE_MAX_MS: i64 = 3_000;

/// The number of requests until an exclusion is answered.
const TRIES_MAX: usize = 5;

/// A player who excludes themselves at some time.
pub(crate) struct Excluder {
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) pause_max_ms: u64,
}

impl Excluder {
    pub(crate) async fn exclude(mut self) {
        let pause = self.dice.milliseconds(0..=self.pause_max_ms);
        self.device.world.sleep(pause).await;
        for _ in 0..TRIES_MAX {
            let body = json!({ "months": 6 });
            let answer = self.device.ask(Method::POST, "/api/exclusion", None, Some(body)).await;
            if answer.is_some_and(|answer| answer.status == 200) {
                break;
            }
        }
    }
}

/// The violation by a join that was just decided, if any.
pub(crate) fn broken_by(table: &Table, writes: &[Write]) -> Option<Violation> {
    let written = Writes(writes);
    let kind = written.kind();
    let new_match = written.new_item("match").filter(|_| matches!(kind, Kind::Join | Kind::Pay))?;
    let joined_at = written.new_text("match", "joined_at")?.parse().ok()?;
    let late = ["user_a", "user_b"].into_iter().find_map(|name| {
        let user = number_in(new_match, name);
        let late_ms = late_ms(table, &wallet_of(user), joined_at)?;
        (kind == Kind::Pay || late_ms > LEEWAY_MS).then_some((user, late_ms))
    });
    late.map(|(user, late_ms)| {
        let sentence =
            format!("A bet of user {user}, who is barred, is joined {late_ms} ms later ({kind:?}).");
        Violation::new("barred", sentence)
    })
}

/// The time from the moment at which the player was barred until the join, as the join says. `None` if they may play.
fn late_ms(table: &Table, wallet: &Key, joined_at: Timestamp) -> Option<i64> {
    let now = table.get(wallet).filter(|wallet| is_barred(wallet))?;
    // A player may have been blocked earlier, and not since.
    let since_ms = table.first_ms(wallet, |before| bars(before) == bars(now))?;
    Some(joined_at.as_millisecond() - i64::try_from(since_ms).ok()?)
}

fn is_barred(wallet: &Item) -> bool {
    let (is_blocked, excluded_since) = bars(wallet);
    is_blocked || !excluded_since.is_empty()
}

/// Returns whether the player is blocked, and the start of their exclusion, which is empty if they are not excluded.
fn bars(wallet: &Item) -> (bool, &str) {
    (wallet.contains_key("blocked"), excluded_since(text(wallet, "play")))
}

/// The start of an exclusion in the text of a wallet's rules. No exclusion ends during a run.
fn excluded_since(rules: &str) -> &str {
    rules.split('\n').nth(6).unwrap_or_default()
}

/// Returns whether a transaction writes an exclusion or a block that is too old to be written.
pub(crate) fn is_too_late(writes: &[Write], now_ms: u64) -> bool {
    let written = Writes(writes);
    let since = match written.kind() {
        Kind::HoldToLimits => written.updated(Part::Wallet).and_then(|values| {
            let rules = values.get(":play")?.as_text()?;
            excluded_since(rules).parse::<Timestamp>().ok()
        }),
        Kind::Block => written.new_text("audit-line", "at").and_then(|at| at.parse().ok()),
        _ => None,
    };
    let is_old =
        |since: Timestamp| i64::try_from(now_ms).is_ok_and(|now| now - since.as_millisecond() > AGE_MAX_MS);
    since.is_some_and(is_old)
}

fn wallet_of(user: &str) -> Key {
    (format!("USER#{user}"), "WALLET".to_owned())
}
