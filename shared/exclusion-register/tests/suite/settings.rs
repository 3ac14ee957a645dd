//! Parsing the description of a register.

use evens_exclusion_register::RegisterSettings;
use evens_runtime::{Identity, Settings, Stage};

#[test]
fn the_text_says_which_register() {
    let https = |url: &str, key: &str| format!(r#"{{"register": "https", "url": "{url}", "key": "{key}"}}"#);
    let (url, key) = ("https://example.com/a", "0123456789abcdef");
    #[rustfmt::skip]
    let table = [
        ("hunter2".to_owned(),                                 Stage::Local, Some("is not valid JSON of a register")),
        ("{}".to_owned(),                                      Stage::Local, Some("is not valid JSON of a register")),
        (r#"{"register": "other"}"#.to_owned(),                Stage::Local, Some("is not valid JSON of a register")),
        (https(url, key).replace('}', r#", "more": "hunter2"}"#), Stage::Local, Some("is not valid JSON of a register")),
        (https("http://example.com/hunter2", "short"),         Stage::Prod,  Some("has an invalid url: it is unencrypted and not on this machine")),
        (https(url, "short"),                                  Stage::Prod,  Some("has an invalid key: it must have 16 to 256 printable ASCII characters without spaces")),
        (https(url, "hunter2 in words"),                       Stage::Prod,  Some("has an invalid key: it must have 16 to 256 printable ASCII characters without spaces")),
        (https(url, key),                                      Stage::Prod,  None),
        (r#"{"register": "listed", "players": [0]}"#.to_owned(), Stage::Dev,  Some("lists an invalid player id, which must be a whole number from 1 to 9223372036854775807")),
        (r#"{"register": "listed", "players": [7]}"#.to_owned(), Stage::Prod, Some("is a list, which is not allowed in prod")),
        (r#"{"register": "listed", "players": [7]}"#.to_owned(), Stage::Dev,  None),
    ];
    for (text, stage, fault) in table {
        let read = RegisterSettings::from_text(&text, stage);
        let said = read.as_ref().err().map(ToString::to_string);
        let expected = fault.map(|fault| format!("the exclusion register {fault}"));
        assert_eq!(said, expected, "{text}");
        assert!(!format!("{read:?}").contains(key) && !format!("{read:?}").contains("hunter2"), "{read:?}");
    }
}

#[tokio::test]
async fn the_environment_says_it_or_where_it_is_said() {
    let text = r#"{"register": "listed", "players": [7]}"#;
    let (variable, secret) = ("EVENS_EXCLUSION_REGISTER", "EVENS_EXCLUSION_REGISTER_SECRET");
    #[rustfmt::skip]
    let table = [
        (vec![],                               Ok(false)),
        (vec![(variable, ""), (secret, "")],   Ok(false)),
        (vec![(variable, text)],               Ok(true)),
        (vec![(secret, "a"), (variable, text)], Err("the AWS region is not known")),
    ];
    let identity = Identity::default();
    for (variables, expected) in table {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
        };
        let read = RegisterSettings::from_lookup(&identity, &Settings::local(), lookup).await;
        match (read, expected) {
            (Ok(read), Ok(is_some)) => assert_eq!(read.is_some(), is_some, "{variables:?}"),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (read, expected) => panic!("{read:?}, not {expected:?}"),
        }
    }
}
