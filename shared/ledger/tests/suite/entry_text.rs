//! An entry as a text: its content, and that only a valid text gives an entry back.

use crate::common::{amount, at, posting, user, wallet_of};
use evens_ledger::{Digest, Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount};
use proptest::prelude::*;

fn read(text: &str, of: &Entry) -> Option<Entry> {
    Entry::from_text(text, of.user, of.number, of.previous_hash)
}

#[test]
fn a_field_a_line_without_what_follows_from_the_place() {
    let stake = Posting {
        key: EntryKey::new(EntryPurpose::Bet, &[&"b1"]),
        amount: amount("100.50"),
        account: SystemAccount::Stakes("line\nbreak \\n".to_owned()),
        reference: "b1".to_owned(),
    };
    let (_, entry) = wallet_of("500").debit(stake, at("2024-01-01T00:00:00.5Z")).unwrap();
    let text = "BET:b1\nDEBIT\nCASH\n100.5\nstakes:line\\nbreak \\\\n\n\n399.5\n2024-01-01T00:00:00.5Z";
    assert_eq!(entry.to_text(), text);
    assert_eq!(read(text, &entry), Some(entry));

    let elsewhere = Posting { reference: "another".to_owned(), ..posting("order", "1") };
    let (_, entry) =
        wallet_of("500").credit(Incoming::Payout, elsewhere, at("2024-01-01T00:00:00Z")).unwrap();
    let text = "TEST:order\nPAYOUT\nCASH\n1\nhouse\nanother\n501\n2024-01-01T00:00:00Z";
    assert_eq!(entry.to_text(), text);
    assert_eq!(read(text, &entry), Some(entry));
}

#[test]
fn a_bonus_says_what_it_is_for() {
    let bonus =
        Posting { key: EntryKey::new(EntryPurpose::Bonus, &[&"REG", &42]), ..posting("reg_bonus_42", "25") };
    let (_, entry) = wallet_of("0").credit_bonus(bonus, at("2024-01-01T00:00:00Z")).unwrap();
    let text = "BONUS:REG:42\nCREDIT\nBONUS\n25\nhouse\nreg_bonus_42\n25\n2024-01-01T00:00:00Z\n\
                registration_bonus\ncompleted\nWelcome bonus for new registration\nregistration\n\
                house_games_only\n2024-01-01T00:00:00Z";
    assert_eq!(entry.to_text(), text);
    assert_eq!(read(text, &entry), Some(entry));
}

#[test]
fn an_invalid_entry_text_is_refused() {
    let (_, entry) = wallet_of("500").debit(posting("order", "1"), at("2024-01-01T00:00:00Z")).unwrap();
    let text = entry.to_text();
    let lines: Vec<_> = text.split('\n').collect();
    for kept in 0..lines.len() {
        assert_eq!(read(&lines[..kept].join("\n"), &entry), None, "{kept} lines");
    }
    #[rustfmt::skip]
    let table = [
        (1, "GIFT"),
        (2, "PIGGY"),
        (3, "-1"),
        (4, "nobody"),
        (6, "99999999999999999999.99999999"), // plus the stake, this exceeds the largest amount
        (7, "yesterday"),
    ];
    for (line, value) in table {
        let mut lines = lines.clone();
        lines[line] = value;
        assert_eq!(read(&lines.join("\n"), &entry), None, "{value}");
    }
    // A valid change gives another hash.
    let changed = read(&text.replacen("\n1\n", "\n2\n", 1), &entry).unwrap();
    assert_ne!(changed.hash, entry.hash);
}

proptest! {
    #[test]
    fn each_entry_comes_back_from_its_text(
        (key, reference, round) in (".{0,20}", ".{1,20}", ".{0,20}"),
        breaks in "[\\\\\\nn:]{0,6}",
        (number, moved) in (1..9_u64, 0..500_u32),
    ) {
        let posting = Posting {
            key: EntryKey::from_stored(format!("{key}:{reference}{breaks}")),
            amount: amount(&moved.to_string()),
            account: SystemAccount::Stakes(format!("{breaks}{round}")),
            reference,
        };
        let before = evens_ledger::Wallet { version: number, head: Digest::of(key.as_bytes()), ..wallet_of("500") };
        let (_, entry) = before.debit(posting, at("2024-01-01T00:00:00Z")).unwrap();
        prop_assert_eq!(entry.user, user(42));
        prop_assert_eq!(read(&entry.to_text(), &entry), Some(entry));
    }
}
