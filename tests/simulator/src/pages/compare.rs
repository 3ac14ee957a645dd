//! Comparisons of a page with the table and with the answers to `GET`.

use super::screen::{Revision, Screen};
use crate::answers::number;
use crate::device::Device;
use axum::http::Method;
use evens_simulated_table::Table;
use evens_simulated_table::item::text;
use rust_decimal::Decimal;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The revisions of a player's wallet and bets in the table at one moment.
#[derive(Debug)]
pub(super) struct Floor(BTreeMap<String, Revision>);

impl Floor {
    /// The wallet, and the bets that the page shows. `None` while a transaction is partly visible.
    pub(super) fn of(table: &Table, user: u64, screen: &Screen) -> Option<Self> {
        if !table.is_whole() {
            return None;
        }
        let mut revisions = BTreeMap::new();
        if let Some(wallet) = table.get(&(format!("USER#{user}"), "WALLET".to_owned())) {
            let version = number(wallet, "version").try_into().unwrap_or_default();
            let revision = Revision::Wallet(version, Reverse(number(wallet, "locked")));
            revisions.insert(format!("wallet:{user}"), revision);
        }
        let unmatched: BTreeMap<_, _> = table
            .of_kind("waiting")
            .map(|waiting| (text(waiting, "bet"), number(waiting, "amount_open")))
            .collect();
        for (id, _) in screen.of_kind("bet") {
            if let Some(bet) = table.get(&(format!("BET#{id}"), "BET".to_owned())) {
                let open = unmatched.get(id).copied().unwrap_or(Decimal::ZERO);
                let joined = number(bet, "stake") - open;
                let revision = Revision::Bet(joined + number(bet, "settled") + number(bet, "refunded"));
                revisions.insert(format!("bet:{id}"), revision);
            }
        }
        Some(Self(revisions))
    }

    /// A thing of which the page has an older state, or none.
    pub(super) fn is_missed_by(&self, screen: &Screen) -> Option<String> {
        let is_missed = |(id, revision): &(&String, &Revision)| {
            screen.revision(id).is_none_or(|shown| shown < **revision)
        };
        self.0.iter().find(is_missed).map(|(id, revision)| sentence(id, *revision, screen))
    }

    /// A thing of which the page has a state that the table does not have yet.
    pub(super) fn is_exceeded_by(&self, screen: &Screen) -> Option<String> {
        let is_ahead = |(id, revision): &(&String, &Revision)| {
            screen.revision(id).is_some_and(|shown| shown > **revision)
        };
        self.0.iter().find(is_ahead).map(|(id, revision)| sentence(id, *revision, screen))
    }
}

fn sentence(id: &str, revision: Revision, screen: &Screen) -> String {
    format!("{id} is {revision:?} in the table and {:?} on the page", screen.revision(id))
}

/// The number of bets in a snapshot that the page did not ask for.
const NEWEST_BETS: usize = 20;

/// The differences between a page that shows this round and the answers to `GET`.
pub(super) async fn differences(device: &Device, screen: &Screen, round: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, path) in [
        ("bet", "/api/bets/"),
        ("gameBet", "/api/games/my-bets/"),
        ("deposit", "/api/deposits/"),
        ("withdrawal", "/api/withdrawals/"),
    ] {
        for (id, shown) in screen.of_kind(kind) {
            let answer = get(device, &format!("{path}{id}")).await;
            let mut shown = shown.clone();
            if kind == "deposit" {
                // A push has no link to the page of the provider.
                shown["checkout"] = answer["checkout"].clone();
            }
            found.extend(differ(&format!("{kind}:{id}"), &shown, &answer));
        }
    }
    for (id, shown) in screen.of_kind("wallet") {
        found.extend(differ(&format!("wallet:{id}"), shown, &get(device, "/api/wallet").await));
    }
    // A snapshot of `rounds` has no rounds, so other rounds may be older.
    for (id, shown) in screen.of_kind("round").filter(|(id, _)| *id == round) {
        let answer = get(device, &format!("/api/rounds/{id}")).await;
        for part in ["state", "seed", "winner"] {
            found.extend(differ(&format!("{part} of round:{id}"), &shown[part], &answer[part]));
        }
    }
    let newest = get(device, "/api/bets").await;
    for bet in newest.as_array().into_iter().flatten().take(NEWEST_BETS) {
        let id = bet["betId"].as_str().unwrap_or_default();
        if screen.revision(&format!("bet:{id}")).is_none() {
            found.push(format!("bet:{id} is not on the page"));
        }
    }
    found
}

async fn get(device: &Device, path: &str) -> Value {
    let answer = device.ask(Method::GET, path, None, None).await;
    answer.map(|answer| answer.body["data"].clone()).unwrap_or_default()
}

fn differ(what: &str, shown: &Value, answer: &Value) -> Option<String> {
    (shown != answer).then(|| format!("{what} is {shown} on the page and {answer} by GET"))
}
