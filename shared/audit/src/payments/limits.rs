//! Compares the limits of bets with the players' settings and with the bets themselves.

use crate::books::Books;
use crate::report::{Subject, Violations, coins};
use crate::wallet::movement::Purpose;
use evens_exchange::Bet;
use evens_games::GameBet;
use evens_idempotency::BetId;
use evens_ledger::{BalanceKind, Invariant, UserId};
use evens_own_limits::{Period, PlayRules, PlaySum};
use evens_records::{Pair, StoredLimits};
use jiff::Timestamp;
use std::collections::BTreeMap;
use strum::VariantArray;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for record in books.payments_records.values().filter(|record| !books.play.contains_key(&record.user)) {
        check_rules(books, record.user, None, violations);
    }
    let mut stakes: BTreeMap<UserId, Vec<CountedStake>> = BTreeMap::new();
    for bet in books.bets.values().filter(|bet| may_count(books, bet.user, bet.placed_at)) {
        stakes.entry(bet.user).or_default().push(CountedStake::of(bet));
    }
    for bet in books.game_bets.values().filter(|bet| may_count(books, bet.user, bet.placed_at)) {
        stakes.entry(bet.user).or_default().push(CountedStake::of_game(books, bet));
    }
    for (user, stored) in &books.play {
        check_rules(books, *user, Some(stored), violations);
        if !books.share.has_user(*user) {
            continue;
        }
        let stakes = stakes.get(user).map_or(&[][..], Vec::as_slice);
        let Some(sums) = stored.sums else { continue };
        for period in Period::VARIANTS {
            if let Some(sentence) = fault_of_sum(*user, *period, *sums.of(*period), stakes) {
                violations.add(Invariant::M1Conservation, Subject::User(*user), sentence);
            }
        }
    }
}

/// Returns `true` if a bet of this time is in a sum of its player.
fn may_count(books: &Books, user: UserId, placed_at: Timestamp) -> bool {
    let sums = books.play.get(&user).and_then(|stored| stored.sums);
    sums.is_some_and(|sums| Period::VARIANTS.iter().any(|period| placed_at >= sums.of(*period).since))
}

/// M1: the wallet and the payments record contain the same rules. A player can change between two settings while the
/// two items are read, so the sentence names the versions of both.
pub(crate) fn check_rules(
    books: &Books,
    user: UserId,
    stored: Option<&StoredLimits>,
    violations: &mut Violations,
) {
    let record = books.payments_records.get(&user);
    let set = record.map_or(PlayRules::NONE, evens_payments::PaymentsRecord::play_rules);
    if stored.map_or(PlayRules::NONE, |stored| stored.rules) != set {
        let fence = stored.and_then(|stored| stored.fence.as_deref()).unwrap_or("none");
        let revision = record.map_or(0, |record| record.revision);
        let sentence = format!(
            "The bet limits of user {user} (fence {fence}) are not those that the user has set (revision \
             {revision})."
        );
        violations.add_pair(Invariant::M1Conservation, Pair::PlayRules(user), sentence);
    }
}

/// The amounts by which a bet counts against its player's limits, in units. For a bet against the house only the cash
/// part counts, because bonus money is not the player's.
struct CountedStake {
    placed_at: Timestamp,
    staked: i128,
    paid: i128,
}

impl CountedStake {
    fn of(bet: &Bet) -> Self {
        let staked = bet.stake.amount().units() - bet.refunded.units();
        let paid = bet.paid.units() - bet.commission_paid.units();
        Self { placed_at: bet.placed_at, staked, paid }
    }

    fn of_game(books: &Books, bet: &GameBet) -> Self {
        let cash = |purpose: fn(BetId, BalanceKind) -> Purpose| {
            let movement = books.movements.get(&purpose(bet.id, BalanceKind::Cash));
            movement.map_or(0, |movement| movement.amount.units())
        };
        let staked = cash(Purpose::GameStake) - cash(Purpose::GameRefund);
        Self { placed_at: bet.placed_at, staked, paid: cash(Purpose::GamePayout) }
    }
}

/// M1: the counted stakes of a period are at least those of its bets, and the counted payouts at most theirs. Clock
/// differences may overstate the stakes, which is stricter for the player and lets nothing pass.
fn fault_of_sum(user: UserId, period: Period, sum: PlaySum, stakes: &[CountedStake]) -> Option<String> {
    let in_period = || stakes.iter().filter(|stake| stake.placed_at >= sum.since);
    let staked: i128 = in_period().map(|stake| stake.staked).sum();
    let paid: i128 = in_period().map(|stake| stake.paid).sum();
    let is_sound = sum.staked.units() >= staked && sum.paid.units() <= paid;
    (!is_sound).then(|| {
        format!(
            "The {period} of user {user} since {} counts {} staked and {} paid, but the bets come to {} and {}.",
            sum.since,
            coins(sum.staked.units()),
            coins(sum.paid.units()),
            coins(staked),
            coins(paid),
        )
    })
}
