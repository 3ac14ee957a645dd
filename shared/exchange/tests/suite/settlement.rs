//! Settling and voiding matches.

use crate::common::{ROUND, amount, bet_match, outcome, second, user, wallet};
use evens_exchange::{Match, MatchState, Settlement, Side, Void, settle, void_match, winner};
use evens_ledger::{BalanceTooLarge, EntryKind, SystemAccount, Wallet};

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
    let Settlement { bet_match, outcome, payout, wallet, entry, commission } =
        settle(&drawn, won, &wallet(2, "1"), second(3)).unwrap();
    assert_eq!(commission, None, "a bet without a commission has no entry for it");
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

/// The winner's bet decides, and the rate of the other bet has no effect.
#[test]
fn the_commission_is_the_rate_of_the_winning_bet_on_its_net_winnings_rounded_down() {
    #[rustfmt::skip]
    let table = [
        // matched     rate of A  rate of B  winner's balance  commission     afterwards
        ("100",        "0",       "0.1",     "0",              "0",           "200"),
        ("100",        "0.025",   "0.1",     "0",              "2.5",         "197.5"),
        ("100",        "0.1",     "0",       "7",              "10",          "197"),
        ("100",        "0.0001",  "0",       "0",              "0.01",        "199.99"),
        ("0.00000019", "0.1",     "0",       "0",              "0.00000001",  "0.00000037"),
        ("0.00000009", "0.1",     "0",       "0",              "0",           "0.00000018"),
        ("0.33333333", "0.0333",  "0",       "0",              "0.01109999",  "0.65556667"),
        ("1e12",       "0.1",     "0",       "0",              "1e11",        "1.9e12"),
    ];
    for (matched, rate_a, rate_b, balance, commission, after) in table {
        for side in Side::ALL {
            let (rate, other) = (rate_a.parse().expect("a rate"), rate_b.parse().expect("a rate"));
            let (commission_a, commission_b) = match side {
                Side::A => (rate, other),
                Side::B => (other, rate),
            };
            let drawn = bet_match(matched, MatchState::Drawn(outcome(side)));
            let drawn = Match { commission_a, commission_b, ..drawn };
            let before = wallet(winner(&drawn, outcome(side)).number(), balance);
            let settled = settle(&drawn, outcome(side), &before, second(3)).expect("fits");
            assert_eq!(settled.commission_paid(), amount(commission), "{matched} at {rate}");
            assert_eq!(settled.wallet.balance, amount(after), "{matched} at {rate}");
            assert_eq!(settled.received().units(), amount(after).units() - amount(balance).units());
        }
    }
}

#[test]
fn a_commission_is_an_entry_of_its_own() {
    let won = outcome(Side::A);
    let drawn = bet_match("10", MatchState::Drawn(won));
    let drawn = Match { commission_a: "0.05".parse().unwrap(), ..drawn };
    let settled = settle(&drawn, won, &wallet(1, "1"), second(3)).unwrap();
    let commission = settled.commission.clone().unwrap();
    assert_eq!(commission.key.to_string(), format!("COMMISSION:{}:1", drawn.id));
    assert_eq!((commission.kind, commission.amount), (EntryKind::Debit, amount("0.5")));
    assert_eq!(commission.account, SystemAccount::Revenue);
    assert_eq!((commission.reference.clone(), commission.at), (drawn.id.to_string(), second(3)));
    assert_eq!((settled.payout, settled.received()), (amount("20"), amount("19.5")));
    assert_eq!(settled.entries(), [settled.entry.clone(), commission.clone()]);
    let explained = wallet(1, "1").follow(&settled.entry).unwrap().follow(&commission).unwrap();
    assert_eq!(settled.wallet, Wallet { newest: settled.entries(), ..explained });
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
