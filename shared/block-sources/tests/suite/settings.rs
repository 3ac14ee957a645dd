//! The block source from the environment, and errors for incomplete settings.

use evens_block_sources::{blocks_from_lookup, blocks_of_function};
use evens_runtime::Stage;

const KEY: &str = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";

/// Stage, source, URL and key; the resulting source, or the error.
type Row<'a> = (Stage, &'a str, &'a str, &'a str, Result<Option<&'a str>, &'a str>);

#[test]
fn a_missing_block_setting_is_named() {
    let nines = "09".repeat(32);
    let oracle = format!("oracle:{nines}");
    #[rustfmt::skip]
    let table: [Row<'_>; 18] = [
        (Stage::Local, "",       "",                     "",    Ok(Some("local"))),
        (Stage::Prod,  "",       "",                     "",    Ok(None)),
        (Stage::Dev,   "",       "",                     "",    Ok(None)),
        (Stage::Local, "none",   "",                     "",    Ok(None)),
        (Stage::Prod,  "none",   "https://example.com",  "key", Ok(None)),
        (Stage::Local, "local",  "",                     "",    Ok(Some("local"))),
        (Stage::Dev,   "local",  "",                     "",    Err("local blocks cannot draw results in the stage dev")),
        (Stage::Prod,  "local",  "",                     "",    Err("local blocks cannot draw results in the stage prod")),
        (Stage::Prod,  "tron",   "",                     "",    Err("EVENS_BLOCK_SOURCE is tron, but EVENS_BLOCK_SOURCE_URL is not set")),
        (Stage::Prod,  "tron",   "http://example.com",   "",    Err("EVENS_BLOCK_SOURCE_URL cannot be used: it is unencrypted and not on this machine")),
        (Stage::Prod,  "tron",   "http://localhost:1",   "a\n", Ok(Some("tron"))),
        (Stage::Prod,  "tron",   "http://localhost:1",   "a\nb", Err("EVENS_BLOCK_SOURCE_KEY cannot be used: has characters that a header cannot have")),
        (Stage::Prod,  "tron",   "http://localhost:1",   "",    Ok(Some("tron"))),
        (Stage::Prod,  "oracle", "",                     "",    Err("EVENS_BLOCK_SOURCE is oracle, but EVENS_BLOCK_SOURCE_KEY is not set")),
        (Stage::Prod,  "oracle", "",                     "CQk", Err("EVENS_BLOCK_SOURCE_KEY cannot be used: it is not 32 bytes in base64")),
        (Stage::Prod,  "oracle", "",                     KEY,   Ok(Some(&oracle))),
        (Stage::Prod,  "Tron",   "",                     "",    Err("EVENS_BLOCK_SOURCE cannot be \"Tron\"")),
        (Stage::Local, "chain",  "",                     "",    Err("EVENS_BLOCK_SOURCE cannot be \"chain\"")),
    ];
    for (stage, source, url, key, expected) in table {
        let lookup = |name: &str| match name {
            "EVENS_BLOCK_SOURCE" => Some(source.to_owned()),
            "EVENS_BLOCK_SOURCE_URL" => Some(url.to_owned()),
            "EVENS_BLOCK_SOURCE_KEY" => Some(key.to_owned()),
            _ => None,
        };
        let found = blocks_from_lookup(stage, lookup);
        let found = found.map(|blocks| blocks.map(|blocks| blocks.source().to_string()));
        let found = found.map_err(|error| error.to_string());
        let expected = expected.map(|source| source.map(str::to_owned)).map_err(str::to_owned);
        assert_eq!(found, expected, "{stage:?} {source:?} {url:?}");
    }
}

#[test]
fn a_missing_block_source_is_an_error_outside_local() {
    let untold = |stage| blocks_of_function(stage, |_: &str| None).map(|blocks| blocks.is_some());
    assert!(untold(Stage::Local).unwrap(), "a chain of this machine");
    let error = untold(Stage::Prod).unwrap_err();
    assert_eq!(error.to_string(), "EVENS_BLOCK_SOURCE is not set for this function in the stage prod");
}
