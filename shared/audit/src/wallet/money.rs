//! M1 and M2: no money is missing, and no balance is negative.

use crate::books::{Books, units_at_risk};
use crate::report::{Subject, Violations, coins};
use evens_ledger::{Entry, Invariant, UserId, Wallet};
use std::collections::BTreeMap;

/// Stakes at risk of some bets, according to the bets.
#[derive(Debug, Clone, Copy, Default)]
struct AtRisk {
    bets: usize,
    units: i128,
}

impl AtRisk {
    fn add(&mut self, units: i128) {
        self.bets += 1;
        self.units += units;
    }
}

/// Sum of both balances of a wallet.
pub(crate) fn units_held(wallet: &Wallet) -> i128 {
    wallet.balance.units() + wallet.bonus.units()
}

/// M2: an entry changes its balance by exactly its amount. The type of an amount keeps both balances from being
/// negative.
pub(crate) fn check_entry(entry: &Entry, violations: &mut Violations) {
    let Entry { user, number, key, balance_before, balance_after, .. } = entry;
    if balance_before.units() + entry.units_signed() != balance_after.units() {
        let moved = coins(entry.units_signed());
        let sentence = format!(
            "Entry {number} of user {user} ({key}) moves {moved}, from {balance_before} to {balance_after}."
        );
        violations.add(Invariant::M2NoOverdraft, Subject::User(*user), sentence);
    }
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    check_balances(books, violations);
    check_stakes(books, violations);
    check_locked(books, violations);
}

/// M1: each wallet's cash and bonus balances equal the sums of its entries. An entry takes from a wallet the amount it
/// gives to an account. So if this holds for all wallets, the books sum to zero.
fn check_balances(books: &Books, violations: &mut Violations) {
    let without_wallet = books.chains.keys().filter(|user| !books.wallets.contains_key(user));
    let users: Vec<&UserId> = books.wallets.keys().chain(without_wallet).collect();
    for user in users {
        let balance = books.wallets.get(user).map_or(0, units_held);
        let (units, entries) = books.chains.get(user).map_or((0, 0), |chain| (chain.units, chain.entries));
        if balance != units {
            let (balance, sum) = (coins(balance), coins(units));
            let sentence = format!("User {user} holds {balance}, but the {entries} entries come to {sum}.");
            violations.add(Invariant::M1Conservation, Subject::User(*user), sentence);
        }
    }
}

/// M1: the stakes at risk of a round are the same by its entries and by its bets.
fn check_stakes(books: &Books, violations: &mut Violations) {
    let mut at_risk: BTreeMap<&str, AtRisk> = BTreeMap::new();
    for bet in books.bets.values().filter(|bet| books.share.has_round(bet.round.as_str())) {
        at_risk.entry(bet.round.as_str()).or_default().add(units_at_risk(bet));
    }
    let mut by_entries: BTreeMap<&str, (i128, usize)> =
        at_risk.keys().map(|round| (*round, (0, 0))).collect();
    let in_share = books.accounts.stakes().filter(|(round, _)| books.share.has_round(round));
    by_entries.extend(in_share.map(|(round, balance)| (round, (balance.units, balance.entries))));
    for (round, (units, entries)) in by_entries {
        let AtRisk { bets, units: by_bets } = at_risk.get(round).copied().unwrap_or_default();
        if units != by_bets {
            let (units, by_bets) = (coins(units), coins(by_bets));
            let sentence = format!(
                "Round {round} has {units} at risk by {entries} entries, but {by_bets} by its {bets} bets."
            );
            let subject = round.parse().map_or(Subject::Books, Subject::Round);
            violations.add(Invariant::M1Conservation, subject, sentence);
        }
    }
}

/// M2: a wallet's locked amount equals the stakes at risk of its bets.
fn check_locked(books: &Books, violations: &mut Violations) {
    let mut at_risk: BTreeMap<UserId, AtRisk> = BTreeMap::new();
    for bet in books.bets.values() {
        at_risk.entry(bet.user).or_default().add(units_at_risk(bet));
    }
    for wallet in books.wallets.values().filter(|wallet| books.share.has_user(wallet.user)) {
        let AtRisk { bets, units } = at_risk.get(&wallet.user).copied().unwrap_or_default();
        if wallet.locked.units() != units {
            let (user, locked, version, units) = (wallet.user, wallet.locked, wallet.version, coins(units));
            let sentence = format!(
                "User {user} has {locked} locked at version {version}, but {units} at risk by {bets} bets."
            );
            violations.add(Invariant::M2NoOverdraft, Subject::User(user), sentence);
        }
    }
}
