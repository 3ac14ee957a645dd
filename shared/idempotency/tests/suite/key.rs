//! Valid and invalid idempotency keys.

use evens_idempotency::IdempotencyKey;
use evens_idempotency::IdempotencyKeyError::{Empty, NotPrintable, TooLong};
use proptest::prelude::*;

#[test]
fn idempotency_keys_are_printable_ascii() {
    let longest = "~".repeat(255);
    #[rustfmt::skip]
    let table = [
        ("key-1",                Ok(())),
        (" ",                    Ok(())),
        ("a b:c/d\"e\\f{g}~",    Ok(())),
        (longest.as_str(),       Ok(())),
        ("",                     Err(Empty)),
        (&"~".repeat(256),       Err(TooLong)),
        (&"é".repeat(256),       Err(TooLong)),
        (&"é".repeat(255),       Err(NotPrintable)),
        ("key\n1",               Err(NotPrintable)),
        ("key\t1",               Err(NotPrintable)),
        ("key\u{7f}",            Err(NotPrintable)),
        ("schlüssel",            Err(NotPrintable)),
    ];
    for (text, expected) in table {
        let parsed = text.parse::<IdempotencyKey>();
        assert_eq!(parsed.map(|key| assert_eq!(key.as_str(), text)), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = text.parse::<IdempotencyKey>();
    }
}
