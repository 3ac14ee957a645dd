//! Names: characters that can be shown beside other text without disturbing it.

use evens_players::{UserName, UserNameError, visible};
use proptest::prelude::*;

#[test]
fn names_are_short_and_disturb_nothing() {
    use UserNameError::{Character, Invisible, Length};

    let longest = "न".repeat(64);
    let (padded, too_long) = (format!("{longest} "), format!("{longest}a"));
    let alone = |c| Err(Character(c));
    #[rustfmt::skip]
    let table = [
        ("Asha",                       Ok("Asha")),
        ("  Asha Rao \n",              Ok("Asha Rao")),
        ("न",                          Ok("न")),
        ("क्‍ष",                       Ok("क्‍ष")),
        ("O'Neil-🎲",                  Ok("O'Neil-🎲")),
        ("☠\u{fe0f}",                  Ok("☠\u{fe0f}")),
        ("e\u{301}",                   Ok("e\u{301}")),
        ("\u{200d}a",                  Ok("\u{200d}a")),
        (longest.as_str(),             Ok(longest.as_str())),
        (padded.as_str(),              Ok(longest.as_str())),
        (too_long.as_str(),            Err(Length)),
        ("",                           Err(Length)),
        (" \t\n\u{3000}\u{a0}",        Err(Length)),
        ("\u{200d}",                   Err(Invisible)),
        ("👨\u{200d}👩\u{200d}👧",       Ok("👨\u{200d}👩\u{200d}👧")),
        ("u\u{308}\u{304}\u{323}\u{301}", Ok("u\u{308}\u{304}\u{323}\u{301}")),
        ("\u{fe0f}\u{301} \u{93e}",    Err(Invisible)),
        // Line breaks, control characters, direction marks.
        ("As\nha",                     alone('\n')),
        ("As\0ha",                     alone('\0')),
        ("As\u{7f}ha",                 alone('\u{7f}')),
        ("As\u{85}ha",                 alone('\u{85}')),
        ("As\u{2028}ha",               alone('\u{2028}')),
        ("\u{202e}ahsA",               alone('\u{202e}')),
        ("A\u{2066}sha",               alone('\u{2066}')),
        ("A\u{200f}sha",               alone('\u{200f}')),
        ("A\u{61c}sha",                alone('\u{61c}')),
        // Invisible characters, alone and in a name that looks like another one.
        ("\u{200b}",                   alone('\u{200b}')),
        ("A\u{feff}sha",               alone('\u{feff}')),
        ("\u{3164}",                   alone('\u{3164}')),
        ("Asha\u{3164}x",              alone('\u{3164}')),
        ("\u{ffa0}",                   alone('\u{ffa0}')),
        ("\u{115f}\u{1160}",           alone('\u{115f}')),
        ("As\u{ad}ha",                 alone('\u{ad}')),
        ("\u{2800}",                   alone('\u{2800}')),
        ("As\u{2061}ha",               alone('\u{2061}')),
        ("As\u{180e}ha",               alone('\u{180e}')),
        ("As\u{34f}ha",                alone('\u{34f}')),
        ("Asha\u{e0041}",              alone('\u{e0041}')),
        ("Asha\u{e0100}",              alone('\u{e0100}')),
        ("A\u{fffc}sha",               alone('\u{fffc}')),
        ("A\u{1d159}sha",              alone('\u{1d159}')),
        // One mark or joiner too many.
        ("u\u{308}\u{304}\u{323}\u{301}\u{300}", alone('\u{300}')),
        ("As\u{200d}\u{200c}ha",       alone('\u{200c}')),
        ("\u{200d}\u{200d}",           alone('\u{200d}')),
        // Noncharacters, unassigned characters, and characters for private use.
        ("As\u{fffe}ha",               alone('\u{fffe}')),
        ("As\u{10ffff}ha",             alone('\u{10ffff}')),
        ("As\u{378}ha",                alone('\u{378}')),
        ("As\u{e000}ha",               alone('\u{e000}')),
    ];
    for (text, expected) in table {
        let name = UserName::parse(text);
        assert_eq!(name.as_ref().map(UserName::as_str), expected.as_ref().copied(), "{text:?}");
        assert_eq!(name.ok().map(|name| name.to_string()).as_deref(), expected.ok());
    }
}

/// A player whose name was allowed earlier is still shown, and can log in.
#[test]
fn a_stored_name_is_read_whatever_the_rule_says_today() {
    for text in ["Asha", "\u{3164}", " As\u{ad}ha "] {
        assert_eq!(text.parse::<UserName>().unwrap().as_str(), text);
    }
    for text in ["", &"a".repeat(65)] {
        assert_eq!(text.parse::<UserName>(), Err(UserNameError::Length));
    }
}

#[test]
fn a_refusal_names_the_character() {
    let said = UserName::parse("As\u{3164}ha").unwrap_err().to_string();
    assert_eq!(said, "has the character U+3164, which is invisible or changes the text around it");
}

/// Line breaks and tabs belong to a text of several lines.
#[test]
fn a_text_from_outside_shows_what_disturbs() {
    #[rustfmt::skip]
    let table = [
        ("Asha \u{1f3b2}\n\tand more", "Asha \u{1f3b2}\n\tand more"),
        ("\u{202e}ahsA",             "\\u{202e}ahsA"),
        ("a\0b\rc",                  "a\\u{0}b\\u{d}c"),
        ("",                         ""),
    ];
    for (text, shown) in table {
        assert_eq!(visible(text), shown);
    }
}

#[test]
fn a_name_stays_out_of_logs() {
    assert_eq!(format!("{:?}", UserName::parse("Asha")), "Ok(UserName(..))");
}

proptest! {
    #[test]
    fn a_name_comes_back_from_its_text(text in any::<String>()) {
        if let Ok(name) = UserName::parse(&text) {
            prop_assert_eq!(name.to_string().parse(), Ok(name.clone()));
            prop_assert_eq!(UserName::parse(name.as_str()), Ok(name));
        }
    }
}
