//! The answers to players about their bets on house games, which are compared with the final table (M3, M8).

use crate::answers::number;
use crate::violation::Violation;
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_simulated_table::Table;
use evens_simulated_table::item::{Item, text};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A requested bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GameOrder {
    pub(crate) user: u64,
    pub(crate) key: String,
    pub(crate) period: PeriodId,
    pub(crate) bet_type: &'static str,
    pub(crate) bet_value: &'static str,
    pub(crate) stake: &'static str,
    pub(crate) is_cash_only: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GameBetReport {
    /// The bet is accepted, with the remaining cash and bonus balances.
    Accepted { bet: String, balances: [String; 2], is_replay: bool },
    /// The bet is refused and has no effect.
    Refused,
    /// The outcome is unknown.
    Unknown,
}

impl GameOrder {
    /// The bet id derived from user and key.
    fn bet_id(&self) -> Option<String> {
        let (user, key) = (UserId::new(self.user).ok()?, self.key.parse().ok()?);
        Some(BetId::derive(user, &key).to_string())
    }

    /// Returns whether the stored bet matches the request and the answer.
    fn is_there(&self, item: &Item, balances: &[String; 2]) -> bool {
        let is = |text: &str, name| text.parse().is_ok_and(|wanted: Decimal| wanted == number(item, name));
        number(item, "user") == Decimal::from(self.user)
            && text(item, "period") == self.period.to_string()
            && text(item, "selection") == format!("{}:{}", self.bet_type, self.bet_value)
            && is(self.stake, "stake")
            && is(&balances[0], "balance_after")
            && is(&balances[1], "bonus_after")
    }
}

/// Compares the answers with the table.
pub(crate) fn check(asked: &[(GameOrder, GameBetReport)], table: &Table) -> Vec<Violation> {
    let bets: BTreeMap<&str, &Item> =
        table.of_kind("game-bet").map(|item| (text(item, "bet"), item)).collect();
    let mut by_key: BTreeMap<(u64, &str), Vec<&(GameOrder, GameBetReport)>> = BTreeMap::new();
    for asked in asked {
        by_key.entry((asked.0.user, &asked.0.key)).or_default().push(asked);
    }
    let mut found = Vec::new();
    for asked in by_key.values() {
        let mut fresh = 0;
        for (order, reported) in asked {
            let GameBetReport::Accepted { bet, balances, is_replay } = reported else { continue };
            fresh += u32::from(!is_replay);
            if !bets.get(bet.as_str()).is_some_and(|item| order.is_there(item, balances)) {
                let sentence = format!("{order:?} was accepted as {bet}, which is missing or different.");
                found.push(Violation::new("M3", sentence));
            }
        }
        let (first, _) = asked[0];
        if fresh > 1 {
            let sentence = format!("{fresh} answers to {first:?} claim to be the first.");
            found.push(Violation::new("M3", sentence));
        }
        let all_refused = asked.iter().all(|(_, reported)| *reported == GameBetReport::Refused);
        if all_refused && first.bet_id().is_some_and(|bet| bets.contains_key(bet.as_str())) {
            found.push(Violation::new("M3", format!("{first:?} was refused, but the bet exists.")));
        }
    }
    found
}

/// The item of an archived period.
pub(crate) fn archived<'a>(table: &'a Table, period: &str) -> Option<&'a Item> {
    let period: PeriodId = period.parse().ok()?;
    let found = table.get(&(format!("RESULTS#{}", period.room), period.digits()))?;
    (text(found, "kind") == "archived-period").then_some(found)
}

/// The state of a period. An archived one is settled.
pub(crate) fn state_of<'a>(table: &'a Table, period: &str) -> &'a str {
    match table.get(&(format!("PERIOD#{period}"), "PERIOD".to_owned())) {
        Some(found) => text(found, "state"),
        None => archived(table, period).map_or("gone", |_| "SETTLED"),
    }
}

/// A period with bets that has not ended, if any (M6).
pub(crate) fn unended_period(table: &Table) -> Option<String> {
    let with_bets = table.of_kind("period-shard").filter(|shard| shard.contains_key("bets"));
    let mut states = with_bets.map(|shard| {
        let period = text(shard, "period");
        (period, state_of(table, period))
    });
    let unended = states.find(|(_, state)| !["SETTLED", "REFUNDED"].contains(state));
    unended.map(|(period, state)| format!("The period {period} has bets, and is {state}."))
}
