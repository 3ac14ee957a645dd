//! Stakes, sides, and where a bet stands.

#![cfg(test)]

mod common;

use common::{amount, second, seed, stake, user, waiting, wallet};
use evens_exchange::{
    Bet, BetView, Draw, PlaceBet, PlaceBetOutcome, Round, Side, SideError, Stake, StakeError, place_bet,
};

#[test]
fn stakes_are_more_than_zero_and_at_most_the_limit() {
    #[rustfmt::skip]
    let table = [
        ("0",                              Err(StakeError::Zero)),
        ("0.00000001",                     Ok(())),
        ("100.5",                          Ok(())),
        ("1000000000000",                  Ok(())),
        ("1000000000000.00000001",         Err(StakeError::TooLarge)),
        ("99999999999999999999.99999999",  Err(StakeError::TooLarge)),
    ];
    for (text, expected) in table {
        let parsed = Stake::parse(amount(text));
        assert_eq!(parsed.map(|stake| assert_eq!(stake.amount(), amount(text))), expected, "{text}");
    }
    assert_eq!(StakeError::TooLarge.to_string(), format!("is more than {}", Stake::MAX_UNITS / 100_000_000));
}

#[test]
fn sides_are_two_capital_letters() {
    for side in Side::ALL {
        assert_eq!(side.to_string().parse(), Ok(side));
        assert_eq!(side.opposite().opposite(), side);
        assert_ne!(side.opposite(), side);
    }
    for text in ["", "a", "b", "C", "AB", " A", "А"] {
        assert_eq!(text.parse::<Side>(), Err(SideError), "{text:?}"); // the last one is Cyrillic
    }
}

/// A bet of 10 of which so much is settled and given back.
fn bet(settled: &str, refunded: &str) -> Bet {
    let waiting = waiting(Side::A, "10");
    let command =
        PlaceBet { bet: waiting.bet, user: user(1), round: waiting.round, side: Side::A, stake: stake("10") };
    let round = Round::open(command.round.clone(), Draw::Match, &seed(), second(0));
    match place_bet(&command, None, &round, &wallet(1, "10"), second(0)) {
        PlaceBetOutcome::Placed(placement) => {
            Bet { settled: amount(settled), refunded: amount(refunded), ..placement.bet }
        }
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn a_bet_stands_where_its_parts_are() {
    #[rustfmt::skip]
    let table = [
        // open  settled  refunded  matched  status
        ("10",   "0",     "0",      "0",     "PENDING"),
        ("4",    "0",     "0",      "6",     "PENDING"),
        ("4",    "6",     "0",      "0",     "PENDING"),
        ("4",    "3",     "2",      "1",     "PENDING"),
        ("0",    "0",     "0",      "10",    "MATCHED"),
        ("0",    "9",     "0",      "1",     "MATCHED"),
        ("0",    "0",     "9",      "1",     "MATCHED"),
        ("0",    "10",    "0",      "0",     "SETTLED"),
        ("0",    "1",     "9",      "0",     "SETTLED"),
        ("0",    "0",     "10",     "0",     "REFUNDED"),
    ];
    for (open, settled, refunded, matched, status) in table {
        let view = BetView { bet: bet(settled, refunded), open: amount(open) };
        assert_eq!((view.matched(), view.status().as_str()), (amount(matched), status), "{view:?}");
        assert_eq!(view.bet.has_ended(), matches!(status, "SETTLED" | "REFUNDED"), "{view:?}");
    }
}

#[test]
fn parts_that_are_read_at_two_moments_are_no_negative_amount() {
    let view = BetView { bet: bet("10", "0"), open: amount("4") };
    assert_eq!(view.matched(), amount("0"));
}
