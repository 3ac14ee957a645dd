//! Wallets: the effect of a posting, and the refusals.

use crate::common::{amount, at, posting, user, wallet_of};
use evens_ledger::{
    BalanceKind, BalanceTooLarge, Digest, Entry, EntryKey, EntryKind, EntryPurpose, Incoming,
    InsufficientBalance, Posting, SystemAccount, Transaction, TransactionMetadata, Wallet,
};

const LARGEST: &str = "99999999999999999999.99999999";

#[test]
fn a_debit_takes_at_most_the_balance() {
    #[rustfmt::skip]
    let table = [
        // balance   debit         balance after
        ("500",      "100.50",     Some("399.5")),
        ("500",      "500",        Some("0")),
        ("500",      "500.00000001", None),
        ("0",        "0.00000001", None),
        ("0",        "0",          Some("0")),
        (LARGEST,    LARGEST,      Some("0")),
        ("0.1",      LARGEST,      None),
    ];
    for (balance, debit, expected) in table {
        let refusal = InsufficientBalance { balance: amount(balance), amount: amount(debit) };
        let after = wallet_of(balance).debit(posting("debit", debit), at("2024-01-01T00:00:00Z"));
        let after = after.map(|(wallet, _)| wallet.balance);
        assert_eq!(after, expected.map(amount).ok_or(refusal), "{balance} - {debit}");
    }
}

#[test]
fn a_credit_keeps_the_balance_within_the_largest_amount() {
    #[rustfmt::skip]
    let table = [
        // balance                         credit        balance after
        ("0",                              "500",        Some("500")),
        ("0",                              LARGEST,      Some(LARGEST)),
        ("99999999999999999999.99999998",  "0.00000001", Some(LARGEST)),
        (LARGEST,                          "0",          Some(LARGEST)),
        (LARGEST,                          "0.00000001", None),
        (LARGEST,                          LARGEST,      None),
    ];
    for (balance, credit, expected) in table {
        let after = wallet_of(balance).credit(
            Incoming::Credit,
            posting("credit", credit),
            at("2024-01-01T00:00:00Z"),
        );
        let after = after.map(|(wallet, _)| wallet.balance);
        assert_eq!(after, expected.map(amount).ok_or(BalanceTooLarge), "{balance} + {credit}");
    }
}

/// X35: a bonus pays for house games. A plain debit serves all other purposes, so it uses cash only.
#[test]
fn a_debit_never_spends_a_bonus() {
    #[rustfmt::skip]
    let table = [
        // cash    debit         cash after
        ("0",      "0.00000001", None),
        ("10",     "10.00000001", None),
        ("10",     "1000",       None),
        ("10",     "10",         Some("0")),
    ];
    for (cash, debit, expected) in table {
        let before = Wallet { bonus: amount("1000"), ..wallet_of(cash) };
        let debited = before.debit(posting("debit", debit), at("2024-01-01T00:00:00Z"));
        let refusal = InsufficientBalance { balance: amount(cash), amount: amount(debit) };
        let after = debited.map(|(wallet, entry)| (wallet.balance, wallet.bonus, entry.balance_kind));
        let expected = expected.map(|cash| (amount(cash), before.bonus, BalanceKind::Cash));
        assert_eq!(after, expected.ok_or(refusal), "{cash} - {debit}");
    }
}

#[test]
fn a_bonus_is_kept_beside_the_cash() {
    let before = Wallet { bonus: amount("5"), version: 8, head: Digest::of(b"head"), ..wallet_of("500") };
    let time = at("2024-01-01T00:00:00Z");
    let (after, entry) = before.credit_bonus(posting("bonus", "25"), time).unwrap();
    assert_eq!((entry.kind, entry.balance_kind, entry.number), (EntryKind::Credit, BalanceKind::Bonus, 9));
    assert_eq!((entry.balance_before, entry.balance_after), (amount("5"), amount("30")));
    let (head, newest) = (entry.hash, vec![entry]);
    assert_eq!(after, Wallet { bonus: amount("30"), version: 9, head, newest, ..before.clone() });
    // The largest amount is a limit for each balance separately.
    let full = Wallet { balance: amount(LARGEST), ..before.clone() };
    assert!(full.credit_bonus(posting("bonus", "1"), time).is_ok());
    let full = Wallet { bonus: amount(LARGEST), ..before };
    assert_eq!(full.credit_bonus(posting("bonus", "1"), time), Err(BalanceTooLarge));
}

