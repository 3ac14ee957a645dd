//! Wingo: one number from 0 to 9, with one or two colours, a size and a parity.

use crate::{DrawnSymbols, Fact, Game, Multiplier, Offer, Symbols};
use std::sync::LazyLock;

#[derive(Debug)]
pub(super) struct Wingo;

/// These two numbers are violet in addition to their colour. Odd numbers are green and even numbers are red.
const VIOLET: [u8; 2] = [0, 5];

impl Game for Wingo {
    fn id(&self) -> &'static str {
        "wingo"
    }

    fn durations_s(&self) -> &'static [u32] {
        &[30, 60, 180, 300]
    }

    fn symbols(&self) -> Symbols {
        Symbols { count: 1, first: 0, last: 9 }
    }

    fn offers(&self) -> &'static [Offer] {
        static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(offers);
        &OFFERS
    }

    fn describe(&self, drawn: &DrawnSymbols) -> Vec<(&'static str, Fact)> {
        let number = number(drawn.symbols());
        vec![
            ("number", Fact::Number(number.into())),
            ("color", Fact::Word(color(number))),
            ("size", Fact::Word(if number >= 5 { "big" } else { "small" })),
            ("parity", Fact::Word(if number.is_multiple_of(2) { "even" } else { "odd" })),
        ]
    }
}

fn offers() -> Vec<Offer> {
    let mut offers: Vec<Offer> =
        (0..=9).map(|bet| Offer::at(900, "NUMBER", bet, move |drawn| number(drawn) == bet)).collect();
    offers.push(Offer::new("COLOR", "green", |drawn| pays_color(number(drawn), false)));
    offers.push(Offer::new("COLOR", "red", |drawn| pays_color(number(drawn), true)));
    offers.push(Offer::at(450, "COLOR", "violet", |drawn| VIOLET.contains(&number(drawn))));
    offers.push(Offer::at(200, "SIZE", "big", |drawn| number(drawn) >= 5));
    offers.push(Offer::at(200, "SIZE", "small", |drawn| number(drawn) < 5));
    offers.push(Offer::at(200, "PARITY", "odd", |drawn| number(drawn) % 2 == 1));
    offers.push(Offer::at(200, "PARITY", "even", |drawn| number(drawn).is_multiple_of(2)));
    offers
}

/// Pays 2 for a pure colour and 1.5 for a number that is violet as well.
fn pays_color(number: u8, is_red: bool) -> Option<Multiplier> {
    let multiplier = Multiplier::hundredths(if VIOLET.contains(&number) { 150 } else { 200 });
    (number.is_multiple_of(2) == is_red).then_some(multiplier)
}

fn color(number: u8) -> &'static str {
    match number {
        0 => "red,violet",
        5 => "green,violet",
        _ if number.is_multiple_of(2) => "red",
        _ => "green",
    }
}

fn number(drawn: &[u8]) -> u8 {
    drawn.first().copied().unwrap_or_default()
}
