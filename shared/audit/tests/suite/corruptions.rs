//! One corruption per row and exactly the invariants that it violates: money, bets, matches and rounds.
//!
//! A changed amount often violates several invariants. Each row lists all of them.

use crate::common::case::{chain_again, check, game};
use crate::common::{amount, round_id, second, signed, user};
use evens_audit::CLOCK_TOLERANCE;
use evens_audit_log::Action;
use evens_draws::{Nonce, Seed};
use evens_exchange::{CommissionRate, Draw, MatchState, OracleKey, Outcome, RoundState, Side};
use evens_ledger::{Amount, Digest, EntryKey, EntryKind, EntryPurpose, SystemAccount, Transfer, Wallet};
use evens_records::Record;
use jiff::SignedDuration;

#[test]
#[rustfmt::skip]
fn of_entries() {
    check(&[
        ("an amount is changed", |case| case.entry("BET:").amount = amount("14"), "M1 M2 M3 M4"),
        ("an amount is changed with balance and hash", |case| {
            let entry = case.entry("BET:");
            entry.amount = amount("14");
            entry.balance_after = amount("86");
            entry.hash = entry.computed_hash();
        }, "M1 M3 M4"),
        ("the newest entry is dropped", |case| { case.story.entries.pop(); }, "M1 M3 M4"),
        ("an entry in the middle is dropped", |case| case.drop_entry("SETTLE:"), "M1 M3 M4"),
        ("a funding's entry is dropped", |case| case.drop_entry("FUND:"), "M1 M3 M4"),
        ("a hash is changed", |case| case.entry("VOID:").hash = Digest::ZERO, "M4"),
        ("the hash before is changed", |case| case.entry("VOID:").previous_hash = Digest::ZERO, "M4"),
        ("a reference is changed", |case| "other".clone_into(&mut case.entry("VOID:").reference), "M3 M4"),
        ("a reference does not follow from its key, in a chain without fault", |case| {
            case.entry("SETTLE:").reference = case.refunded.to_string();
            let winner = case.entry("SETTLE:").user.number();
            chain_again(case, winner);
        }, "M3"),
        ("a time is changed", |case| case.entry("VOID:").at = second(0), "M4"),
        ("an account is changed", |case| case.entry("VOID:").account = SystemAccount::House, "M1 M3 M4"),
        ("a number is changed", |case| case.entry("SETTLE:").number += 100, "M4"),
        ("a number is given twice", |case| case.entry("SETTLE:").number = 1, "M4"),
        ("a debit becomes a credit", |case| case.entry("BET:").kind = EntryKind::Credit, "M1 M2 M3 M4"),
        ("a key is used again", |case| {
            let key = case.entry("FUND:").key.clone();
            case.pay(2, key, "5", SystemAccount::House);
        }, "M3"),
        ("a refund is paid again", |case| {
            let key = EntryKey::new(EntryPurpose::Refund, &[&case.refunded]);
            case.pay(1, key, "5", game());
        }, "M1 M3"),
        ("a refund is paid to somebody else", |case| {
            let key = EntryKey::new(EntryPurpose::Refund, &[&case.refunded]);
            case.story.entries.iter_mut().find(|entry| entry.key == key).expect("refunded").key =
                EntryKey::new(EntryPurpose::Payout, &[&"x"]);
            case.pay(3, key, "5", SystemAccount::House);
        }, "M3 M4"),
        ("the loser is paid, too", |case| {
            let winner = case.a_match(case.settled).state.outcome().expect("settled").winner;
            let loser = case.a_match(case.settled).user(winner.opposite());
            let key = EntryKey::new(EntryPurpose::Settle, &[&case.settled, &loser]);
            case.pay(loser.number(), key, "20", game());
        }, "M1 M3"),
        ("a settled match is voided, too", |case| {
            let key = EntryKey::new(EntryPurpose::Void, &[&case.settled, &user(1)]);
            case.pay(1, key, "10", game());
        }, "M1 M3"),
        ("a void match is settled, too", |case| {
            let key = EntryKey::new(EntryPurpose::Settle, &[&case.void, &user(3)]);
            case.pay(3, key, "14", SystemAccount::Stakes("void".to_owned()));
        }, "M1 M3"),
        ("a payout out of nothing comes from the stakes", |case| {
            case.pay(4, EntryKey::new(EntryPurpose::Payout, &[&"x"]), "1", game());
        }, "M1 M3"),
        ("a gift of the house that nothing explains", |case| {
            case.pay(4, EntryKey::from_stored("GIFT:1".to_owned()), "1000000", SystemAccount::House);
        }, "M3"),
        ("a stake that belongs to no bet", |case| {
            let key = EntryKey::new(EntryPurpose::Bet, &[&case.settled]);
            case.pay(4, key, "1", SystemAccount::House);
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_commissions() {
    check(&[
        ("a commission is dropped", |case| case.drop_entry("COMMISSION:"), "M1 M3 M4"),
        ("a commission is smaller, in a chain without fault", |case| {
            let entry = case.entry("COMMISSION:");
            entry.amount = amount("0.09");
            let winner = entry.user.number();
            chain_again(case, winner);
        }, "M3"),
        ("a commission goes to another account, in a chain without fault", |case| {
            let entry = case.entry("COMMISSION:");
            entry.account = SystemAccount::House;
            let winner = entry.user.number();
            chain_again(case, winner);
        }, "M3"),
        ("a commission refers to something else, in a chain without fault", |case| {
            let other = case.refunded.to_string();
            let entry = case.entry("COMMISSION:");
            entry.reference = other;
            let winner = entry.user.number();
            chain_again(case, winner);
        }, "M3"),
        ("a match without a rate has a commission", |case| {
            let winner = case.a_match(case.settled).state.outcome().expect("settled").winner;
            let winner = case.a_match(case.settled).user(winner);
            let key = EntryKey::new(EntryPurpose::Commission, &[&case.settled, &winner]);
            case.pay(winner.number(), key, "1", SystemAccount::Revenue);
        }, "M3"),
        ("a void match has a commission", |case| {
            let key = EntryKey::new(EntryPurpose::Commission, &[&case.void, &user(3)]);
            case.pay(3, key, "0.7", SystemAccount::Revenue);
        }, "M3"),
        ("a bet says more commission", |case| {
            let bet = case.charged_bet;
            case.story.bets.get_mut(&bet).expect("placed").commission_paid = amount("0.2");
        }, "M5"),
        ("a bet says another rate", |case| {
            let bet = case.charged_bet;
            case.story.bets.get_mut(&bet).expect("placed").commission = "0.06".parse().expect("a rate");
        }, "M3 M5"),
        ("a bet says no rate", |case| {
            let bet = case.charged_bet;
            case.story.bets.get_mut(&bet).expect("placed").commission = CommissionRate::NONE;
        }, "M3 M5"),
        ("a match says another rate", |case| {
            let found = case.a_match(case.charged);
            (found.commission_a, found.commission_b) = (CommissionRate::NONE, CommissionRate::NONE);
        }, "M5"),
        ("a round says another rate", |case| case.round("fee").commission = "0.01".parse().expect("a rate"), "M5"),
    ]);
}

fn transfer(key: &str, from: SystemAccount, coins: &str) -> Record {
    let (key, reference) = (EntryKey::from_stored(key.to_owned()), "order-1".to_owned());
    Record::Transfer(Transfer {
        key,
        from,
        to: SystemAccount::Bank,
        amount: amount(coins),
        reference,
        at: second(9),
    })
}

#[test]
#[rustfmt::skip]
fn of_transfers() {
    check(&[
        ("nothing explains it", |case| case.twice = Some(transfer("FEE:p:day", SystemAccount::House, "1")), "M3"),
        ("it moves nothing", |case| case.twice = Some(transfer("FEE:p:day", SystemAccount::House, "0")), "M1 M3"),
        ("it leads back", |case| case.twice = Some(transfer("FEE:p:day", SystemAccount::Bank, "1")), "M1 M3"),
        ("it touches stakes", |case| {
            case.twice = Some(transfer("FEE:p:day", SystemAccount::Stakes("game".to_owned()), "1"));
        }, "M1 M3"),
        ("its key is an entry's", |case| {
            let key = case.entry("FUND:").key.to_string();
            case.twice = Some(transfer(&key, SystemAccount::House, "1"));
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_wallets_and_fundings() {
    check(&[
        ("a balance is changed", |case| case.wallet(1).balance = amount("1000"), "M1 M4"),
        ("a locked amount is changed", |case| case.wallet(1).locked = amount("1"), "M2"),
        ("a version is changed", |case| case.wallet(1).version += 1, "M4"),
        ("a head is changed", |case| case.wallet(1).head = Digest::ZERO, "M4"),
        ("a wallet is dropped", |case| { case.story.wallets.remove(&user(1)); }, "M1 M4"),
        ("a wallet appears", |case| {
            let wallet = Wallet { balance: amount("5"), version: 1, ..Wallet::empty(user(9)) };
            case.story.wallets.insert(user(9), wallet);
        }, "M1 M4"),
        ("an empty wallet appears", |case| {
            case.story.wallets.insert(user(9), Wallet::empty(user(9)));
        }, ""),
        ("a funding is dropped", |case| { case.story.fundings.pop(); }, "M3"),
        ("a funding is of another order", |case| case.story.fundings[0].order = "order-9".to_owned(), "M3"),
        ("a funding is of another user", |case| case.story.fundings[0].user = user(2), "M3"),
        ("a funding is larger", |case| case.story.fundings[0].amount = amount("101"), "M3"),
        ("a funding names another entry", |case| case.story.fundings[0].entry = 2, "M3"),
        ("a funding is there twice", |case| {
            case.twice = Some(Record::Funding(case.story.fundings[0].clone()));
        }, "M3"),
        ("an account is there twice", |case| {
            case.twice = Some(Record::Account(case.story.sign_ups[&user(1)].clone()));
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_bets_and_the_book() {
    check(&[
        ("a stake at risk disappears: the bet says settled, nobody was paid", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.remove(&bet);
            let bet = case.story.bets.get_mut(&bet).expect("placed");
            bet.settled = amount("2");
        }, "M1 M2 M5"),
        ("an unmatched bet disappears", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.remove(&bet);
        }, "M5 M6"),
        ("an unmatched bet is larger than the bet", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.get_mut(&bet).expect("waits").open = amount("3");
        }, "M5 M6"),
        ("an unmatched bet is on the other side", |case| {
            case.story.open("late", "match");
            let bet = case.story.place(1, "late", Side::A, "2").expect("has it");
            case.story.waiting.get_mut(&bet).expect("waits").side = Side::B;
        }, "M5 M6"),
        ("a bet is there twice, with one entry", |case| {
            let bet = case.story.bets[&case.refunded].clone();
            case.twice = Some(Record::Bet(bet));
        }, "M3"),
        ("a bet is left to wait", |case| {
            case.story.open("late", "match");
            case.story.place(1, "late", Side::A, "2");
        }, "M6"),
        ("a bet is dropped", |case| { let bet = case.refunded; case.story.bets.remove(&bet); }, "M3 M5"),
        ("a bet says more refunded", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").refunded = amount("6");
        }, "M1 M2 M5 M6"),
        ("a bet says more paid", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").paid = amount("100");
        }, "M5"),
        ("a bet says another balance", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").balance_after = Amount::ZERO;
        }, "M3"),
        ("a bet is of another user", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").user = user(3);
        }, "M3 M5"),
        ("a bet was placed after its round had closed", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").placed_at = second(1_000);
        }, "M7"),
        ("a bet was placed before its round had opened", |case| {
            let bet = case.refunded;
            case.story.bets.get_mut(&bet).expect("placed").placed_at = second(-1_000);
        }, "M7"),
        ("a bet was placed a moment after its round had closed", |case| {
            let bet = case.refunded;
            let RoundState::Closed { closed_at, .. } = case.round("game").state else { panic!("closed") };
            let late = closed_at.checked_add(CLOCK_TOLERANCE).expect("a time");
            case.story.bets.get_mut(&bet).expect("placed").placed_at = late;
        }, ""),
        ("a bet was placed 11 s after its round had closed", |case| {
            let bet = case.refunded;
            let RoundState::Closed { closed_at, .. } = case.round("game").state else { panic!("closed") };
            let late = closed_at.checked_add(SignedDuration::from_secs(11)).expect("a time");
            case.story.bets.get_mut(&bet).expect("placed").placed_at = late;
        }, "M7"),
        ("a bet has the fingerprint of another", |case| {
            let bet = case.refunded;
            let other = case.story.bets.values().find(|other| other.id != bet).expect("another").fingerprint;
            case.story.bets.get_mut(&bet).expect("placed").fingerprint = other;
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_matches() {
    check(&[
        ("the winners are swapped", |case| {
            let bet_match = case.a_match(case.settled);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Settled(Outcome { winner: outcome.winner.opposite(), ..outcome });
        }, "M3 M5 M7"),
        ("the winners of a round's draw are swapped", |case| {
            let bet_match = case.a_match(case.coin);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Settled(Outcome { winner: outcome.winner.opposite(), ..outcome });
        }, "M3 M5 M7"),
        ("a settled match is drawn again", |case| {
            let bet_match = case.a_match(case.settled);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Drawn(outcome);
        }, "M3 M5 M6"),
        ("a void match is joined again", |case| case.a_match(case.void).state = MatchState::Joined, "M3 M5 M6"),
        ("a match is dropped", |case| { let id = case.settled; case.story.matches.remove(&id); }, "M3 M5"),
        ("an amount is changed", |case| case.a_match(case.settled).amount = amount("9"), "M3 M5"),
        ("an amount is nothing", |case| case.a_match(case.void).amount = Amount::ZERO, "M3 M5"),
        ("both sides are of one user", |case| {
            let bet_match = case.a_match(case.void);
            bet_match.user_b = bet_match.user_a;
        }, "M3 M5"),
        ("the bets are swapped", |case| {
            let bet_match = case.a_match(case.void);
            std::mem::swap(&mut bet_match.bet_a, &mut bet_match.bet_b);
        }, "M5 M7"),
        ("a match is in another round", |case| case.a_match(case.void).round = round_id("game"), "M3 M5 M7"),
        ("a match is in no round", |case| case.a_match(case.void).round = round_id("none"), "M3 M5 M7"),
        ("a match was joined after its round had closed", |case| {
            let RoundState::Closed { closed_at, .. } = case.round("game").state else { panic!("closed") };
            let late = closed_at.checked_add(SignedDuration::from_secs(11)).expect("a time");
            case.a_match(case.settled).joined_at = late;
        }, "M7"),
        ("a match was joined a moment after its round had closed", |case| {
            let RoundState::Closed { closed_at, .. } = case.round("game").state else { panic!("closed") };
            case.a_match(case.settled).joined_at = closed_at.checked_add(CLOCK_TOLERANCE).expect("a time");
        }, ""),
        ("a round published its seed before it had closed", |case| {
            case.round("game").published_at = Some(second(-1_000));
        }, "M7"),
        // The process that closed it was suspended between reading the clock and writing.
        ("a round was over long after the moment that it says it closed at", |case| {
            let published_at = case.round("game").published_at.expect("it is");
            let late = published_at.checked_add(SignedDuration::from_secs(30)).expect("a time");
            case.round("game").published_at = Some(late);
            case.a_match(case.settled).joined_at = late;
        }, ""),
        ("a match is drawn from another nonce than its bet has", |case| {
            case.a_match(case.settled).nonce_a = Some(Nonce::from_bytes([99; 32]));
        }, "M7"),
        ("a match that is void has no nonce of a bet that has one", |case| {
            case.a_match(case.void).nonce_b = None;
        }, "M7"),
        ("a match was joined after its round was cancelled", |case| {
            case.a_match(case.void).joined_at = second(1_000);
        }, "M7"),
        ("a match is void in a round that goes on", |case| case.round("void").state = RoundState::Open, "M7 LOG"),
        ("a match is void in a round that has closed", |case| {
            let RoundState::Cancelled { cancelled_at, seed } = case.round("void").state.clone() else { panic!() };
            case.round("void").state = RoundState::Closed { closed_at: cancelled_at, seed };
        }, "M7 LOG"),
        ("a match is void in a round without an outcome", |case| {
            let round = case.round("void");
            (round.state, round.draw) = (RoundState::Open, Draw::Round);
        }, "M7 LOG"),
        ("a match was drawn before its round's outcome was fixed", |case| {
            let bet_match = case.a_match(case.coin);
            let MatchState::Settled(outcome) = bet_match.state else { panic!("settled") };
            bet_match.state = MatchState::Settled(Outcome { drawn_at: second(-1_000), ..outcome });
        }, "M7"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_rounds_and_seeds() {
    check(&[
        ("the secret is another one", |case| {
            case.story.seeds.insert(round_id("void"), Seed::from_bytes([9; 32]));
        }, "M7"),
        ("the hash is another one", |case| case.round("void").seed_hash = Digest::ZERO, "M7"),
        ("the secret is dropped", |case| { case.story.seeds.remove(&round_id("game")); }, "M7"),
        ("the round is dropped", |case| { case.story.rounds.remove(&round_id("game")); }, "M7"),
        ("another seed is published", |case| {
            let RoundState::Cancelled { seed, .. } = &mut case.round("void").state else { panic!() };
            *seed = Some(Seed::from_bytes([9; 32]));
        }, "M7"),
        ("the outcome is swapped", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("coin").state else { panic!() };
            outcome.winner = outcome.winner.opposite();
        }, "M7"),
        ("the oracle's outcome is swapped", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("sport").state else { panic!() };
            outcome.winner = outcome.winner.opposite();
        }, "M7"),
        ("the oracle's signature is dropped", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("sport").state else { panic!() };
            outcome.signature = None;
        }, "M7"),
        ("the oracle's signature is of another round", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("sport").state else { panic!() };
            outcome.signature = Some(signed(&round_id("game"), outcome.winner).signature);
        }, "M7"),
        ("the oracle is another one", |case| {
            case.round("sport").draw =
                Draw::Oracle(OracleKey { name: "somebody".to_owned(), public_key: [1; 32] });
        }, "M7"),
        ("the outcome was fixed before the round had closed", |case| {
            let RoundState::Resulted { outcome, .. } = &mut case.round("coin").state else { panic!() };
            outcome.fixed_at = second(-1_000);
        }, "M7"),
        ("a round of single games has an outcome", |case| case.round("coin").draw = Draw::Match, "M7"),
        ("a round that was drawn is open", |case| case.round("coin").state = RoundState::Open, "M7"),
        ("a round that an operator closed is open", |case| {
            case.story.note_operator(Action::CloseRound, "coin", "");
            case.round("coin").state = RoundState::Open;
        }, "M7 LOG"),
        ("an operator closed a round that is missing", |case| {
            case.story.note_operator(Action::CloseRound, "missing", "");
        }, "LOG"),
        ("a cancelled round was given a result", |case| case.story.note_operator(Action::ResultRound, "void", ""), "LOG"),
    ]);
}
