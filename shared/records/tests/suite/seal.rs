//! The digest of a day's seal, and its inputs.

use evens_ledger::Digest;
use evens_records::{DaySeal, SealedDays, SealedParts};
use jiff::civil::date;

/// Days of November.
fn days(last: i8, after: Option<i8>) -> SealedDays {
    SealedDays { last: date(2026, 11, last), after: after.map(|day| date(2026, 11, day)) }
}

fn seal() -> DaySeal {
    let [wallets, accounts, transfers, audit_log] =
        ["wallets", "accounts", "transfers", "audit log"].map(|part| Digest::of(part.as_bytes()));
    let parts = SealedParts { wallets, accounts, transfers, audit_log };
    DaySeal { days: days(24, None), previous: Digest::ZERO, parts }
}

/// The digest can never change, because each stored seal contains the previous one. To compute it with ordinary tools:
///
/// ```sh
/// part() { printf '%s' "$1" | sha256sum | cut -c1-64; }
/// printf '%s\n' evens-seal-1 2026-11-24 "$(printf %064d 0)" "$(part wallets)" "$(part accounts)" \
///     "$(part transfers)" "$(part 'audit log')" | head -c -1 | sha256sum
/// ```
///
/// A seal of the movements since 2026-11-23 begins with `evens-seal-2 2026-11-24 2026-11-23`.
#[test]
fn a_digest_is_golden() {
    let expected = "b567428253e8cb8f314b74d0c5f4eca3186084dcf10633d7d1c1a6438c99b54c";
    assert_eq!(seal().digest().to_string(), expected);
    let expected = "6a39e5f03494fdd251eeb98d7fb7e744ff7845f0dbb442ea210d6dc9fda7256e";
    let of_a_day = DaySeal { days: days(24, Some(23)), ..seal() };
    assert_eq!(of_a_day.digest().to_string(), expected);
}

#[test]
fn a_digest_stands_for_each_part() {
    let other = Digest::of(b"other");
    let parts = seal().parts;
    let changed = [
        DaySeal { days: days(25, None), ..seal() },
        DaySeal { days: days(24, Some(23)), ..seal() },
        DaySeal { previous: other, ..seal() },
        DaySeal { parts: SealedParts { wallets: other, ..parts }, ..seal() },
        DaySeal { parts: SealedParts { accounts: other, ..parts }, ..seal() },
        DaySeal { parts: SealedParts { transfers: other, ..parts }, ..seal() },
        DaySeal { parts: SealedParts { audit_log: other, ..parts }, ..seal() },
    ];
    assert!(changed.iter().all(|changed| changed.digest() != seal().digest()));
    let swapped = SealedParts { wallets: parts.accounts, accounts: parts.wallets, ..parts };
    assert_ne!(DaySeal { parts: swapped, ..seal() }.digest(), seal().digest());
}

#[test]
fn parts_have_names() {
    let of_names = seal().parts.by_name().map(|(name, _)| Digest::of(name.as_bytes()));
    assert_eq!(seal().parts.by_name().map(|(_, digest)| digest), of_names);
}

#[test]
fn a_day_ends_where_the_next_begins() {
    let end = DaySeal::end_of(date(2026, 12, 31)).map(|end| end.to_string());
    assert_eq!(end.as_deref(), Some("2027-01-01T00:00:00Z"));
    assert_eq!(DaySeal::end_of(jiff::civil::Date::MAX), None);
}
