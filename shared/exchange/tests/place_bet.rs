//! Placing a bet: the order of the refusals, and what is written when there is none.

#![cfg(test)]

mod common;

use common::{
    ROUND, amount, bet_id, draw, open_round, or_usual, round_id, rows, second, seed, stake, user, wallet,
};
use evens_exchange::{
    Bet, PlaceBet, PlaceBetOutcome, Placement, Round, RoundOutcome, RoundState, RoundStateName, Side,
    WaitingBet, place_bet,
};
use evens_ledger::{Account, Amount, EntryKind, Wallet};

/// Each row is the row above with one fault repaired, so the table proves the precedence.
///
/// `key` is `new`, or was used: for the `same` bet, or for one on another `side`, of another `stake`, in another
/// `round`. `_` is the usual value: a new key, an open round, a stake of 10, a balance of 100.
const TABLE: &str = "
    key     round      stake          balance      outcome
    round   cancelled  10.00          5.00         KeyUsedForAnotherBody
    stake   cancelled  10.00          5.00         KeyUsedForAnotherBody
    side    cancelled  10.00          5.00         KeyUsedForAnotherBody
    same    cancelled  10.00          5.00         PlacedBefore
    new     cancelled  10.00          5.00         RoundNotOpen
    new     resulted   10.00          5.00         RoundNotOpen
    new     closed     10.00          5.00         RoundNotOpen
    new     open       10.00          5.00         InsufficientBalance
    _       _          10.00          9.99999999   InsufficientBalance
    _       _          10.00          10.00        Placed
    _       _          10.00          _            Placed
    _       _          0.00000001     0            InsufficientBalance
    _       _          0.00000001     0.00000001   Placed
    _       _          1000000000000  _            InsufficientBalance
    _       _          1e12           1e12         Placed
    same    _          _              0            PlacedBefore
    same    _          _              _            PlacedBefore
    side    _          _              _            KeyUsedForAnotherBody
";

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const OUTCOMES: &[&str] = &[$(stringify!($variant)),*];

        fn name(outcome: &PlaceBetOutcome) -> &'static str {
            match outcome {
                $(PlaceBetOutcome::$variant { .. } => stringify!($variant),)*
                PlaceBetOutcome::AccountBlocked => "the store says it, not this rule",
            }
        }
    };
}

walk!(KeyUsedForAnotherBody PlacedBefore RoundNotOpen InsufficientBalance Placed);

fn command(staked: &str) -> PlaceBet {
    PlaceBet {
        bet: bet_id(1, "key-1"),
        user: user(1),
        round: round_id(ROUND),
        side: Side::A,
        stake: stake(staked),
    }
}

fn round(state: &str) -> Round {
    let (closed_at, seed) = (second(1), seed());
    let state = match state {
        "open" => RoundState::Open,
        "closed" => RoundState::Closed { closed_at, seed },
        "cancelled" => RoundState::Cancelled { cancelled_at: closed_at, seed },
        "resulted" => {
            let outcome = RoundOutcome { winner: Side::A, fixed_at: closed_at, signature: None };
            RoundState::Resulted { closed_at, seed, outcome }
        }
        _ => panic!("no state is called {state}"),
    };
    Round { state, ..open_round(draw("match")) }
}

/// The bet that was placed under the key by this command, whose stake is settled by now.
fn placed(command: &PlaceBet) -> Bet {
    let full = wallet(1, "9e15");
    match place_bet(command, None, &Round { id: command.round.clone(), ..round("open") }, &full, second(0)) {
        PlaceBetOutcome::Placed(placement) => Bet { settled: command.stake.amount(), ..placement.bet },
        refused => panic!("{refused:?}"),
    }
}

fn existing(key: &str, command: &PlaceBet) -> Option<Bet> {
    let other = match key {
        "new" => return None,
        "same" => command.clone(),
        "side" => PlaceBet { side: Side::B, ..command.clone() },
        "stake" => PlaceBet { stake: stake("11"), ..command.clone() },
        "round" => PlaceBet { round: round_id("another"), ..command.clone() },
        _ => panic!("no key is called {key}"),
    };
    Some(placed(&other))
}

fn check([key, state, staked, balance, _]: [&str; 5]) -> PlaceBetOutcome {
    let command = command(or_usual(staked, "10"));
    let existing = existing(or_usual(key, "new"), &command);
    let wallet = wallet(1, or_usual(balance, "100"));
    place_bet(&command, existing, &round(or_usual(state, "open")), &wallet, second(3))
}

