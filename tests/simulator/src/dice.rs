//! [`Dice`]: all random choices of a run, derived from its seed.

use evens_store::Layout;
use std::ops::RangeInclusive;
use std::time::Duration;

/// A random generator. The same seed gives the same draws.
#[derive(Debug, Clone)]
pub(crate) struct Dice(fastrand::Rng);

/// A probability in ten-thousandths.
pub(crate) type Odds = u32;

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Independent dice, which are not affected by later draws here.
    pub(crate) fn fork(&mut self) -> Self {
        Self::new(self.0.u64(..))
    }

    pub(crate) fn chance(&mut self, odds: Odds) -> bool {
        // Impossible events consume no draw.
        odds > 0 && self.0.u32(0..10_000) < odds
    }

    pub(crate) fn number(&mut self, range: RangeInclusive<u64>) -> u64 {
        self.0.u64(range)
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.0.usize(0..length.max(1))
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.index(from.len())).cloned()
    }

    pub(crate) fn milliseconds(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.number(range))
    }

    pub(crate) fn bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// Separate dice for optional parts, so that a seed without them gives the same run.
#[derive(Debug, Clone)]
pub(crate) struct OwnDice {
    /// For deposits and the payment provider.
    pub(crate) provider: Dice,
    /// For withdrawals.
    pub(crate) payouts: Dice,
    pub(crate) cashiers: Dice,
    pub(crate) games: Dice,
    pub(crate) limits: Dice,
    pub(crate) jackpots: Dice,
    /// For the commission on winnings of bets between players.
    pub(crate) commission: Dice,
    /// For refunds, disputes, and money in suspense.
    pub(crate) returns: Dice,
    /// Set if the run has refunds or disputes.
    pub(crate) has_returns: bool,
    /// For players who exclude themselves.
    pub(crate) exclusions: Dice,
    /// Set if a player excludes themselves.
    pub(crate) has_exclusion: bool,
    /// For pages on the live channel.
    pub(crate) pages: Dice,
    /// Set if two players have a page.
    pub(crate) has_pages: bool,
}

/// Returns whether the run of this seed has refunds and disputes, and referrers' bonuses that wait for deposits. A
/// quarter of the seeds do. The first sixty seeds do not, because defects are counted over them.
fn has_returns(seed: u64) -> bool {
    (61..=85).contains(&(seed % 100))
}

/// Returns whether a player of this seed excludes themselves. One seed in seven does. The first sixty seeds do not,
/// because defects are counted over them.
fn has_exclusion(seed: u64) -> bool {
    (86..=99).contains(&(seed % 100))
}

/// Returns whether two players of this seed have a page on the live channel. Half of the seeds do. The first two
/// hundred do not, because defects are counted over them.
fn has_pages(seed: u64) -> bool {
    seed > 200 && seed.is_multiple_of(2)
}

/// Returns whether the run of this seed calls table and queues through the SDK. One seed in 32 does, so that the SDK's
/// retries, time limits and tokens stay tested. Some of them have refunds, and those above two hundred have pages.
pub(crate) fn is_through_sdk(seed: u64) -> bool {
    seed % 32 == 6
}

/// The layout of the table of this seed. Seven of eight seeds have the small one, in which few calls find nothing.
///
/// It has dice of its own and does not affect other choices. Each optional part occurs with both layouts.
pub(crate) fn layout_of(seed: u64) -> Layout {
    let is_small = Dice::new(seed ^ 0x1a70_0750_f7ab_1e05).chance(8_750);
    if is_small { Layout::SMALL } else { Layout::PRODUCTION }
}

impl OwnDice {
    pub(crate) fn of(seed: u64) -> Self {
        Self {
            provider: Dice::new(seed ^ 0x5eed_0f9a_7e51_de05),
            payouts: Dice::new(seed ^ 0x0dd5_0f9a_70a7_5001),
            cashiers: Dice::new(seed ^ 0xca54_1e25_c0de_0905),
            games: Dice::new(seed ^ 0x6a3e_50f7_0b37_5002),
            limits: Dice::new(seed ^ 0x11b1_7ed0_5e1f_0ff5),
            jackpots: Dice::new(seed ^ 0x7ac0_4907_d1ce_d057),
            commission: Dice::new(seed ^ 0xc0b7_5510_4e7f_ee05),
            returns: Dice::new(seed ^ 0xd15b_07ed_3e7a_0bac),
            has_returns: has_returns(seed),
            exclusions: Dice::new(seed ^ 0x0ff5_e1f0_ec10_5e0d),
            has_exclusion: has_exclusion(seed),
            pages: Dice::new(seed ^ 0x11fe_c4a2_2e1d_0a6e),
            has_pages: has_pages(seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{has_exclusion, has_pages, has_returns, is_through_sdk, layout_of};
    use evens_store::Layout;

    #[test]
    fn one_seed_in_32_passes_the_sdk_with_and_without_each_optional_part() {
        let through_sdk: Vec<u64> = (0..3_200).filter(|seed| is_through_sdk(*seed)).collect();
        assert_eq!(through_sdk.len(), 100);
        for has_part in [has_returns, has_exclusion, has_pages] {
            let with = through_sdk.iter().filter(|seed| has_part(**seed)).count();
            assert!((1..100).contains(&with), "{with} of 100");
        }
    }

    #[test]
    fn one_seed_in_eight_has_the_layout_of_production_with_and_without_each_optional_part() {
        let in_production: Vec<u64> =
            (0..8_000).filter(|seed| layout_of(*seed) == Layout::PRODUCTION).collect();
        assert!((900..1_100).contains(&in_production.len()), "{}", in_production.len());
        for has_part in [has_returns, has_exclusion, has_pages, is_through_sdk] {
            let with = in_production.iter().filter(|seed| has_part(**seed)).count();
            assert!((1..in_production.len()).contains(&with), "{with}");
        }
        let of_others = (0..8_000).filter(|seed| !in_production.contains(seed));
        assert!(of_others.map(layout_of).all(|layout| layout == Layout::SMALL));
    }
}
