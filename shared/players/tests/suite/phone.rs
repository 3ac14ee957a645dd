//! Phone numbers: valid ones, one text form per number, and no panic on any input.

use crate::common::{country, phone};
use evens_players::{Country, CountryError, PhoneNumber, PhoneNumberError};
use proptest::prelude::*;

/// Parses user input and returns the number as text.
fn parse(typed: &str, default_country: Country) -> Result<String, PhoneNumberError> {
    PhoneNumber::parse(typed, default_country).map(|number| number.to_string())
}

#[test]
fn a_line_has_one_number_however_it_is_written() {
    #[rustfmt::skip]
    let table = [
        ("IN", "+919876543210", &[
            "9876543210", "09876543210", "919876543210", "+919876543210", "+91 09876543210", "00919876543210",
            "0091 098765 43210", "+91 98765 43210", "+91-98765-43210", "+91 (98765) 43210", "91.98765.43210",
            "098765/43210", "  +919876543210\n", "+ 91 98765 43210",
            // As pasted from a contact or a web page.
            "\u{202a}+91 98765 43210\u{202c}", "+91\u{a0}98765\u{a0}43210", "+91\u{2011}98765\u{2011}43210",
            "\u{2060}98765\u{2060}43210", "+91\u{200b}9876543210", "98765\u{2009}\u{2013}\u{2009}43210",
            "\u{2066}09876543210\u{2069}\u{feff}", "\u{200e}+91\u{202f}98765\u{2212}43210",
        ][..]),
        ("IN", "+919123456789", &["9123456789", "09123456789", "919123456789", "+919123456789"]),
        ("IN", "+390669812345", &["+39 06 6981 2345", "0039 06 6981 2345"]),
        ("IT", "+390669812345", &["06 6981 2345", "0039 06 6981 2345", "+390669812345"]),
        ("IN", "+447911123456", &["+44 7911 123456", "+44 (0)7911 123456", "0044 7911 123456"]),
        ("GB", "+447911123456", &["07911 123456", "7911123456", "+447911123456"]),
        ("IN", "+12015550123",  &["+1 (201) 555-0123", "001 201 555 0123"]),
        ("US", "+12015550123",  &["(201) 555-0123", "1-201-555-0123", "2015550123"]),
        ("US", "+919876543210", &["011 91 98765 43210", "+91 98765 43210"]),
        ("IN", "+79123456789",  &["+7 912 345-67-89"]),
        ("KZ", "+77710009998",  &["7710009998", "8 771 000 9998", "77710009998", "+7 771 000 99 98"]),
        ("RU", "+79123456789",  &["8 (912) 345-67-89", "+79123456789"]),
        ("AR", "+5491123456789", &["011 15-2345-6789", "+54 9 11 2345 6789"]),
    ];
    for (default_country, number, texts) in table {
        for typed in texts {
            assert_eq!(parse(typed, country(default_country)), Ok(number.to_owned()), "{typed:?}");
        }
    }
}

#[test]
fn an_invalid_phone_number_is_refused() {
    #[rustfmt::skip]
    let table = [
        (&*"9".repeat(33),                  PhoneNumberError::TooLong),
        (&" ".repeat(33),                   PhoneNumberError::TooLong),
        ("+919876543210;phone-context=+91x", PhoneNumberError::Character(';')),
        ("tel:+919876543210",               PhoneNumberError::Character('t')),
        ("tel:9876543210;ext=5",            PhoneNumberError::Character('t')),
        ("+919876543210 ext 5",             PhoneNumberError::Character('e')),
        ("+919876543210x5",                 PhoneNumberError::Character('x')),
        ("+919876543210#5",                 PhoneNumberError::Character('#')),
        ("+919876543210,5",                 PhoneNumberError::Character(',')),
        ("1800-FLOWERS",                    PhoneNumberError::Character('F')),
        ("９８７６５４３２１０",            PhoneNumberError::Character('９')),
        ("९८७६५४३२१०",                      PhoneNumberError::Character('९')),
        ("＋919876543210",                  PhoneNumberError::Character('＋')),
        ("98765\n43210",                    PhoneNumberError::Character('\n')),
        ("++919876543210",                  PhoneNumberError::Character('+')),
        ("91+9876543210",                   PhoneNumberError::Character('+')),
        ("player@example.com",              PhoneNumberError::Character('p')),
        ("",                                PhoneNumberError::NotANumber),
        ("+",                               PhoneNumberError::NotANumber),
        (" - ",                             PhoneNumberError::NotANumber),
        ("0",                               PhoneNumberError::NotANumber),
        ("00",                              PhoneNumberError::NotANumber),
        ("+0",                              PhoneNumberError::NotANumber),
        ("100",                             PhoneNumberError::NotANumber),
        ("987654321",                       PhoneNumberError::NotANumber),
        ("98765432101",                     PhoneNumberError::NotANumber),
        ("0000000000",                      PhoneNumberError::NotANumber),
        ("+910000000000",                   PhoneNumberError::NotANumber),
        ("+9991234567890",                  PhoneNumberError::NotANumber),
        ("+00919876543210",                 PhoneNumberError::NotANumber),
        ("9876543210 9876543211",           PhoneNumberError::NotANumber),
        ("99999999999999999999999999999999", PhoneNumberError::NotANumber),
    ];
    for (typed, error) in table {
        assert_eq!(parse(typed, Country::INDIA), Err(error), "{typed:?}");
    }
}

