//! Findings of the check of the newest entries, and of that of the history. `common::check` runs both over all sound
//! books of the other tests.

use crate::common::case::{Case, case, game};
use crate::common::moved::{check_history, check_moved};
use crate::common::{amount, user};
use evens_ledger::{Digest, EntryKey, EntryPurpose, SystemAccount};

/// The invariants that the last three entries of each wallet violate, in order.
fn offended(corrupt: impl FnOnce(&mut Case)) -> String {
    let mut case = case();
    corrupt(&mut case);
    let report = check_moved(&case.story.items(), 3);
    let mut names: Vec<_> = report.violations().iter().map(|found| found.invariant.name()).collect();
    names.dedup();
    names.join(" ")
}

type Corruption = (&'static str, fn(&mut Case), &'static str);

#[test]
fn the_newest_entries_are_compared_with_their_wallet_and_their_records() {
    #[rustfmt::skip]
    let table: [Corruption; 19] = [
        ("nothing", |_| {}, ""),
        ("a balance", |case| case.wallet(1).balance = amount("1000"), "M4"),
        ("a bonus that no entry moved", |case| case.wallet(4).bonus = amount("1"), ""),
        ("the hash of a wallet", |case| case.wallet(1).head = Digest::ZERO, "M4"),
        ("the newest entry is gone", |case| { case.story.entries.pop(); }, "M3 M4"),
        ("an old entry is gone", |case| case.drop_entry("FUND:"), ""),
        ("an amount, chained again", |case| {
            let entry = case.story.entries.iter_mut().rev().find(|entry| entry.key.as_str().starts_with("BET:"));
            let entry = entry.expect("a stake");
            entry.amount = amount("0.5");
            let player = entry.user.number();
            case.story.chain_again(player);
        }, "M3"),
        ("a hash before", |case| {
            case.story.entries.last_mut().expect("an entry").previous_hash = Digest::ZERO;
        }, "M4"),
        ("a gift that nothing explains", |case| {
            case.pay(4, EntryKey::from_stored("GIFT:1".to_owned()), "1000000", SystemAccount::House);
        }, "M3"),
        ("a refund is paid to somebody else", |case| {
            let key = EntryKey::new(EntryPurpose::Refund, &[&case.refunded]);
            case.pay(3, key, "5", game());
        }, "M3"),
        ("the loser is paid, too", |case| {
            let found = case.a_match(case.charged).clone();
            let loser = found.user(found.state.outcome().expect("settled").winner.opposite());
            let key = EntryKey::new(EntryPurpose::Settle, &[&case.charged, &loser]);
            case.pay(loser.number(), key, "4", SystemAccount::Stakes("fee".to_owned()));
        }, "M3"),
        ("a match that is gone", |case| { case.story.matches.remove(&case.charged); }, "M3"),
        ("a bet that is gone", |case| { case.story.bets.remove(&case.charged_bet); }, "M3"),
        ("the winner of a drawn match", |case| {
            let found = case.a_match(case.charged);
            let outcome = found.state.outcome().expect("settled");
            let winner = outcome.winner.opposite();
            found.state = evens_exchange::MatchState::Settled(evens_exchange::Outcome { winner, ..outcome });
        }, "M3 M7"),
        ("a balance that was raised before the newest entries", |case| {
            case.wallet(4).balance = amount("1000");
            case.pay(4, EntryKey::new(EntryPurpose::Fund, &[&"none"]), "1", SystemAccount::House);
        }, "M3 M4"),
        ("a match for more than the stakes of its bets", |case| {
            let coins = amount("1000");
            case.a_match(case.charged).amount = coins;
            let winner = case.a_match(case.charged).state.outcome().expect("settled").winner;
            let player = case.a_match(case.charged).user(winner).number();
            let is_payout = |entry: &&mut evens_ledger::Entry| {
                entry.user.number() == player && entry.key.as_str().starts_with("SETTLE:")
            };
            let entry = case.story.entries.iter_mut().rev().find(is_payout).expect("a payout");
            entry.amount = amount("2000");
            case.story.chain_again(player);
        }, "M3"),
        ("a match of another bet", |case| case.a_match(case.charged).bet_a = case.refunded, "M3 M7"),
        ("an old bonus", |case| { case.story.sign_ups.remove(&user(1_004)); }, ""),
        ("a line of the audit log", |case| {
            case.story.audit_lines.last_mut().expect("a line").act.reason = "other".to_owned();
        }, "LOG"),
    ];
    for (name, corrupt, expected) in table {
        assert_eq!(offended(corrupt), expected, "{name}");
    }
}

#[test]
fn a_refund_is_compared_with_its_bet() {
    let mut case = case();
    case.story.bets.get_mut(&case.refunded).expect("a bet").refunded = amount("4");
    let report = check_moved(&case.story.items(), usize::MAX);
    let sentences: Vec<_> = report.violations().iter().map(|found| found.sentence.as_str()).collect();
    let [sentence] = sentences[..] else { panic!("{sentences:?}") };
    assert!(sentence.ends_with("moves 5, but the bet says 4 refunded."), "{sentence}");
}

/// The invariants that ledgers violate which are checked as a whole, or in parts.
fn offended_in_history(corrupt: fn(&mut Case), entries_max: usize) -> String {
    let mut case = case();
    corrupt(&mut case);
    let report = check_history(&case.story.items(), entries_max);
    let mut names: Vec<_> = report.violations().iter().map(|found| found.invariant.name()).collect();
    names.dedup();
    names.join(" ")
}

/// Removes the newest entry of a purpose, as if it had never been posted.
fn forget(case: &mut Case, purpose: &str) {
    let is_it = |entry: &evens_ledger::Entry| entry.key.as_str().starts_with(purpose);
    let at = case.story.entries.iter().rposition(is_it).expect("an entry");
    let player = case.story.entries.remove(at).user.number();
    case.story.chain_again(player);
}

#[test]
fn the_records_of_a_player_are_compared_with_the_whole_ledger() {
    type Row = (&'static str, fn(&mut Case), &'static str, &'static str);
    #[rustfmt::skip]
    let table: [Row; 10] = [
        ("nothing", |_| {}, "", ""),
        ("an old entry is gone", |case| case.drop_entry("FUND:"), "M4", "M4"),
        ("an old bonus", |case| { case.story.sign_ups.remove(&user(1_004)); }, "M3", "M3"),
        // The commission of the match stays, and the balances that later bets say are others.
        ("a payout that was not made", |case| forget(case, "SETTLE:"), "M3 M5", "M3"),
        ("a stake that was not taken", |case| forget(case, "BET:"), "M3", ""),
        ("a returned stake that was not paid", |case| forget(case, "VOID:"), "M3 M5", "M3"),
        ("a refund that was not made", |case| forget(case, "REFUND:"), "M3 M5", "M3"),
        ("a bet says that it was paid more", |case| {
            let bet = case.charged_bet;
            case.story.bets.get_mut(&bet).expect("a bet").paid = amount("1000");
        }, "M5", ""),
        ("a bet says that it owed another commission", |case| {
            let bet = case.charged_bet;
            case.story.bets.get_mut(&bet).expect("a bet").commission_paid = amount("3");
        }, "M5", ""),
        ("a bet says that less was refunded", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("a bet").refunded = amount("4");
        }, "M3 M5", "M3"),
    ];
    for (name, corrupt, whole, in_parts) in table {
        assert_eq!(offended_in_history(corrupt, usize::MAX), whole, "{name}");
        assert_eq!(offended_in_history(corrupt, 1), in_parts, "{name}, in parts");
    }
}
