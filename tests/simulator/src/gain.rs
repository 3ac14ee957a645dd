//! [`Gain`]: the winnings of cheaters, compared with chance.
//!
//! Every match is fair: it wins or loses its stake. A gain is therefore zero on average, and its variance is the sum of
//! the squared amounts at stake in each draw. A match with its own draw decides one stake. A round with a single
//! outcome decides the net amount of all its matches.
//!
//! Without an edge, a gain exceeds `LIMIT` standard deviations at most once in 2,980 cases for any stakes (Hoeffding's
//! inequality: e^(-4²/2)), and about once in 31,500 for many stakes. The seeds are fixed, so a result stays the same
//! until the code changes. Losses are no edge, so there is no lower limit.

use evens_simulated_table::Table;
use evens_simulated_table::item::{Attribute, Item, text};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;
use std::fmt;

/// The limit in standard deviations.
const LIMIT: i128 = 4;

/// The units of the last decimal in a coin.
pub(crate) const UNITS: i128 = 100_000_000;

/// A cheater's knowledge beyond the rules and the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows {
    /// The answers of the routes.
    Public,
    /// Also the secret seeds, and the unmatched bets with their nonces just before each bet, as from a copy of the
    /// table's file.
    Seeds,
}

/// The winnings of cheaters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gain {
    /// The number of matches against others.
    matches: u64,
    /// The sum of stakes in those matches, in units of the last decimal.
    staked: i128,
    /// The final balance minus the initial one, in the same units.
    won: i128,
    /// The variance of the gain, in squared units.
    variance: i128,
}

impl Gain {
    /// The gain of these users, who initially had `given` units together.
    pub(crate) fn of(users: &[u64], given: i128, table: &Table) -> Self {
        let is_one = |item: &Item, name| users.iter().any(|user| number(item, name) == Decimal::from(*user));
        let wallets =
            users.iter().filter_map(|user| table.get(&(format!("USER#{user}"), "WALLET".to_owned())));
        let held = wallets.map(|wallet| units(wallet, "balance") + units(wallet, "locked")).sum::<i128>();
        let mut gain = Self { won: held - given, ..Self::default() };
        let mut by_round: BTreeMap<&str, i128> = BTreeMap::new();
        for found in table.of_kind("match").filter(|found| text(found, "state") == "SETTLED") {
            let (is_a, is_b) = (is_one(found, "user_a"), is_one(found, "user_b"));
            // A match between the cheater's own accounts neither wins nor loses.
            if is_a == is_b {
                continue;
            }
            let (round, stake) = (text(found, "round"), units(found, "amount"));
            gain.matches += 1;
            gain.staked += stake;
            let key = (format!("ROUND#{round}"), "ROUND".to_owned());
            if table.get(&key).is_some_and(|round| text(round, "draw") == "match") {
                gain.variance += stake * stake;
            } else {
                *by_round.entry(round).or_default() += if is_a { stake } else { -stake };
            }
        }
        gain.variance += by_round.values().map(|net| net * net).sum::<i128>();
        gain
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.matches += other.matches;
        self.staked += other.staked;
        self.won += other.won;
        self.variance += other.variance;
    }

    /// Returns whether the gain is within chance.
    pub fn is_within_chance(&self) -> bool {
        self.won <= LIMIT * self.variance.isqrt()
    }
}

impl fmt::Display for Gain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deviation = self.variance.isqrt();
        let hundredths = (100 * self.won).checked_div(deviation).unwrap_or_default();
        write!(
            formatter,
            "{} matches, staked {}, gain {}, standard deviation {}, z = {}",
            self.matches,
            Decimal::from(self.staked / UNITS),
            Decimal::from(self.won / UNITS),
            Decimal::from(deviation / UNITS),
            Decimal::from_i128_with_scale(hundredths, 2)
        )
    }
}

fn number(item: &Item, name: &str) -> Decimal {
    match item.get(name) {
        Some(Attribute::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

/// An amount in units of the last decimal.
fn units(item: &Item, name: &str) -> i128 {
    (number(item, name) * Decimal::from(UNITS)).to_i128().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Gain, UNITS};
    use evens_simulated_table::Table;
    use evens_simulated_table::item::{Attribute, Item};
    use rust_decimal::Decimal;

    fn put(table: &mut Table, key: [&str; 2], texts: &[(&str, &str)], numbers: &[(&str, i64)]) {
        let texts = texts.iter().map(|(name, text)| (*name, Attribute::Text((*text).to_owned())));
        let numbers = numbers.iter().map(|(name, number)| (*name, Attribute::Number(Decimal::from(*number))));
        let item: Item = texts.chain(numbers).map(|(name, value)| (name.to_owned(), value)).collect();
        table.put((key[0].to_owned(), key[1].to_owned()), Some(item), 0);
    }

    fn put_match(table: &mut Table, id: &str, round: &str, users: [i64; 2], amount: i64) {
        let texts = [("kind", "match"), ("round", round), ("state", "SETTLED")];
        let numbers = [("user_a", users[0]), ("user_b", users[1]), ("amount", amount)];
        put(table, ["MATCHES", id], &texts, &numbers);
    }

    #[test]
    fn a_gain_is_what_is_there_beyond_what_was_given_and_its_variance_what_each_draw_is_about() {
        let mut table = Table::default();
        put(&mut table, ["ROUND#m", "ROUND"], &[("draw", "match")], &[]);
        put(&mut table, ["ROUND#r", "ROUND"], &[("draw", "round")], &[]);
        put(&mut table, ["USER#8", "WALLET"], &[], &[("balance", 60), ("locked", 10)]);
        put(&mut table, ["USER#9", "WALLET"], &[], &[("balance", 45), ("locked", 0)]);
        put_match(&mut table, "1", "m", [8, 1], 3);
        put_match(&mut table, "2", "m", [1, 9], 4);
        // In one round, 10 against 4, with a net stake of 6.
        put_match(&mut table, "3", "r", [8, 1], 10);
        put_match(&mut table, "4", "r", [2, 9], 4);
        put_match(&mut table, "5", "r", [8, 9], 50);
        put_match(&mut table, "6", "r", [1, 2], 50);
        let gain = Gain::of(&[8, 9], 100 * UNITS, &table);
        let variance = (9 + 16 + 36) * UNITS * UNITS;
        assert_eq!(gain, Gain { matches: 4, staked: 21 * UNITS, won: 15 * UNITS, variance });
        let text = "4 matches, staked 21, gain 15, standard deviation 7, z = 1.92";
        assert_eq!(gain.to_string(), text);
    }

    #[test]
    fn four_standard_deviations_may_be_chance_and_any_loss() {
        let gain = |won| Gain { matches: 1, staked: 5, won, variance: 25 };
        assert!(gain(20).is_within_chance() && gain(-1_000).is_within_chance());
        assert!(!gain(21).is_within_chance());
        assert!(Gain::default().is_within_chance());
    }
}
