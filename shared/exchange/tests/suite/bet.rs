//! Stakes, sides and the status of a bet.

use crate::common::{amount, bet_match, nonce, open_round, second, stake, user, waiting, wallet};
use evens_draws::Nonce;
use evens_exchange::{
    Bet, BetView, BettingLimits, Draw, MatchState, PlaceBet, PlaceBetInput, PlaceBetOutcome, REFUND_AFTER,
    Side, SideError, Stake, StakeError, place_bet,
};
use evens_ledger::{Amount, WalletOwner};
use evens_own_limits::PlayLimits;
use jiff::tz::Offset;

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
    assert_eq!(
        StakeError::TooLarge.to_string(),
        format!("must be at most {}", Stake::MAX_UNITS / 100_000_000)
    );
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

fn command() -> PlaceBet {
    let waiting = waiting(Side::A, "10");
    PlaceBet {
        bet: waiting.bet,
        user: user(1),
        round: waiting.round,
        side: Side::A,
        stake: stake("10"),
        nonce: nonce(Side::A),
        by_staff: false,
        barred: None,
        session_started_at: second(0),
        session_epoch: 0,
    }
}

/// A bet of 10, partly settled and partly refunded.
fn bet(settled: &str, refunded: &str) -> Bet {
    let (round, wallet) = (open_round(Draw::Match), wallet(1, "10"));
    let (play, day_offset) = (&PlayLimits::NONE, Offset::UTC);
    let round = Some(&round);
    let input = PlaceBetInput {
        existing: None,
        owner: WalletOwner::default(),
        round,
        waiting: 0,
        wallet: &wallet,
        play,
    };
    let limits = BettingLimits {
        is_open: true,
        stake_min: Amount::ZERO,
        decimals: Amount::DECIMALS_MAX,
        waiting_max: 1,
        refund_after: REFUND_AFTER,
        day_offset,
    };
    match place_bet(&command(), input, limits, second(0)) {
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

/// A player who knew the nonce earlier, and the seed, could cancel a losing bet.
#[test]
fn the_nonce_of_a_bet_is_told_when_nothing_of_it_waits() {
    #[rustfmt::skip]
    let table = [
        // open         settled  refunded  told
        ("10",          "0",     "0",      false),
        ("0.00000001",  "0",     "0",      false),
        ("4",           "3",     "3",      false),
        ("0",           "0",     "0",      true), // fully matched
        ("0",           "0",     "4",      true),
        ("0",           "10",    "0",      true),
        ("0",           "0",     "10",     true),
    ];
    for (open, settled, refunded, actual) in table {
        let view = BetView { bet: bet(settled, refunded), open: amount(open) };
        assert_eq!(view.nonce_told(), Some(&nonce(Side::A)).filter(|_| actual), "{view:?}");
    }
    let old = Bet { nonce: None, ..bet("10", "0") };
    assert_eq!(BetView { bet: old, open: Amount::ZERO }.nonce_told(), None, "of before there were nonces");
}

/// `printf 202122…3e3f | xxd -r -p | openssl dgst -sha256` with all 32 bytes written out, and the same for
/// `404142…5e5f`.
#[test]
fn hashes_of_nonces_are_golden() {
    let hash = "72dbb7336c76780023f83da4c355f2eeea85733b13d3477697917790c1229084";
    assert_eq!(nonce(Side::A).hash().to_string(), hash);
    let hash = "ca2a4fe727faaecf16ecd130a86e0885c5540c05375340445071c0657555fd42";
    assert_eq!(nonce(Side::B).hash().to_string(), hash);
}

#[test]
fn a_nonce_comes_back_from_what_it_reveals() {
    let revealed = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
    assert_eq!(nonce(Side::A).reveal(), revealed);
    assert_eq!(revealed.parse::<Nonce>().unwrap(), nonce(Side::A));
    for text in ["", "20", &revealed.to_uppercase(), &format!("{revealed}00")] {
        assert!(text.parse::<Nonce>().is_err(), "{text:?}");
    }
}

#[test]
fn types_with_a_nonce_do_not_print_it() {
    assert_eq!(format!("{:?}", nonce(Side::A)), "Nonce(secret)");
    let view = BetView { bet: bet("0", "0"), open: amount("10") };
    let joined = bet_match("10", MatchState::Joined);
    let printed = format!("{:?}{:?}{view:?}{joined:?}", command(), waiting(Side::B, "10"));
    assert!(printed.contains("Nonce(secret)"), "{printed}");
    for side in Side::ALL {
        assert!(!printed.contains(&nonce(side).reveal()), "{printed}");
    }
}
