//! What bets are held to, beside what their players set, and beside the bets themselves.

use crate::books::Books;
use crate::report::{Subject, Violations, coins};
use evens_exchange::{Bet, Invariant};
use evens_ledger::UserId;
use evens_own_limits::{Period, PlayLimits, PlaySum};
use std::collections::BTreeMap;
use strum::VariantArray;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for cashier in books.cashiers.values().filter(|cashier| !books.play.contains_key(&cashier.user)) {
        check_rules(books, cashier.user, &PlayLimits::NONE, violations);
    }
    let mut bets: BTreeMap<UserId, Vec<&Bet>> = BTreeMap::new();
    for bet in books.bets.values().filter(|bet| books.play.contains_key(&bet.user)) {
        bets.entry(bet.user).or_default().push(bet);
    }
    for (user, play) in &books.play {
        check_rules(books, *user, play, violations);
        let bets = bets.get(user).map_or(&[][..], Vec::as_slice);
        let Some(sums) = play.sums else { continue };
        for period in Period::VARIANTS {
            if let Some(sentence) = fault_of_sum(*user, *period, *sums.of(*period), bets) {
                violations.add(Invariant::M1Conservation, Subject::User(*user), sentence);
            }
        }
    }
}

/// M1: the wallet says what the cashier record does.
fn check_rules(books: &Books, user: UserId, play: &PlayLimits, violations: &mut Violations) {
    let set = books.cashiers.get(&user).map_or(PlayLimits::NONE.rules, evens_payments::Cashier::play_rules);
    if play.rules != set {
        let sentence =
            format!("Bets of user {user} are held to something else than the limits that the user has set.");
        violations.add(Invariant::M1Conservation, Subject::User(user), sentence);
    }
}

/// M1: no less counts as staked in a period than its bets come to, and no more as paid. Where two clocks differ, more
/// may count as staked: that holds a player back, and lets nothing pass.
fn fault_of_sum(user: UserId, period: Period, sum: PlaySum, bets: &[&Bet]) -> Option<String> {
    let in_period = || bets.iter().filter(|bet| bet.placed_at >= sum.since);
    let staked: i128 = in_period().map(|bet| bet.stake.amount().units() - bet.refunded.units()).sum();
    let paid: i128 = in_period().map(|bet| bet.paid.units()).sum();
    let is_sound = sum.staked.units() >= staked && sum.paid.units() <= paid;
    (!is_sound).then(|| {
        format!(
            "Of the {period} of user {user} since {} count {} staked and {} paid, but the bets come to {} and {}.",
            sum.since,
            coins(sum.staked.units()),
            coins(sum.paid.units()),
            coins(staked),
            coins(paid),
        )
    })
}
