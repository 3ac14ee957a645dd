//! Settling and voiding matches.

use crate::common::{ROUND, amount, bet_match, outcome, second, user, wallet};
use evens_exchange::{MatchState, Settlement, Side, Void, settle, void_match, winner};
use evens_ledger::{BalanceTooLarge, EntryKind, SystemAccount};

const LARGEST: &str = "99999999999999999999.99999999";

#[test]
fn the_winner_is_paid_twice_the_matched_amount() {
    #[rustfmt::skip]
    let table = [
        // matched       winner's balance              afterwards
        ("10",           "0",                          Some("20")),
        ("100.5",        "399.5",                      Some("600.5")),
        ("0.00000001",   "1",                          Some("1.00000002")),
        ("1e12",         "0",                          Some("2e12")),
        ("1e12",         "99999997999999999999.99999999", Some("99999999999999999999.99999999")),
        ("1e12",         LARGEST,                      None),
    ];
    for (matched, balance, expected) in table {
        for side in Side::ALL {
            let drawn = bet_match(matched, MatchState::Drawn(outcome(side)));
            let before = wallet(winner(&drawn, outcome(side)).number(), balance);
            let settled = settle(&drawn, outcome(side), &before, second(3));
            let after = settled.map(|settlement| settlement.wallet.balance);
            assert_eq!(after, expected.map(amount).ok_or(BalanceTooLarge), "{matched} to {balance}");
        }
    }
}

#[test]
fn a_settlement_is_written_whole() {
    let won = outcome(Side::B);
    let drawn = bet_match("10", MatchState::Drawn(won));
    assert_eq!(winner(&drawn, won), user(2));
    let Settlement { bet_match, outcome, payout, wallet, entry } =
        settle(&drawn, won, &wallet(2, "1"), second(3)).unwrap();
    assert_eq!((&bet_match, outcome, payout), (&drawn, won, amount("20")));
    assert_eq!(entry.key.to_string(), format!("SETTLE:{}:2", drawn.id));
    assert_eq!((entry.kind, entry.units_signed()), (EntryKind::Credit, 2_000_000_000));
    assert_eq!(entry.account, SystemAccount::Stakes(ROUND.to_owned()));
    assert_eq!((entry.reference.clone(), entry.at), (drawn.id.to_string(), second(3)));
    assert_eq!(
        (wallet.user, wallet.balance, wallet.version, wallet.head),
        (user(2), amount("21"), 1, entry.hash)
    );
}

#[test]
#[should_panic(expected = "M8NobodyElses")]
fn the_loser_is_never_paid() {
    let won = outcome(Side::B);
    let _ = settle(&bet_match("10", MatchState::Drawn(won)), won, &wallet(1, "1"), second(3));
}

#[test]
fn only_a_match_that_has_not_ended_is_voided() {
    let won = outcome(Side::A);
    #[rustfmt::skip]
    let table = [
        (MatchState::Joined,       "JOINED",  false, None,      true),
        (MatchState::Drawn(won),   "DRAWN",   false, Some(won), true),
        (MatchState::Settled(won), "SETTLED", true,  Some(won), false),
        (MatchState::Void,         "VOID",    true,  None,      false),
    ];
    for (state, name, is_final, drawn, is_voided) in table {
        assert_eq!((state.as_str(), state.is_final(), state.outcome()), (name, is_final, drawn));
        let void = void_match(&bet_match("10", state), &wallet(1, "0"), &wallet(2, "0"), second(3)).unwrap();
        assert_eq!(void.is_some(), is_voided, "{name}");
    }
}

#[test]
fn a_void_gives_each_stake_back_once() {
    let joined = bet_match("10", MatchState::Joined);
    let void = void_match(&joined, &wallet(1, "1"), &wallet(2, "2"), second(3)).unwrap();
    let Void { bet_match, a, b } = void.expect("it has not ended");
    assert_eq!(bet_match, joined);
    for ((wallet, entry), player, balance) in [(a, 1, "11"), (b, 2, "12")] {
        assert_eq!(entry.key.to_string(), format!("VOID:{}:{player}", joined.id));
        assert_eq!((entry.kind, entry.units_signed()), (EntryKind::Refund, 1_000_000_000));
        assert_eq!(entry.account, SystemAccount::Stakes(ROUND.to_owned()));
        assert_eq!((entry.reference.clone(), entry.at), (joined.id.to_string(), second(3)));
        assert_eq!((wallet.user, wallet.balance, wallet.head), (user(player), amount(balance), entry.hash));
    }
}

#[test]
fn a_void_needs_room_in_both_wallets() {
    let joined = bet_match("10", MatchState::Joined);
    let void = |a, b| void_match(&joined, &wallet(1, a), &wallet(2, b), second(3)).map(|void| void.is_some());
    assert_eq!(void("0", "0"), Ok(true));
    assert_eq!(void(LARGEST, "0"), Err(BalanceTooLarge));
    assert_eq!(void("0", LARGEST), Err(BalanceTooLarge));
}
