//! 5D: five digits, A to E, and their sum.

use crate::{DrawnSymbols, Fact, Game, Offer, Symbols};
use std::borrow::Cow;
use std::sync::LazyLock;

#[derive(Debug)]
pub(super) struct FiveD;

const POSITIONS: [&str; 5] = ["A", "B", "C", "D", "E"];
const SUM: &str = "SUM";
/// The smallest sum that counts as big. Half of all outcomes are below it.
const BIG_SUM: u32 = 23;

impl Game for FiveD {
    fn id(&self) -> &'static str {
        "5d"
    }

    fn other_ids(&self) -> &'static [&'static str] {
        &["fiveD"]
    }

    fn durations_s(&self) -> &'static [u32] {
        &[60, 180, 300, 600]
    }

    fn symbols(&self) -> Symbols {
        Symbols { count: 5, first: 0, last: 9 }
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
        let bet_value = bet_value.strip_prefix("SUM_").unwrap_or(bet_value);
        let bet_type = match (bet_type, bet_value) {
            (SUM, "big" | "small") => "SUM_SIZE",
            (SUM, "odd" | "even") => "SUM_PARITY",
            _ => bet_type,
        };
        (bet_type.into(), bet_value.into())
    }

    /// Five times the same digit: this covers every digit at every position, small and big sums, odd and even sums.
    fn telling_outcomes(&self) -> Vec<DrawnSymbols> {
        (0..=9).map(|digit| DrawnSymbols::new(vec![digit; POSITIONS.len()])).collect()
    }

    fn describe(&self, drawn: &DrawnSymbols) -> Vec<(&'static str, Fact)> {
        let digits = POSITIONS.into_iter().zip(drawn.symbols());
        let mut facts: Vec<_> = digits.map(|(at, digit)| (at, Fact::Number((*digit).into()))).collect();
        let sum = drawn.sum();
        facts.push(("sum", Fact::Number(sum)));
        facts.push(("sum_size", Fact::Word(if sum >= BIG_SUM { "big" } else { "small" })));
        facts.push(("sum_parity", Fact::Word(if sum.is_multiple_of(2) { "even" } else { "odd" })));
        facts
    }
}

fn offers() -> Vec<Offer> {
    let at_each = |make: &dyn Fn(usize, &'static str) -> Vec<Offer>| {
        POSITIONS.into_iter().enumerate().flat_map(|(at, name)| make(at, name)).collect::<Vec<_>>()
    };
    let mut offers = at_each(&|at, name| {
        let digit = |digit: u8| {
            let wins = move |drawn: &[u8]| drawn.get(at) == Some(&digit);
            Offer::at(900, "POSITION", format!("{name}_{digit}"), wins).in_group(name)
        };
        (0..=9).map(digit).collect()
    });
    offers.extend(at_each(&|at, name| {
        let half = |word: &str, is_big: bool| {
            let wins = move |drawn: &[u8]| drawn.get(at).is_some_and(|digit| (*digit >= 5) == is_big);
            Offer::at(200, "POSITION_SIZE", format!("{name}_{word}"), wins).in_group(name)
        };
        vec![half("big", true), half("small", false)]
    }));
    offers.extend(at_each(&|at, name| {
        let half = |word: &str, is_even: bool| {
            let wins =
                move |drawn: &[u8]| drawn.get(at).is_some_and(|digit| digit.is_multiple_of(2) == is_even);
            Offer::at(200, "POSITION_PARITY", format!("{name}_{word}"), wins).in_group(name)
        };
        vec![half("odd", false), half("even", true)]
    }));
    let of_sum = |bet_type, value: &'static str, wins: fn(u32) -> bool| {
        Offer::at(200, bet_type, value, move |drawn| wins(sum(drawn))).in_group(SUM)
    };
    offers.push(of_sum("SUM_SIZE", "big", |sum| sum >= BIG_SUM));
    offers.push(of_sum("SUM_SIZE", "small", |sum| sum < BIG_SUM));
    offers.push(of_sum("SUM_PARITY", "odd", |sum| !sum.is_multiple_of(2)));
    offers.push(of_sum("SUM_PARITY", "even", |sum| sum.is_multiple_of(2)));
    offers
}

fn sum(drawn: &[u8]) -> u32 {
    drawn.iter().copied().map(u32::from).sum()
}
