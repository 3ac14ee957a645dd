//! Subjects of ledger entries, by their keys.

use crate::common::{ROUND, amount, bet_id, bet_match, outcome, round_id, second, user, wallet};
use evens_exchange::{EntrySubject, MatchState, Side, settle, void_match};
use evens_ledger::{Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, Wallet};

fn entry(key: EntryKey, account: SystemAccount) -> Entry {
    let posting = Posting { key, amount: amount("1"), account, reference: "x".to_owned() };
    Wallet::empty(user(1)).credit(Incoming::Credit, posting, second(1)).expect("it fits").1
}

#[test]
fn an_entry_names_its_bet_or_match() {
    let (bet, stakes) = (bet_id(1, "key-1"), || SystemAccount::Stakes(ROUND.to_owned()));
    for purpose in [EntryPurpose::Bet, EntryPurpose::Refund] {
        let found = EntrySubject::of(&entry(EntryKey::new(purpose, &[&bet]), stakes()));
        assert_eq!(found, Some(EntrySubject::Bet(bet)));
    }
    for purpose in [EntryPurpose::Game, EntryPurpose::Win, EntryPurpose::GameRefund] {
        for key in [EntryKey::new(purpose, &[&bet]), EntryKey::new(purpose, &[&bet, &"BONUS"])] {
            let found = EntrySubject::of(&entry(key.clone(), SystemAccount::House));
            assert_eq!(found, Some(EntrySubject::Bet(bet)), "{key}");
        }
    }
    let drawn = bet_match("10", MatchState::Drawn(outcome(Side::A)));
    let expected = Some(EntrySubject::Match { round: round_id(ROUND), id: drawn.id });
    let settled = settle(&drawn, outcome(Side::A), &wallet(1, "1"), second(3)).expect("it fits");
    assert_eq!(EntrySubject::of(&settled.entry), expected);
    let void =
        void_match(&drawn, &wallet(1, "1"), &wallet(2, "1"), second(3)).expect("it fits").expect("a void");
    assert_eq!([void.a.1, void.b.1].map(|entry| EntrySubject::of(&entry)), [expected.clone(), expected]);
    for (key, account) in [
        (EntryKey::new(EntryPurpose::Fund, &[&"order-1"]), SystemAccount::House),
        (EntryKey::new(EntryPurpose::Settle, &[&drawn.id, &1]), SystemAccount::House),
        (EntryKey::new(EntryPurpose::Settle, &[&drawn.id]), stakes()),
        (EntryKey::new(EntryPurpose::Bet, &[&"none"]), stakes()),
        (EntryKey::new(EntryPurpose::Bet, &[&bet, &"BONUS"]), stakes()),
        (EntryKey::new(EntryPurpose::Game, &[&bet, &"CASH"]), SystemAccount::House),
        (EntryKey::new(EntryPurpose::Bonus, &[&"REG", &1]), SystemAccount::BonusPool),
    ] {
        assert_eq!(EntrySubject::of(&entry(key.clone(), account)), None, "{key}");
    }
}
