//! K3: three dice.

use crate::{DrawnSymbols, Fact, Game, Offer, Symbols};
use std::borrow::Cow;
use std::sync::LazyLock;

#[derive(Debug)]
pub(super) struct K3;

/// The prices of the sums 3 to 10. The sums 18 to 11 have the same prices.
const SUM_PRICES: [u32; 8] = [20736, 6912, 3456, 2074, 1383, 988, 830, 768];
/// The smallest sum that counts as big. Half of all outcomes are below it.
const BIG_SUM: u8 = 11;
const MATCHING: &str = "MATCHING_DICE";
const DICE: [&str; 3] = ["dice_1", "dice_2", "dice_3"];

impl Game for K3 {
    fn id(&self) -> &'static str {
        "k3"
    }

    fn durations_s(&self) -> &'static [u32] {
        &[60, 180, 300, 600]
    }

    fn symbols(&self) -> Symbols {
        Symbols { count: DICE.len(), first: 1, last: 6 }
    }

    fn offers(&self) -> &'static [Offer] {
        static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(offers);
        &OFFERS
    }

    fn present_names<'name>(
        &self,
        bet_type: &'name str,
        bet_value: &'name str,
    ) -> (Cow<'name, str>, Cow<'name, str>) {
        match (bet_type, bet_value) {
            ("SUM_SIZE" | "SUM_PARITY", _) => ("SUM_CATEGORY".into(), bet_value.into()),
            ("PATTERN", "two_different") => ("MATCHING_DICE".into(), "pair_any".into()),
            ("ALL_DIFFERENT" | "TWO_DIFFERENT", _) => (bet_type.into(), in_order(bet_value)),
            _ => (bet_type.into(), bet_value.into()),
        }
    }

    /// Three dice in ascending order, because the order of the dice never matters.
    fn telling_outcomes(&self) -> Vec<DrawnSymbols> {
        let outcomes = self.symbols().outcomes().into_iter();
        outcomes.filter(|drawn| drawn.symbols().is_sorted()).collect()
    }

    fn describe(&self, drawn: &DrawnSymbols) -> Vec<(&'static str, Fact)> {
        let dice = DICE.into_iter().zip(drawn.symbols());
        let mut facts: Vec<_> = dice.map(|(name, shown)| (name, Fact::Number((*shown).into()))).collect();
        let sum = sum(drawn.symbols());
        facts.push(("sum", Fact::Number(sum.into())));
        facts.push(("sum_size", Fact::Word(if sum >= BIG_SUM { "big" } else { "small" })));
        facts.push(("sum_parity", Fact::Word(if sum.is_multiple_of(2) { "even" } else { "odd" })));
        facts
    }
}

/// The dice of a bet in ascending order, because their order never mattered.
fn in_order(bet_value: &str) -> Cow<'_, str> {
    let mut dice: Vec<_> = bet_value.split(',').collect();
    if dice.is_sorted() {
        return bet_value.into();
    }
    dice.sort_unstable();
    dice.join(",").into()
}

fn offers() -> Vec<Offer> {
    let mut offers: Vec<Offer> = (3_u8..=18).map(of_sum).collect();
    offers.push(Offer::at(200, "SUM_CATEGORY", "big", |dice| sum(dice) >= BIG_SUM));
    offers.push(Offer::at(200, "SUM_CATEGORY", "small", |dice| sum(dice) < BIG_SUM));
    offers.push(Offer::at(200, "SUM_CATEGORY", "odd", |dice| !sum(dice).is_multiple_of(2)));
    offers.push(Offer::at(200, "SUM_CATEGORY", "even", |dice| sum(dice).is_multiple_of(2)));
    for n in 1..=6 {
        // A triple does not count as a pair: otherwise the pair would return more than is staked.
        let wins = move |dice: &[u8]| dice_showing(dice, n) == 2;
        offers.push(Offer::at(1383, MATCHING, format!("pair_{n}"), wins));
    }
    for n in 1..=6 {
        for m in (1..=6).filter(|m| *m != n) {
            let wins = move |dice: &[u8]| dice_showing(dice, n) == 2 && dice_showing(dice, m) == 1;
            offers.push(Offer::at(6912, MATCHING, format!("pair_{n}_{m}"), wins));
        }
    }
    for n in 1..=6 {
        let wins = move |dice: &[u8]| dice_showing(dice, n) == 3;
        offers.push(Offer::at(20736, MATCHING, format!("triple_{n}"), wins));
    }
    offers.push(Offer::at(3456, MATCHING, "triple_any", |dice| different(dice) == 1));
    offers.push(Offer::at(230, MATCHING, "pair_any", |dice| different(dice) == 2));
    for (a, b) in pairs() {
        for c in b + 1..=6 {
            let wins = move |dice: &[u8]| [a, b, c].iter().all(|n| dice_showing(dice, *n) == 1);
            offers.push(Offer::at(3456, "ALL_DIFFERENT", format!("{a},{b},{c}"), wins));
        }
    }
    offers.push(Offer::at(172, "PATTERN", "all_different", |dice| different(dice) == 3));
    offers.push(Offer::at(864, "PATTERN", "straight", is_straight));
    for (a, b) in pairs() {
        let wins = move |dice: &[u8]| dice_showing(dice, a) > 0 && dice_showing(dice, b) > 0;
        offers.push(Offer::at(691, "TWO_DIFFERENT", format!("{a},{b}"), wins));
    }
    offers
}

fn of_sum(wanted: u8) -> Offer {
    let price = SUM_PRICES[usize::from(wanted.min(21 - wanted) - 3)];
    Offer::at(price, "SUM", wanted, move |dice| sum(dice) == wanted)
}

/// All pairs of different numbers, the smaller one first.
fn pairs() -> impl Iterator<Item = (u8, u8)> {
    (1..=6_u8).flat_map(|a| (a + 1..=6).map(move |b| (a, b)))
}

fn sum(dice: &[u8]) -> u8 {
    dice.iter().sum()
}

/// The number of dice that show this number.
fn dice_showing(dice: &[u8], number: u8) -> usize {
    dice.iter().map(|die| usize::from(*die == number)).sum()
}

fn different(dice: &[u8]) -> usize {
    (1..=6).filter(|number| dice_showing(dice, *number) > 0).count()
}

/// Three consecutive numbers in any order.
fn is_straight(dice: &[u8]) -> bool {
    let (least, most) = (dice.iter().min(), dice.iter().max());
    let span = most.zip(least).map(|(most, least)| most - least);
    different(dice) == 3 && span == Some(2)
}
