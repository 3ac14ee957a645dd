//! Draws (M7): golden values that a reader can recompute with openssl. Draws are fair and depend on all of their
//! inputs.

use crate::common::{ROUND, bet_id, bet_match, nonce, other_seed, round_id, seed};
use evens_draws::{Nonce, Seed};
use evens_exchange::{DrawRule, Match, MatchId, MatchState, Side, draw_match, draw_round};
use evens_idempotency::BetId;

/// The match of these two bets, with the nonces of [`nonce`].
fn match_of(bet_a: BetId, bet_b: BetId) -> Match {
    Match { id: MatchId::derive(bet_a, bet_b), bet_a, bet_b, ..bet_match("1", MatchState::Joined) }
}

fn golden_match() -> Match {
    match_of(bet_id(42, "key-1"), bet_id(43, "key-1"))
}

/// The number of a rule is stored in the table and sent on the wire, so it never changes.
#[test]
fn rules_are_golden() {
    assert_eq!(DrawRule::ALL.map(DrawRule::number), [1, 2]);
    let rules = [0, 1, 2, 3, 255].map(DrawRule::of_number);
    assert_eq!(rules, [None, Some(DrawRule::Ids), Some(DrawRule::Nonces), None, None]);
}

/// `printf 000102…1e1f | xxd -r -p | openssl dgst -sha256`, with all 32 bytes written out.
#[test]
fn hashes_of_seeds_are_golden() {
    let hash = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";
    assert_eq!(seed().hash().to_string(), hash);
    let hash = "af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051";
    assert_eq!(other_seed().hash().to_string(), hash);
}

/// Rule 1. The result is the first bit of the HMAC: its first hex digit is 0 to 7 for side A, 8 to f for side B.
///
/// ```sh
/// A=c6d110f3-7eb3-8322-875b-644f690fa954 B=51c21350-e08e-8c4f-8123-7cd017d7e3e3
/// SEED=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f # or 64 times f
/// printf 'match\n0820039d-26b6-8139-91b0-9302aa2376d7\n%s\n%s' $A $B |
///     openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED # c0c4…, or 1311…
/// ```
#[test]
fn draws_of_matches_by_their_ids_are_golden() {
    let old = Match { nonce_a: None, nonce_b: None, ..golden_match() };
    for bet_match in [golden_match(), old] {
        assert_eq!(draw_match(DrawRule::Ids, &seed(), &bet_match), Side::B);
        assert_eq!(draw_match(DrawRule::Ids, &other_seed(), &bet_match), Side::A);
    }
}

/// Rule 2: the same with two more lines. A missing nonce gives an empty line.
///
/// ```sh
/// NA=202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f # or nothing
/// NB=404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f # or nothing
/// printf 'match\n0820039d-26b6-8139-91b0-9302aa2376d7\n%s\n%s\n%s\n%s' $A $B "$NA" "$NB" |
///     openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED
/// ```
#[test]
fn draws_of_matches_by_their_nonces_are_golden() {
    let (a, b) = (Some(nonce(Side::A)), Some(nonce(Side::B)));
    #[rustfmt::skip]
    let table = [
        // nonces                    by the seed         by 64 times f
        ((a.clone(), b.clone()),     (Side::A, "7f7d…"), (Side::B, "f7ea…")),
        ((b.clone(), a.clone()),     (Side::B, "931e…"), (Side::B, "b708…")),
        ((None,      b),             (Side::A, "0ca9…"), (Side::B, "b86c…")),
        ((a,         None),          (Side::B, "b85a…"), (Side::A, "6abc…")),
        ((None,      None),          (Side::A, "0816…"), (Side::B, "e2d2…")),
    ];
    for ((nonce_a, nonce_b), by_seed, by_other) in table {
        let bet_match = Match { nonce_a, nonce_b, ..golden_match() };
        for (seed, (winner, hmac)) in [(seed(), by_seed), (other_seed(), by_other)] {
            assert_eq!(draw_match(DrawRule::Nonces, &seed, &bet_match), winner, "{hmac}");
        }
    }
}

/// `printf 'round\nround-2024-01-01' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED`: its first hex digit is 0
/// to 7 for side A, 8 to f for side B.
#[test]
fn draws_of_rounds_are_golden() {
    #[rustfmt::skip]
    let table = [
        (ROUND,              Side::B), // c94e…
        ("round-2024-01-02", Side::B), // c1b1…
        ("round-2024-01-03", Side::B), // d56d…
        ("round-2024-01-06", Side::A), // 07ef…
        ("round-2024-01-07", Side::B), // dca5…
        ("round-2024-01-08", Side::A), // 6c6e…
    ];
    for (round, winner) in table {
        assert_eq!(draw_round(&seed(), &round_id(round)), winner, "{round}");
    }
}

