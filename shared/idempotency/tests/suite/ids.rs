//! Derived ids and fingerprints. Derivations never change, because stored bets are found by them.

use evens_idempotency::{BetId, DerivedIdError, Fingerprint};
use evens_ledger::{Digest, UserId};
use proptest::prelude::*;
use std::collections::HashSet;

fn bet_id(player: u64, key: &str) -> BetId {
    BetId::derive(UserId::new(player).expect("a player's number"), &key.parse().expect("a key"))
}

#[test]
fn bets_have_uuids_in_their_one_form() {
    let uuid = "c6d110f3-7eb3-8322-875b-644f690fa954";
    assert_eq!(uuid.parse::<BetId>().unwrap().to_string(), uuid);
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
        assert_eq!(fault.parse::<BetId>(), Err(DerivedIdError), "{fault:?}");
    }
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
/// print(a, b, derive("bet\n9223372036854775807\n" + "~" * 255))
/// END
/// ```
#[test]
fn bets_have_golden_ids() {
    let (bet_a, bet_b) = (bet_id(42, "key-1"), bet_id(43, "key-1"));
    assert_eq!(bet_a.to_string(), "c6d110f3-7eb3-8322-875b-644f690fa954");
    assert_eq!(bet_b.to_string(), "51c21350-e08e-8c4f-8123-7cd017d7e3e3");
    let longest = bet_id(9_223_372_036_854_775_807, &"~".repeat(255));
    assert_eq!(longest.to_string(), "d835227c-f23a-8ac5-ab02-737700caf8ce");
}

/// `printf '42\nround-2024-01-01\nA\n100.5' | openssl dgst -sha256`
#[test]
fn fingerprints_are_golden() {
    let fingerprint = Fingerprint::of(&[&42, &"round-2024-01-01", &"A", &"100.5"]);
    let golden = "f14950f38a96b87ffe1fbe36f8d6fcc454f0708656993335b92e1101177f7ad7";
    assert_eq!(fingerprint.digest().to_string(), golden);
    assert_eq!(Fingerprint::from_stored(golden.parse::<Digest>().unwrap()), fingerprint);
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
        let _ = text.parse::<BetId>();
    }
}
