//! Types with a text form: users, digests, accounts, kinds of entry, kinds of balance. Each is read back from its own
//! text only.

use crate::common::user;
use evens_ledger::{
    BalanceKind, BalanceKindError, Digest, DigestError, EntryKind, ProviderName, RunningDigest,
    SystemAccount, UserId, UserIdError,
};

#[test]
fn users_are_whole_numbers_from_one_to_the_largest_bigint() {
    #[rustfmt::skip]
    let table = [
        ("1",                    Some(1)),
        ("123",                  Some(123)),
        ("9223372036854775807",  Some(9_223_372_036_854_775_807)),
        ("9223372036854775808",  None),
        ("18446744073709551616", None),
        ("",                     None),
        ("0",                    None),
        ("-1",                   None),
        ("+1",                   None),
        ("01",                   None),
        ("1.0",                  None),
        ("1e3",                  None),
        (" 1",                   None),
        ("1 ",                   None),
        ("٣",                    None),
    ];
    for (text, number) in table {
        assert_eq!(text.parse(), number.map_or(Err(UserIdError), UserId::new), "{text:?}");
    }
    assert_eq!(user(123).to_string(), "123");
    assert_eq!(user(123).number(), 123);
    assert_eq!(UserId::new(0), Err(UserIdError));
    assert_eq!(UserId::new(u64::MAX), Err(UserIdError));
}

#[test]
fn digests_are_64_lower_case_hexadecimal_digits() {
    // printf abc | openssl dgst -sha256
    let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Digest::of(b"abc").to_string(), text);
    assert_eq!(text.parse(), Ok(Digest::of(b"abc")));
    assert_eq!("0".repeat(64).parse(), Ok(Digest::ZERO));
    assert_eq!(hex::encode(Digest::of(b"abc").bytes()), text);
    let faults = [
        String::new(),
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}0"),
        format!("+{}", &text[1..]),
        format!("g{}", &text[1..]),
        format!("é{}", &text[2..]),
    ];
    for fault in faults {
        assert_eq!(fault.parse::<Digest>(), Err(DigestError), "{fault:?}");
    }
}

/// A file too big for memory: the digest of its pieces is that of the whole, however it is split.
#[test]
fn a_big_file_is_digested_in_pieces() {
    let whole: Vec<u8> = (0..=250).cycle().take(4 * 1024 * 1024).collect();
    for size in [1_000, 4_096, 65_537, whole.len()] {
        let mut running = RunningDigest::new();
        for piece in whole.chunks(size) {
            running.update(piece);
        }
        assert_eq!(running.finish(), Digest::of(&whole), "in pieces of {size}");
    }
    // openssl dgst -sha256 < /dev/null
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(RunningDigest::default().finish().to_string(), nothing);
}

fn provider() -> ProviderName {
    "pay-2".parse().unwrap()
}

#[test]
fn accounts_come_back_from_their_text() {
    #[rustfmt::skip]
    let table = [
        (SystemAccount::Stakes("round-2024-01-01".to_owned()), "stakes:round-2024-01-01"),
        (SystemAccount::Stakes("house".to_owned()),            "stakes:house"),
        (SystemAccount::Period("wingo-30-20261123000000042".to_owned()), "period:wingo-30-20261123000000042"),
        (SystemAccount::House,                                 "house"),
        (SystemAccount::BonusPool,                             "bonus-pool"),
        (SystemAccount::PaymentProvider(None),                 "payment-provider"),
        (SystemAccount::PaymentProvider(Some(provider())),     "payment-provider:pay-2"),
        (SystemAccount::JackpotPool("minor".to_owned()),       "jackpot-pool:minor"),
        (SystemAccount::JackpotReserve("mega".to_owned()),     "jackpot-reserve:mega"),
        (SystemAccount::Withdrawals,                           "withdrawals"),
        (SystemAccount::Suspense(provider()),                  "suspense:pay-2"),
        (SystemAccount::ProviderFees(provider()),              "provider-fees:pay-2"),
        (SystemAccount::Receivable(user(42)),                  "receivable:42"),
        (SystemAccount::Revenue,                               "revenue"),
        (SystemAccount::BadDebt,                               "bad-debt"),
        (SystemAccount::Bank,                                  "bank"),
        (SystemAccount::Opening(provider()),                   "opening:pay-2"),
    ];
    for (account, text) in table {
        assert_eq!(account.to_string(), text);
        assert_eq!(text.parse(), Ok(account));
    }
    assert_eq!(provider().as_str(), "pay-2");
    let too_long = format!("suspense:{}", "p".repeat(33));
    for text in [
        "",
        "House",
        "stakes",
        "period",
        "round-2024-01-01",
        "receivable:",
        "receivable:0",
        "suspense:",
        "suspense:A",
        &too_long,
    ] {
        assert!(text.parse::<SystemAccount>().is_err(), "{text:?}");
    }
}

#[test]
fn kinds_of_entry_come_back_from_their_text() {
    #[rustfmt::skip]
    let table = [
        (EntryKind::Debit,  "DEBIT"),
        (EntryKind::Credit, "CREDIT"),
        (EntryKind::Refund, "REFUND"),
        (EntryKind::Payout, "PAYOUT"),
    ];
    for (kind, text) in table {
        assert_eq!(kind.as_str(), text);
        assert_eq!(text.parse(), Ok(kind));
    }
    for text in ["", "debit", "TRANSFER"] {
        assert!(text.parse::<EntryKind>().is_err(), "{text:?}");
    }
}

#[test]
fn kinds_of_balance_come_back_from_their_text() {
    for (balance_kind, text) in [(BalanceKind::Cash, "CASH"), (BalanceKind::Bonus, "BONUS")] {
        assert_eq!(balance_kind.as_str(), text);
        assert_eq!(text.parse(), Ok(balance_kind));
    }
    for text in ["", "bonus", "LOCKED"] {
        assert_eq!(text.parse::<BalanceKind>(), Err(BalanceKindError), "{text:?}");
    }
    assert_eq!(BalanceKind::default(), BalanceKind::Cash, "every entry was of it before there were two");
}
