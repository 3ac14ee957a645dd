//! Identifiers: what is one, and what follows from what. Derivations never change: stored bets are found by them.

use crate::common::{ROUND, amount, bet_id, round_id, user};
use evens_exchange::{BetId, Fingerprint, IdError, IdempotencyKey, MatchId, RoundId, Side};
use evens_ledger::Digest;
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn rounds_have_short_plain_ids() {
    let longest = "r".repeat(64);
    #[rustfmt::skip]
    let table = [
        ("round-2024-01-01",   Ok(())),
        ("r",                  Ok(())),
        ("A.b_c-9",            Ok(())),
        ("...",                Ok(())),
        (".r",                 Ok(())),
        (longest.as_str(),     Ok(())),
        ("",                   Err(IdError::Empty)),
        (&"r".repeat(65),      Err(IdError::TooLong(64))),
        (&"é".repeat(65),      Err(IdError::TooLong(64))),
        (&"\n".repeat(300),    Err(IdError::TooLong(64))),
        (&"é".repeat(64),      Err(IdError::Character)),
        ("round 1",            Err(IdError::Character)),
        ("round/1",            Err(IdError::Character)),
        ("round:1",            Err(IdError::Character)),
        ("round#1",            Err(IdError::Character)),
        ("round{1}",           Err(IdError::Character)),
        ("round\n",            Err(IdError::Character)),
        ("round\0",            Err(IdError::Character)),
        ("ｒound",             Err(IdError::Character)),
        (".",                  Err(IdError::PathStep)),
        ("..",                 Err(IdError::PathStep)),
    ];
    for (text, expected) in table {
        let parsed = text.parse::<RoundId>();
        assert_eq!(
            parsed.map(|id| assert_eq!((id.as_str(), id.to_string().as_str()), (text, text))),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn idempotency_keys_are_printable_ascii() {
    let longest = "~".repeat(255);
    #[rustfmt::skip]
    let table = [
        ("key-1",                Ok(())),
        (" ",                    Ok(())),
        ("a b:c/d\"e\\f{g}~",    Ok(())),
        (longest.as_str(),       Ok(())),
        ("",                     Err(IdError::Empty)),
        (&"~".repeat(256),       Err(IdError::TooLong(255))),
        (&"é".repeat(256),       Err(IdError::TooLong(255))),
        (&"é".repeat(255),       Err(IdError::NotPrintable)),
        ("key\n1",               Err(IdError::NotPrintable)),
        ("key\t1",               Err(IdError::NotPrintable)),
        ("key\u{7f}",            Err(IdError::NotPrintable)),
        ("schlüssel",            Err(IdError::NotPrintable)),
    ];
    for (text, expected) in table {
        let parsed = text.parse::<IdempotencyKey>();
        assert_eq!(parsed.map(|key| assert_eq!(key.as_str(), text)), expected, "{text:?}");
    }
}

#[test]
fn bets_and_matches_have_uuids_in_their_one_form() {
    let uuid = "c6d110f3-7eb3-8322-875b-644f690fa954";
    assert_eq!(uuid.parse::<BetId>().unwrap().to_string(), uuid);
    assert_eq!(uuid.parse::<MatchId>().unwrap().to_string(), uuid);
    let faults = [
        "",
        "bet-abc-123",
        "C6D110F3-7EB3-8322-875B-644F690FA954",
        "c6d110f37eb38322875b644f690fa954",
        "{c6d110f3-7eb3-8322-875b-644f690fa954}",
        "urn:uuid:c6d110f3-7eb3-8322-875b-644f690fa954",
        " c6d110f3-7eb3-8322-875b-644f690fa954",
        "c6d110f3-7eb3-8322-875b-644f690fa954\n",
        "c6d110f3-7eb3-8322-875b-644f690fa95",
        "c6d110f3-7eb3-8322-875b-644f690fa95g",
        "c6d110f3-7eb3-8322-875b644f-690fa954",
    ];
    for fault in faults {
        assert_eq!(fault.parse::<BetId>(), Err(IdError::Form), "{fault:?}");
        assert_eq!(fault.parse::<MatchId>(), Err(IdError::Form), "{fault:?}");
    }
}

/// A version-8 UUID of the first 16 bytes of a SHA-256. With ordinary tools:
///
/// ```sh
/// python3 - <<'END'
/// import hashlib, uuid
/// def derive(text):
///     b = bytearray(hashlib.sha256(text.encode()).digest()[:16])
///     b[6], b[8] = b[6] & 0x0f | 0x80, b[8] & 0x3f | 0x80
///     return uuid.UUID(bytes=bytes(b))
/// a, b = derive("bet\n42\nkey-1"), derive("bet\n43\nkey-1")
/// print(a, b, derive("bet\n9223372036854775807\n" + "~" * 255), derive(f"match\n{a}\n{b}"))
/// END
/// ```
#[test]
fn derived_ids_are_golden() {
    let (bet_a, bet_b) = (bet_id(42, "key-1"), bet_id(43, "key-1"));
    assert_eq!(bet_a.to_string(), "c6d110f3-7eb3-8322-875b-644f690fa954");
    assert_eq!(bet_b.to_string(), "51c21350-e08e-8c4f-8123-7cd017d7e3e3");
    let longest = bet_id(9_223_372_036_854_775_807, &"~".repeat(255));
    assert_eq!(longest.to_string(), "d835227c-f23a-8ac5-ab02-737700caf8ce");
    assert_eq!(MatchId::derive(bet_a, bet_b).to_string(), "0820039d-26b6-8139-91b0-9302aa2376d7");
}

/// `printf '42\nround-2024-01-01\nA\n100.5' | openssl dgst -sha256`
#[test]
fn fingerprints_are_golden() {
    let fingerprint = Fingerprint::of(&[&user(42), &round_id(ROUND), &Side::A, &amount("100.50")]);
    let golden = "f14950f38a96b87ffe1fbe36f8d6fcc454f0708656993335b92e1101177f7ad7";
    assert_eq!(fingerprint.digest().to_string(), golden);
    assert_eq!(Fingerprint::from_stored(golden.parse::<Digest>().unwrap()), fingerprint);
}

#[test]
fn a_match_depends_on_which_bet_is_on_which_side() {
    let (one, other) = (bet_id(42, "key-1"), bet_id(43, "key-1"));
    assert_ne!(MatchId::derive(one, other), MatchId::derive(other, one));
}

#[test]
fn users_and_keys_do_not_run_together() {
    let ids = [bet_id(1, "11"), bet_id(11, "1"), bet_id(111, " "), bet_id(1, "1 1"), bet_id(1, "1")];
    assert_eq!(HashSet::from(ids).len(), ids.len());
}

proptest! {
    #[test]
    fn ids_come_back_from_their_text(player in 1..=9_223_372_036_854_775_807_u64, key in "[ -~]{1,255}") {
        let id = bet_id(player, &key);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert_eq!(id.to_string().as_bytes()[14], b'8', "the version");
    }

    #[test]
    fn no_text_makes_them_panic(text in any::<String>()) {
        let _ = (text.parse::<RoundId>(), text.parse::<IdempotencyKey>(), text.parse::<BetId>());
    }
}