#[test]
fn refusals_have_their_order() {
    for row in rows(TABLE) {
        assert_eq!(name(&check(row)), row[4], "{row:?}");
    }
}

#[test]
fn every_outcome_has_a_row_and_first_appears_in_its_place() {
    let mut seen: Vec<&str> = rows::<5>(TABLE).iter().map(|row| row[4]).collect();
    let mut first = std::collections::HashSet::new();
    seen.retain(|outcome| first.insert(*outcome));
    assert_eq!(seen, OUTCOMES);
}

#[test]
fn refusals_say_what_they_are_about() {
    let refused = |row: &str| check(rows(&format!("header\n{row}"))[0]);
    let used = PlaceBetOutcome::KeyUsedForAnotherBody { bet: bet_id(1, "key-1") };
    assert_eq!(refused("side _ _ _ ?"), used);
    let closed = PlaceBetOutcome::RoundNotOpen { state: RoundStateName::Closed };
    assert_eq!(refused("_ closed _ _ ?"), closed);
    let low = PlaceBetOutcome::InsufficientBalance { balance: amount("5"), stake: amount("10") };
    assert_eq!(refused("_ _ 10.00 5.00 ?"), low);
}

/// X35: a bonus pays for house games only.
#[test]
fn a_bonus_pays_for_no_bet() {
    let with_bonus = Wallet { bonus: amount("1000"), ..wallet(1, "5") };
    let refused = place_bet(&command("10.00"), None, &round("open"), &with_bonus, second(3));
    let low = PlaceBetOutcome::InsufficientBalance { balance: amount("5"), stake: amount("10") };
    assert_eq!(refused, low);
}

#[test]
fn a_repeat_finds_the_bet_as_it_stands_now() {
    let command = command("10.00");
    let bet = Bet { paid: amount("20"), ..placed(&command) };
    let found = place_bet(&command, Some(bet.clone()), &round("resulted"), &wallet(1, "0"), second(9));
    assert_eq!(found, PlaceBetOutcome::PlacedBefore(Box::new(bet)));
}

#[test]
fn a_placement_is_written_whole() {
    let (command, before) = (command("100.50"), wallet(1, "500"));
    let PlaceBetOutcome::Placed(placement) = place_bet(&command, None, &round("open"), &before, second(3))
    else {
        panic!("the bet can be placed");
    };
    let Placement { wallet, entry, bet, waiting } = *placement;
    let expected_bet = Bet {
        id: command.bet,
        user: user(1),
        round: round_id(ROUND),
        side: Side::A,
        stake: stake("100.5"),
        fingerprint: command.fingerprint(),
        balance_after: amount("399.5"),
        placed_at: second(3),
        settled: Amount::ZERO,
        refunded: Amount::ZERO,
        paid: Amount::ZERO,
        updated_at: second(3),
    };
    let expected_waiting = WaitingBet {
        bet: command.bet,
        user: user(1),
        round: round_id(ROUND),
        side: Side::A,
        placed_at: second(3),
        open: amount("100.5"),
    };
    assert_eq!((bet, waiting), (expected_bet, expected_waiting));
    assert_eq!(entry.key.to_string(), format!("BET:{}", command.bet));
    assert_eq!((entry.kind, entry.units_signed()), (EntryKind::Debit, -10_050_000_000));
    assert_eq!(entry.account, Account::Stakes(ROUND.to_owned()));
    assert_eq!((entry.reference.clone(), entry.at), (command.bet.to_string(), second(3)));
    let explained = self::wallet(1, "500").follow(&entry).unwrap();
    assert_eq!(wallet, Wallet { newest: vec![entry.clone()], ..explained });
    assert_eq!((wallet.balance, wallet.version, wallet.head), (amount("399.5"), 1, entry.hash));
}

#[test]
fn a_request_is_the_same_however_its_stake_is_written() {
    let [one, other] = ["100.50", "1005e-1"].map(|staked| command(staked).fingerprint());
    assert_eq!(one, other);
}

#[test]
fn the_clock_is_no_part_of_a_request() {
    let first = placed(&command("10"));
    let later =
        place_bet(&command("10"), Some(first.clone()), &round("open"), &wallet(1, "100"), second(86_400));
    assert_eq!(later, PlaceBetOutcome::PlacedBefore(Box::new(first)));
}
