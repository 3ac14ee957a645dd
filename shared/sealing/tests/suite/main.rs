//! The tests of this crate. They are one binary, which is linked once.

#![cfg(test)]

use evens_runtime::{Entropy, Identity, NoRandomness};
use evens_sealing::{OpenFault, SealFault, SealedText, SealingKeyFault, SealingKeys};
use proptest::prelude::*;

const NEW: &str = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const OLD: &str = "old:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

fn keys(text: &str) -> SealingKeys {
    text.parse().expect("keys")
}

fn sealed(keys: &SealingKeys, text: &str, place: &str) -> SealedText {
    keys.seal(text, place, &Entropy::system()).expect("sealed")
}

proptest! {
    #[test]
    fn a_sealed_text_opens_only_in_its_context(text in ".{0,80}", place in ".{0,40}", other in ".{0,40}") {
        let keys = keys(NEW);
        let sealed: SealedText = sealed(&keys, &text, &place).to_string().parse().expect("its own text");
        prop_assert_eq!(keys.open(&sealed, &place), Ok(text));
        if other != place {
            prop_assert_eq!(keys.open(&sealed, &other), Err(OpenFault::Broken));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = text.parse::<SealedText>();
        let _ = text.parse::<SealingKeys>();
    }
}

#[test]
fn a_changed_text_does_not_open() {
    let keys = keys(NEW);
    let text = sealed(&keys, "12345678", "here").to_string();
    for (index, byte) in text.bytes().enumerate().skip("v1.new.".len()) {
        let mut bytes = text.clone().into_bytes();
        bytes[index] = if byte == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("a text");
        // The last character can have unused bits. If they are set, the text is already refused by the parser.
        if let Ok(changed) = changed.parse() {
            assert_eq!(keys.open(&changed, "here"), Err(OpenFault::Broken), "{index}");
        }
    }
}

#[test]
fn two_texts_that_are_the_same_are_not_sealed_alike() {
    let keys = keys(NEW);
    assert_ne!(sealed(&keys, "1", "here").to_string(), sealed(&keys, "1", "here").to_string());
}

#[test]
fn texts_sealed_with_an_older_key_open_while_it_is_kept() {
    let (old, both, new) = (keys(OLD), keys(&format!("{NEW},{OLD}")), keys(NEW));
    let by_old = sealed(&old, "text", "here");
    assert_eq!(both.open(&by_old, "here").as_deref(), Ok("text"));
    assert_eq!(new.open(&by_old, "here"), Err(OpenFault::UnknownKey));
    let by_both = sealed(&both, "text", "here");
    assert_eq!(new.open(&by_both, "here").as_deref(), Ok("text"));
}

#[test]
fn fingerprints_are_those_of_the_oldest_key() {
    let (old, both, new) = (keys(OLD), keys(&format!("{NEW},{OLD}")), keys(NEW));
    assert_eq!(old.fingerprint("text"), both.fingerprint("text"));
    assert_ne!(old.fingerprint("text"), new.fingerprint("text"));
    assert_ne!(old.fingerprint("text"), old.fingerprint("texu"));
}

#[test]
fn invalid_sealing_keys_are_refused() {
    #[rustfmt::skip]
    let table = [
        ("",                                   SealingKeyFault::Form),
        ("key",                                SealingKeyFault::Form),
        (":AQEB",                              SealingKeyFault::Form),
        ("KEY:AQEB",                           SealingKeyFault::Form),
        ("a-name-of-17-chars:AQEB",            SealingKeyFault::Form),
        ("key:*",                              SealingKeyFault::Form),
        ("key:AQEB",                           SealingKeyFault::Length),
    ];
    for (text, fault) in table {
        assert_eq!(text.parse::<SealingKeys>().err(), Some(fault), "{text}");
    }
    assert_eq!(format!("{NEW},{NEW}").parse::<SealingKeys>().err(), Some(SealingKeyFault::Twice));
}

#[test]
fn a_generated_key_is_read_back_and_never_printed() {
    let made = SealingKeys::generate("made", &Entropy::system()).expect("a key");
    let read = keys(&made.reveal());
    assert_eq!(read.open(&sealed(&made, "text", "here"), "here").as_deref(), Ok("text"));
    assert_eq!(format!("{made:?}"), "SealingKeys(made)");
    assert_eq!(format!("{:?}", sealed(&made, "text", "here")), "Sealed(with made)");
}

#[test]
fn without_random_numbers_nothing_is_sealed() {
    let dry = Entropy::from_fn(|_| Err(NoRandomness));
    assert_eq!(keys(NEW).seal("text", "here", &dry).err(), Some(SealFault::NoRandomness(NoRandomness)));
}

#[tokio::test]
async fn the_environment_says_the_keys() {
    let read = async |said: &[(&str, &str)]| {
        let find = |name: &str| said.iter().find(|(known, _)| *known == name);
        let lookup = |name: &str| find(name).map(|(_, text)| (*text).to_owned());
        SealingKeys::from_lookup(&Identity::default(), lookup).await
    };
    // Without a region the secret cannot be read. The error shows that the secret takes precedence.
    #[rustfmt::skip]
    let table = [
        (&[("EVENS_PAYEE_KEYS_SECRET", "a"), ("EVENS_PAYEE_KEYS", NEW)][..],  Err("the AWS region is not known")),
        (&[("EVENS_PAYEE_KEYS_SECRET", ""), ("EVENS_PAYEE_KEYS", "")],        Err("no key to encrypt payee accounts is set")),
        (&[("EVENS_PAYEE_KEYS", "new:AQEB")],                                 Err("the keys in EVENS_PAYEE_KEYS are invalid")),
        (&[("EVENS_PAYEE_KEYS", NEW)],                                        Ok("SealingKeys(new)")),
    ];
    for (said, expected) in table {
        let found = read(said).await.map(|keys| format!("{keys:?}"));
        let found = found.map_err(|error| {
            assert!(!format!("{error:?}").contains("AQEB"), "a key is told");
            error.to_string()
        });
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{said:?}");
    }
}