#[test]
fn a_bonus_says_what_it_was_for() {
    let time = at("2024-01-01T00:00:00Z");
    let said = |kind, description, bonus_type| Transaction {
        kind,
        status: "completed",
        description,
        metadata: TransactionMetadata { bonus_type, usage_restriction: "house_games_only", applied_at: time },
    };
    let registration = said("registration_bonus", "Welcome bonus for new registration", "registration");
    let referral = said("referral_bonus", "Bonus for a referred player", "referral");
    #[rustfmt::skip]
    let table = [
        (BalanceKind::Bonus, "BONUS:REG:42", Some(registration)),
        (BalanceKind::Bonus, "BONUS:REF:43", Some(referral)),
        (BalanceKind::Bonus, "BONUS:REGARDS:42", None),
        (BalanceKind::Bonus, "REG:42",       None),
        (BalanceKind::Cash,  "BONUS:REG:42", None),
        (BalanceKind::Cash,  "BET:b1",       None),
    ];
    for (balance_kind, key, expected) in table {
        let (_, entry) = wallet_of("0").credit_bonus(posting("bonus", "25"), time).unwrap();
        let entry = Entry { balance_kind, key: EntryKey::from_stored(key.to_owned()), ..entry };
        assert_eq!(entry.transaction(), expected, "{balance_kind:?} {key}");
    }
}

#[test]
fn each_way_in_has_its_kind_of_entry() {
    #[rustfmt::skip]
    let table = [
        (Incoming::Credit, EntryKind::Credit),
        (Incoming::Refund, EntryKind::Refund),
        (Incoming::Payout, EntryKind::Payout),
    ];
    for (incoming, kind) in table {
        let (_, entry) =
            wallet_of("1").credit(incoming, posting("in", "2"), at("2024-01-01T00:00:00Z")).unwrap();
        assert_eq!((entry.kind, entry.units_signed()), (kind, 200_000_000));
    }
}

#[test]
fn a_debit_is_written_down_whole() {
    let before = Wallet { locked: amount("7"), version: 8, head: Digest::of(b"head"), ..wallet_of("500") };
    let debit = Posting {
        key: EntryKey::new(EntryPurpose::Bet, &[&"b1"]),
        amount: amount("100.50"),
        account: SystemAccount::Stakes("r1".to_owned()),
        reference: "b1".to_owned(),
    };
    let (after, entry) = before.debit(debit, at("2024-01-01T00:00:00Z")).unwrap();
    let expected = Entry {
        user: user(42),
        number: 9,
        key: EntryKey::from_stored("BET:b1".to_owned()),
        kind: EntryKind::Debit,
        balance_kind: BalanceKind::Cash,
        amount: amount("100.5"),
        account: SystemAccount::Stakes("r1".to_owned()),
        reference: "b1".to_owned(),
        balance_before: amount("500"),
        balance_after: amount("399.5"),
        at: at("2024-01-01T00:00:00Z"),
        previous_hash: Digest::of(b"head"),
        hash: entry.computed_hash(),
    };
    assert_eq!(entry, expected);
    assert_eq!(entry.units_signed(), -10_050_000_000);
    let (head, newest) = (entry.hash, vec![entry]);
    assert_eq!(after, Wallet { balance: amount("399.5"), version: 9, head, newest, ..before });
}

#[test]
fn a_wallet_carries_its_entries_in_their_order() {
    let (first, one) = wallet_of("500").debit(posting("one", "1"), at("2024-01-01T00:00:00Z")).unwrap();
    let (second, other) = first.debit(posting("other", "2"), at("2024-01-01T00:00:00Z")).unwrap();
    assert_eq!((first.newest, second.newest), (vec![one.clone()], vec![one, other]));
}

#[test]
fn keys_join_their_purpose_and_parts() {
    assert_eq!(EntryKey::new(EntryPurpose::Fund, &[]).as_str(), "FUND");
    let golden = "BET REFUND SETTLE COMMISSION VOID GAME WIN GAME-REFUND FUND BONUS DEPOSIT DEPOSIT-REFUND WITHDRAW WITHDRAW-REV \
                  PAYOUT PAYOUT-REV PAID-AFTER-RETURN PAID-TWICE OWED-BACK CHARGEBACK CHARGEBACK-OWED SUSPENSE \
                  SUSPENSE-OUT WRITE-OFF ADJUST FEE SETTLEMENT FUNDING JACKPOT JACKPOT-START JACKPOT-IN \
                  JACKPOT-RESERVE JACKPOT-REFILL JACKPOT-TOP-UP";
    let purposes: Vec<_> = EntryPurpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
    assert_eq!(purposes.join(" "), golden);
    for purpose in EntryPurpose::ALL {
        let key = EntryKey::new(*purpose, &[&"a", &"b"]);
        assert_eq!((key.split(), key.of_purpose(*purpose)), (Some((*purpose, "a:b")), Some("a:b")));
    }
    for other in ["BETS:b1", "bet:b1", "BET", "", ":"] {
        assert_eq!(EntryKey::from_stored(other.to_owned()).split(), None, "{other:?}");
    }
    assert_eq!(EntryKey::from_stored("BET:b1".to_owned()).of_purpose(EntryPurpose::Game), None);
    assert_eq!(EntryKey::new(EntryPurpose::Bet, &[&"b1"]).as_str(), "BET:b1");
    assert_eq!(EntryKey::new(EntryPurpose::Settle, &[&"m1", &user(42)]).as_str(), "SETTLE:m1:42");
}