/// Both numbers reach the same line, so they belong to one account.
#[test]
fn some_lines_have_two_numbers() {
    #[rustfmt::skip]
    let table = [
        ("+5491123456789", Some("+541123456789"), "+541123456789"),
        ("+541123456789",  Some("+5491123456789"), "+541123456789"),
        ("+5215512345678", Some("+525512345678"), "+525512345678"),
        ("+525512345678",  Some("+5215512345678"), "+525512345678"),
        ("+54112345678",   None,                  "+54112345678"),
        ("+549112345678",  None,                  "+549112345678"),
        ("+919876543210",  None,                  "+919876543210"),
        ("+5511987654321", None,                  "+5511987654321"),
    ];
    for (number, other, line) in table {
        let number = phone(number);
        assert_eq!(number.other_spelling(), other.map(phone), "{number}");
        assert_eq!(number.line(), phone(line), "{number}");
    }
}

#[test]
fn a_stored_number_needs_only_the_form() {
    for text in ["+919876543210", "+1234567", "+999999999999999"] {
        assert_eq!(phone(text).as_str(), text);
    }
    let faults = [
        "",
        "+",
        "919876543210",
        "+123456",
        "+1234567890123456",
        "+0123456789",
        "+91 9876543210",
        "+9198765432a0",
        "++919876543210",
        " +919876543210",
        "+919876543210 ",
        "+９１９８７６５４３２１０",
    ];
    for fault in faults {
        assert_eq!(fault.parse::<PhoneNumber>(), Err(PhoneNumberError::NotANumber), "{fault:?}");
    }
}

#[test]
fn a_log_shows_two_digits_of_it() {
    assert_eq!(format!("{:?}", phone("+919876543210")), "+**********10");
    assert_eq!(format!("{:?}", Some(phone("+1234567"))), "Some(+*****67)");
}

#[test]
fn an_error_ends_a_sentence_that_the_field_begins() {
    #[rustfmt::skip]
    let table = [
        (PhoneNumberError::TooLong,    "is longer than 32 characters"),
        (PhoneNumberError::Character('x'),
            "has the character U+0078; it may have the digits 0 to 9, a leading '+', spaces and \"-./()\""),
        (PhoneNumberError::NotANumber, "is not a valid phone number such as +919876543210"),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn countries_are_those_with_a_numbering_plan() {
    assert_eq!(country("IN"), Country::INDIA);
    for text in ["IN", "US", "IT", "GB", "XK"] {
        assert_eq!(country(text).to_string(), text);
    }
    for text in ["", "I", "in", "IND", "ZZ", "001", "AQ", " IN", "भा"] {
        assert_eq!(text.parse::<Country>(), Err(CountryError), "{text:?}");
    }
    let letters = || b'A'..=b'Z';
    let texts = letters().flat_map(|first| letters().map(move |second| [first, second]));
    for text in texts.map(|text| String::from_utf8_lossy(&text).into_owned()) {
        let has_plan = phonenumber::metadata::DATABASE.by_id(&text).is_some();
        assert_eq!(text.parse::<Country>().is_ok(), has_plan, "{text}");
    }
}

/// Countries with very different plans: prefixes are kept, dropped, or replaced.
fn any_country() -> impl Strategy<Value = Country> {
    prop::sample::select(vec!["IN", "US", "IT", "GB", "RU", "KZ", "AR", "BR", "MX", "HU", "BY", "CR", "CN"])
        .prop_map(country)
}

proptest! {
    #[test]
    fn no_text_stops_the_program(text in any::<String>(), country in any_country()) {
        let _ = PhoneNumber::parse(&text, country);
        let _ = text.parse::<PhoneNumber>();
    }

    #[test]
    fn no_text_made_of_what_numbers_have_stops_the_program(
        text in "[+＋]{0,2}[-0-9 ()./;=x#,*~extlpon:２२]{0,40}",
        country in any_country(),
    ) {
        let _ = PhoneNumber::parse(&text, country);
    }

    #[test]
    fn a_number_is_read_again_as_itself(typed in "[+]?[0-9]{5,17}", one in any_country(), other in any_country()) {
        if let Ok(number) = PhoneNumber::parse(&typed, one) {
            prop_assert_eq!(PhoneNumber::parse(number.as_str(), other), Ok(number.clone()));
            prop_assert_eq!(number.as_str().parse(), Ok(number));
        }
    }

    #[test]
    fn an_indian_mobile_number_is_the_same_in_every_form(line in "[6-9][0-9]{9}") {
        if let Ok(number) = PhoneNumber::parse(&format!("+91{line}"), country("US")) {
            prop_assert_eq!(number.as_str(), format!("+91{line}"));
            for typed in [line.clone(), format!("0{line}"), format!("91{line}"), format!("0091 {line}")] {
                prop_assert_eq!(PhoneNumber::parse(&typed, Country::INDIA), Ok(number.clone()), "{}", typed);
            }
        }
    }
}
