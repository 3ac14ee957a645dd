//! Passwords: the order of the refusals, the common passwords, and that none is printed.

use crate::common::phone;
use evens_players::{Password, PasswordError};
use proptest::prelude::*;
use std::collections::HashSet;

const WORST: &str = include_str!("../../src/worst_passwords.txt");

fn parse(text: &str) -> Result<(), PasswordError> {
    Password::parse(text.to_owned()).map(drop)
}

#[test]
fn a_new_password_is_neither_short_nor_long_nor_common() {
    #[rustfmt::skip]
    let table = [
        ("",                       Err(PasswordError::TooShort)),
        ("aaaaaaa",                Err(PasswordError::TooShort)),
        ("ééééééé",                Err(PasswordError::TooShort)),
        ("aaaaaaaa",               Err(PasswordError::Common)),
        ("AaAaAaAa",               Err(PasswordError::Common)),
        ("        ",               Err(PasswordError::Common)),
        ("éééééééé",               Err(PasswordError::Common)),
        (&"e\u{301}".repeat(7), Err(PasswordError::TooShort)),
        ("ｐａｓｓｗｏｒｄ",       Err(PasswordError::Common)),
        ("12345678",               Err(PasswordError::Common)),
        ("01234567890",            Err(PasswordError::Common)),
        ("23456789",               Err(PasswordError::Common)),
        ("9876543210",             Err(PasswordError::Common)),
        ("78901234",               Err(PasswordError::Common)),
        ("abcdefgh",               Err(PasswordError::Common)),
        ("QWERTYUIOP",             Err(PasswordError::Common)),
        ("poiuytrewq",             Err(PasswordError::Common)),
        ("asdfghjkl;",             Err(PasswordError::Common)),
        ("zxcvbnm,.",              Err(PasswordError::Common)),
        ("1qaz2wsx",               Err(PasswordError::Common)),
        ("PassWord",               Err(PasswordError::Common)),
        ("P@ssw0rd",               Err(PasswordError::Common)),
        ("correct horse",          Ok(())),
        ("k3Vu-tr9",               Ok(())),
        ("ein süßes Wort",         Ok(())),
        ("password is long",       Ok(())),
        ("👩‍🚀🚀🌍🌕✨🔭",                Ok(())),
        (&"ab".repeat(64),         Ok(())),
        (&"aé".repeat(64),         Ok(())),
        (&format!("{}c", "ab".repeat(64)), Err(PasswordError::TooLong)),
        (&"a".repeat(129),         Err(PasswordError::TooLong)),
        (&"a".repeat(1_000_000),   Err(PasswordError::TooLong)),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text), expected, "{text:?}");
    }
}

#[test]
fn the_worst_are_refused_in_any_case() {
    let mut seen = HashSet::new();
    for worst in WORST.lines() {
        assert!(seen.insert(worst), "{worst} stands there twice");
        assert_eq!(worst, worst.to_lowercase(), "the list is in lower case");
        assert_eq!(parse(worst), Err(PasswordError::Common), "{worst}");
        assert_eq!(parse(&worst.to_uppercase()), Err(PasswordError::Common), "{worst}");
    }
    assert!(seen.len() > 200);
}

#[test]
fn the_phone_number_is_no_password() {
    let phone = phone("+919850371642");
    #[rustfmt::skip]
    let table = [
        ("+919850371642",       true),
        ("919850371642",        true),
        ("9850371642",          true),
        ("09850371642",         true),
        ("00919850371642",      true),
        ("+91 98503-71642",     true),
        ("(098503) 71642",      true),
        ("50371642",            false),
        ("9850371643",          false),
        ("9850371642a",         false),
        ("98503716429850371642", false),
        ("+-+-+-+-",            false),
        ("00000000",            false),
        ("",                    false),
    ];
    for (text, resembles) in table {
        let refusal = Password::presented(text.to_owned()).of(&phone).err();
        assert_eq!(refusal, resembles.then_some(PasswordError::IsPhoneNumber), "{text:?}");
    }
}

#[test]
fn a_presented_password_is_only_normalised() {
    for text in ["", "password", " a ", "caf\u{e9}", &"a".repeat(1000)] {
        let password = Password::presented(text.to_owned());
        assert_eq!((password.as_bytes(), password.as_typed()), (text.as_bytes(), None));
    }
    #[rustfmt::skip]
    let table = [
        // typed                    normalised
        ("cafe\u{301}",             "caf\u{e9}"),
        ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
        ("ｐａｓｓ",                "pass"),
        ("\u{fb01}sh",              "fish"),
        ("a\u{a0}b\u{3000}c\u{1680}d", "a b c d"),
    ];
    for (typed, text) in table {
        let password = Password::presented(typed.to_owned());
        assert_eq!(
            (password.as_bytes(), password.as_typed()),
            (text.as_bytes(), Some(typed.as_bytes())),
            "{typed}"
        );
    }
}

#[test]
fn a_password_does_not_print() {
    assert_eq!(format!("{:?}", Password::presented("k3Vu-tr9".to_owned())), "Password(..)");
}

#[test]
fn an_error_ends_a_sentence_that_the_field_begins() {
    #[rustfmt::skip]
    let table = [
        (PasswordError::TooShort,      "must have at least 8 characters"),
        (PasswordError::TooLong,       "must have at most 128 characters"),
        (PasswordError::Common,        "is a common password. Choose another one"),
        (PasswordError::IsPhoneNumber, "must differ from the phone number"),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
    }
}

proptest! {
    #[test]
    fn the_policy_counts_characters(text in ".{0,160}") {
        let length = String::from_utf8_lossy(Password::presented(text.clone()).as_bytes()).chars().count();
        let expected = match length { 0..8 => Some(PasswordError::TooShort), 8..=128 => None, _ => Some(PasswordError::TooLong) };
        let refusal = parse(&text).err().filter(|error| *error != PasswordError::Common);
        prop_assert_eq!(refusal, expected);
    }
}

/// A text of 60 kB would take half a second to normalise, as one character becomes 18.
#[test]
fn a_text_that_is_longer_than_any_password_is_cut() {
    for character in ["\u{fdfa}", "a", "\u{1100}\u{1161}\u{11a8}", "\u{1f600}"] {
        let presented = Password::presented(character.repeat(20_000));
        let bytes = presented.as_bytes().len();
        assert!((Password::LENGTH_MAX + 1..=50_000).contains(&bytes), "{bytes} bytes of {character}");
        assert_eq!(parse(&character.repeat(20_000)), Err(PasswordError::TooLong), "{character}");
    }
}