#[test]
fn a_seed_comes_back_from_what_it_reveals_and_is_not_printed() {
    let revealed = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    assert_eq!(seed().reveal(), revealed);
    assert_eq!(revealed.parse::<Seed>().unwrap(), seed());
    assert_eq!(format!("{:?}", seed()), "Seed(secret)");
    assert!("00".parse::<Seed>().is_err());
}

/// Checks the wins of side A in 10,000 draws. The expected number is 5,000, and 300 off is six standard deviations.
fn assert_fair(wins: usize, what: &str) {
    assert!((4_700..=5_300).contains(&wins), "{wins} of 10,000 are for side A when {what} changes");
}

fn nonces() -> impl Iterator<Item = Option<Nonce>> {
    (0..10_000_u32).map(|number| {
        let mut bytes = [0; 32];
        bytes[28..].copy_from_slice(&number.to_be_bytes());
        Some(Nonce::from_bytes(bytes))
    })
}

#[test]
fn draws_of_matches_are_fair_whatever_changes() {
    let usual = golden_match();
    let ids = || (0..10_000).map(|number| bet_id(7, &number.to_string()));
    let wins = |rule, matches: &mut dyn Iterator<Item = Match>| {
        matches.filter(|bet_match| draw_match(rule, &seed(), bet_match) == Side::A).count()
    };
    for rule in DrawRule::ALL {
        assert_fair(wins(rule, &mut ids().map(|bet_a| Match { bet_a, ..usual.clone() })), "the bet on A");
        assert_fair(wins(rule, &mut ids().map(|bet_b| Match { bet_b, ..usual.clone() })), "the bet on B");
        let by_id = |bet| Match { id: MatchId::derive(bet, usual.bet_b), ..usual.clone() };
        assert_fair(wins(rule, &mut ids().map(by_id)), "the id");
    }
    let rule = DrawRule::Nonces;
    assert_fair(
        wins(rule, &mut nonces().map(|nonce_a| Match { nonce_a, ..usual.clone() })),
        "the nonce on A",
    );
    assert_fair(
        wins(rule, &mut nonces().map(|nonce_b| Match { nonce_b, ..usual.clone() })),
        "the nonce on B",
    );
}

/// Player 7 knows the seed and the bet on side B. Under rule 1 they search for an idempotency key that wins, and always
/// find one. Under rule 2 they find one for the nonce that they assume, but the server draws another. The expected
/// number is 1,000 wins in 2,000 draws, and 134 off is six standard deviations.
#[test]
fn a_reader_of_the_seed_chooses_no_outcome() {
    let mut wins = [0; 2];
    for (number, nonce_a) in nonces().take(2_000).enumerate() {
        let waiting = bet_id(8, &number.to_string());
        for (rule, wins) in DrawRule::ALL.into_iter().zip(&mut wins) {
            let mut keys = (0..).map(|key| match_of(bet_id(7, &format!("{number}-{key}")), waiting));
            let chosen = keys.find(|bet_match| draw_match(rule, &seed(), bet_match) == Side::A);
            let placed = Match { nonce_a: nonce_a.clone(), ..chosen.expect("every other one wins") };
            *wins += usize::from(draw_match(rule, &seed(), &placed) == Side::A);
        }
    }
    assert_eq!(wins[0], 2_000, "by rule 1 every match is won");
    assert!((866..=1_134).contains(&wins[1]), "{} of 2,000 are won by rule 2", wins[1]);
}

#[test]
fn draws_of_rounds_are_fair_whatever_changes() {
    let rounds = (0..10_000).map(|number| round_id(&format!("round-{number}")));
    assert_fair(rounds.filter(|round| draw_round(&seed(), round) == Side::A).count(), "the round");
    let seeds = (0..10_000_u32).map(|number| {
        let mut bytes = [0; 32];
        bytes[28..].copy_from_slice(&number.to_be_bytes());
        Seed::from_bytes(bytes)
    });
    assert_fair(seeds.filter(|seed| draw_round(seed, &round_id(ROUND)) == Side::A).count(), "the seed");
}

#[test]
fn a_draw_of_a_match_does_not_depend_on_money_or_time() {
    let usual = golden_match();
    let other =
        Match { amount: crate::common::amount("77"), joined_at: crate::common::second(99), ..usual.clone() };
    for rule in DrawRule::ALL {
        assert_eq!(draw_match(rule, &seed(), &usual), draw_match(rule, &seed(), &other));
    }
}
