//! Draws (M7): golden ones that anyone can recompute, and that they are fair and depend on everything they name.

#![cfg(test)]

mod common;

use common::{ROUND, bet_id, bet_match, other_seed, round_id, seed};
use evens_exchange::{Match, MatchId, MatchState, Seed, Side, draw_match, draw_round};

fn golden_match() -> Match {
    let (bet_a, bet_b) = (bet_id(42, "key-1"), bet_id(43, "key-1"));
    Match { id: MatchId::derive(bet_a, bet_b), bet_a, bet_b, ..bet_match("1", MatchState::Joined) }
}

/// `printf 000102…1e1f | xxd -r -p | openssl dgst -sha256`, all 32 bytes written out.
#[test]
fn hashes_of_seeds_are_golden() {
    let hash = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";
    assert_eq!(seed().hash().to_string(), hash);
    let hash = "af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051";
    assert_eq!(other_seed().hash().to_string(), hash);
}

/// The bit is the first of the HMAC: its first digit is 0 to 7 for A, 8 to f for B.
///
/// ```sh
/// A=c6d110f3-7eb3-8322-875b-644f690fa954 B=51c21350-e08e-8c4f-8123-7cd017d7e3e3
/// SEED=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f # or 64 times f
/// printf 'match\n0820039d-26b6-8139-91b0-9302aa2376d7\n%s\n%s' $A $B |
///     openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED # c0c4…, or 1311…
/// ```
#[test]
fn draws_of_matches_are_golden() {
    assert_eq!(draw_match(&seed(), &golden_match()), Side::B);
    assert_eq!(draw_match(&other_seed(), &golden_match()), Side::A);
}

/// `printf 'round\nround-2024-01-01' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED`: its first digit is 0 to 7
/// for A, 8 to f for B.
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

/// How often side A wins in 10,000 draws; 5,000 are expected, and 300 off is six standard deviations.
fn assert_fair(wins: usize, what: &str) {
    assert!((4_700..=5_300).contains(&wins), "{wins} of 10,000 are for side A when {what} changes");
}

#[test]
fn draws_of_matches_are_fair_whatever_changes() {
    let usual = golden_match();
    let ids = || (0..10_000).map(|number| bet_id(7, &number.to_string()));
    let wins = |matches: &mut dyn Iterator<Item = Match>| {
        matches.filter(|bet_match| draw_match(&seed(), bet_match) == Side::A).count()
    };
    assert_fair(wins(&mut ids().map(|bet_a| Match { bet_a, ..usual.clone() })), "the bet on A");
    assert_fair(wins(&mut ids().map(|bet_b| Match { bet_b, ..usual.clone() })), "the bet on B");
    let by_id = |bet| Match { id: MatchId::derive(bet, usual.bet_b), ..usual.clone() };
    assert_fair(wins(&mut ids().map(by_id)), "the id");
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
    let other = Match { amount: common::amount("77"), joined_at: common::second(99), ..usual.clone() };
    assert_eq!(draw_match(&seed(), &usual), draw_match(&seed(), &other));
}
