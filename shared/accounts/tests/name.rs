//! Names: what can be shown beside other text without disturbing it.

#![cfg(test)]

use evens_accounts::{UserName, UserNameError};
use proptest::prelude::*;

#[test]
fn names_are_short_and_disturb_nothing() {
    let longest = "न".repeat(64);
    #[rustfmt::skip]
    let table = [
        ("Asha",                       Some("Asha")),
        ("  Asha Rao \n",              Some("Asha Rao")),
        ("न",                          Some("न")),
        ("क्‍ष",                       Some("क्‍ष")),
        ("O'Neil-🎲",                  Some("O'Neil-🎲")),
        ("\u{200d}a",                  Some("\u{200d}a")),
        (longest.as_str(),             Some(longest.as_str())),
        (&format!("{longest} "),       Some(longest.as_str())),
        (&format!("{longest}a"),       None),
        ("",                           None),
        (" \t\n",                      None),
        ("\u{200d}\u{200c}",           None),
        ("\u{200b}",                   None),
        ("As\nha",                     None),
        ("As\0ha",                     None),
        ("As\u{7f}ha",                 None),
        ("As\u{85}ha",                 None),
        ("As\u{2028}ha",               None),
        ("\u{202e}ahsA",               None),
        ("A\u{2066}sha",               None),
        ("A\u{200f}sha",               None),
        ("A\u{feff}sha",               None),
    ];
    for (text, expected) in table {
        let name = text.parse::<UserName>();
        assert_eq!(name.as_ref().map(UserName::as_str), expected.ok_or(&UserNameError), "{text:?}");
        assert_eq!(name.ok().map(|name| name.to_string()).as_deref(), expected);
    }
}

#[test]
fn a_name_stays_out_of_logs() {
    assert_eq!(format!("{:?}", "Asha".parse::<UserName>()), "Ok(UserName(..))");
}

proptest! {
    #[test]
    fn a_name_comes_back_from_its_text(text in any::<String>()) {
        if let Ok(name) = text.parse::<UserName>() {
            prop_assert_eq!(name.to_string().parse(), Ok(name));
        }
    }
}
