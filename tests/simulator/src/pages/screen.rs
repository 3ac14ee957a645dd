//! [`Screen`]: the states that a page shows, kept by the rule of `docs/live.md`. It reads frames as any client does.
//! It shares no code with the hub.

use crate::mutation::Mutation;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The newest state of each thing, by its id.
#[derive(Debug, Default)]
pub(super) struct Screen {
    shown: BTreeMap<String, Shown>,
}

#[derive(Debug)]
struct Shown {
    revision: Revision,
    /// As it was received.
    text: String,
    data: Value,
}

/// A revision, by the type of its event. Greater is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Revision {
    Bet(Decimal),
    /// The version, and the locked stakes, of which less is newer.
    Wallet(u64, Reverse<Decimal>),
    /// The revision of a bet on a game, a deposit, a withdrawal, or a cancelled period.
    Number(u64),
    Round(u8, Timestamp),
    Result,
}

/// The number of entries of each kind in `known`.
const KNOWN_MAX: usize = 50;

impl Revision {
    /// Returns `None` for a type or a text that `docs/live.md` does not describe.
    fn parse(kind: &str, text: &str) -> Option<Self> {
        let two_parts = || text.split_once('/');
        match kind {
            "bet" => text.parse().ok().map(Self::Bet),
            "wallet" => {
                let (version, locked) = two_parts()?;
                Some(Self::Wallet(version.parse().ok()?, Reverse(locked.parse().ok()?)))
            }
            "gameBet" | "deposit" | "withdrawal" | "period" => text.parse().ok().map(Self::Number),
            "round" => {
                let (step, totals_at) = two_parts()?;
                Some(Self::Round(step.parse().ok()?, totals_at.parse().ok()?))
            }
            "gameResult" => Some(Self::Result),
            _ => None,
        }
    }

    /// Returns whether this state replaces the shown one. A planted defect of the page has a rule of its own.
    fn replaces(self, shown: Self, defect: Option<Mutation>) -> bool {
        if let (Some(Mutation::WalletByVersion), Self::Wallet(this, _), Self::Wallet(shown, _)) =
            (defect, self, shown)
        {
            return this > shown;
        }
        self > shown
    }
}

impl Screen {
    /// Keeps the state of an event if it is newer than the shown one. Returns whether a planted defect decided
    /// otherwise, or `None` if the event is malformed.
    pub(super) fn take_in(&mut self, event: &Value, defect: Option<Mutation>) -> Option<bool> {
        let (kind, id, text) = (event["type"].as_str()?, event["id"].as_str()?, event["revision"].as_str()?);
        let revision = Revision::parse(kind, text)?;
        let shown = self.shown.get(id).map(|shown| shown.revision);
        let is_newer = shown.is_none_or(|shown| revision > shown);
        let is_kept = shown.is_none_or(|shown| revision.replaces(shown, defect));
        if is_kept {
            let data = event["data"].clone();
            self.shown.insert(id.to_owned(), Shown { revision, text: text.to_owned(), data });
        }
        Some(is_kept != is_newer)
    }

    pub(super) fn revision(&self, id: &str) -> Option<Revision> {
        self.shown.get(id).map(|shown| shown.revision)
    }

    /// The data of each thing of a type, by the id behind the type.
    pub(super) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let shown = self.shown.iter();
        shown.filter_map(move |(id, shown)| {
            let (of, id) = id.split_once(':')?;
            (of == kind).then_some((id, &shown.data))
        })
    }

    /// The revisions that a message names: those of the wallet, of orders, and of bets that can still change. An ended
    /// order can change too: money may arrive late, or come back.
    pub(super) fn known(&self, user: u64) -> Value {
        let text =
            |kind: &str, id: &str| self.shown.get(&format!("{kind}:{id}")).map(|shown| shown.text.clone());
        let texts = |kind: &'static str, is_open: fn(&Value) -> bool| {
            let open = self.of_kind(kind).filter(move |(_, data)| is_open(data));
            open.filter_map(|(id, _)| Some((id.to_owned(), json!(text(kind, id)?)))).take(KNOWN_MAX)
        };
        let is_bet_open = |bet: &Value| bet["status"] != "SETTLED" && bet["status"] != "REFUNDED";
        let bets: serde_json::Map<_, _> = texts("bet", is_bet_open).collect();
        let orders = texts("deposit", |_| true).chain(texts("withdrawal", |_| true));
        let orders: serde_json::Map<_, _> = orders.take(KNOWN_MAX).collect();
        let pending = self.of_kind("gameBet").filter(|(_, bet)| bet["status"] == "PENDING");
        let game_bets: Vec<_> = pending.map(|(id, _)| id).take(KNOWN_MAX).collect();
        let mut known = json!({ "bets": bets, "gameBets": game_bets, "orders": orders });
        if let Some(wallet) = text("wallet", &user.to_string()) {
            known["wallet"] = json!(wallet);
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::Screen;
    use crate::mutation::Mutation;
    use serde_json::{Value, json};

    fn event(kind: &str, revision: &str) -> Value {
        json!({ "type": kind, "id": format!("{kind}:1"), "revision": revision, "data": revision })
    }

    #[test]
    fn the_newer_state_is_kept() {
        #[rustfmt::skip]
        let table = [
            ("bet",     "60",                     "100",                    true),
            ("bet",     "60.5",                   "60.5",                   false),
            ("bet",     "9",                      "10",                     true),
            ("wallet",  "9/0",                    "10/100",                 true),
            ("wallet",  "3/20",                   "3/10.5",                 true),
            ("wallet",  "3/10.5",                 "3/20",                   false),
            ("deposit", "9",                      "10",                     true),
            ("gameBet", "1",                      "0",                      false),
            ("round",   "1/2026-11-20T00:00:09Z", "2/2026-11-20T00:00:01Z", true),
            ("round",   "1/2026-11-20T00:00:09Z", "1/2026-11-20T00:00:10Z", true),
        ];
        for (kind, shown, next, is_kept) in table {
            let mut screen = Screen::default();
            screen.take_in(&event(kind, shown), None).expect("an event");
            screen.take_in(&event(kind, next), None).expect("an event");
            let (_, data) = screen.of_kind(kind).next().expect("a state");
            assert_eq!(*data, if is_kept { next } else { shown }, "{kind} {shown} then {next}");
        }
    }

    #[test]
    fn a_planted_defect_decides_otherwise() {
        let wallets = [event("wallet", "3/20"), event("wallet", "3/10")];
        for (defect, is_other) in [(None, false), (Some(Mutation::WalletByVersion), true)] {
            let mut screen = Screen::default();
            assert_eq!(screen.take_in(&wallets[0], defect), Some(false));
            assert_eq!(screen.take_in(&wallets[1], defect), Some(is_other));
        }
    }
}
