//! Identifiers of rounds and matches. Derivations never change, because stored matches are found by these ids.

use crate::common::{ROUND, bet_id, round_id, stake, user};
use evens_exchange::{Bet, MatchId, RoundId, RoundIdError, Side};
use evens_idempotency::DerivedIdError;
use proptest::prelude::*;

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
        ("",                   Err(RoundIdError::Empty)),
        (&"r".repeat(65),      Err(RoundIdError::TooLong)),
        (&"é".repeat(65),      Err(RoundIdError::TooLong)),
        (&"\n".repeat(300),    Err(RoundIdError::TooLong)),
        (&"é".repeat(64),      Err(RoundIdError::Character)),
        ("round 1",            Err(RoundIdError::Character)),
        ("round/1",            Err(RoundIdError::Character)),
        ("round:1",            Err(RoundIdError::Character)),
        ("round#1",            Err(RoundIdError::Character)),
        ("round{1}",           Err(RoundIdError::Character)),
        ("round\n",            Err(RoundIdError::Character)),
        ("round\0",            Err(RoundIdError::Character)),
        ("ｒound",             Err(RoundIdError::Character)),
        (".",                  Err(RoundIdError::PathStep)),
        ("..",                 Err(RoundIdError::PathStep)),
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
fn matches_have_uuids_in_their_one_form() {
    let uuid = "c6d110f3-7eb3-8322-875b-644f690fa954";
    assert_eq!(uuid.parse::<MatchId>().map(|id| id.to_string()), Ok(uuid.to_owned()));
    assert_eq!("match-1".parse::<MatchId>(), Err(DerivedIdError));
}

/// A version-8 UUID from the first 16 bytes of a SHA-256. With ordinary tools:
///
/// ```sh
/// python3 - <<'END'
/// import hashlib, uuid
/// def derive(text):
///     b = bytearray(hashlib.sha256(text.encode()).digest()[:16])
///     b[6], b[8] = b[6] & 0x0f | 0x80, b[8] & 0x3f | 0x80
///     return uuid.UUID(bytes=bytes(b))
/// a, b = derive("bet\n42\nkey-1"), derive("bet\n43\nkey-1")
/// print(derive(f"match\n{a}\n{b}"))
/// END
/// ```
#[test]
fn matches_have_golden_ids() {
    let id = MatchId::derive(bet_id(42, "key-1"), bet_id(43, "key-1"));
    assert_eq!(id.to_string(), "0820039d-26b6-8139-91b0-9302aa2376d7");
}

/// `printf '42\nround-2024-01-01\nA\n100.5' | openssl dgst -sha256`
#[test]
fn bets_have_golden_fingerprints() {
    let fingerprint = Bet::fingerprint_of(user(42), &round_id(ROUND), Side::A, stake("100.50"));
    let golden = "f14950f38a96b87ffe1fbe36f8d6fcc454f0708656993335b92e1101177f7ad7";
    assert_eq!(fingerprint.digest().to_string(), golden);
}

#[test]
fn a_match_depends_on_which_bet_is_on_which_side() {
    let (one, other) = (bet_id(42, "key-1"), bet_id(43, "key-1"));
    assert_ne!(MatchId::derive(one, other), MatchId::derive(other, one));
}

proptest! {
    #[test]
    fn no_text_makes_them_panic(text in any::<String>()) {
        let _ = (text.parse::<RoundId>(), text.parse::<MatchId>());
    }
}
