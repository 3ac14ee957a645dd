//! The environment as a table of variables and results.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_credentials::{CredentialSettings, PasswordParameters, load_signing_key};
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Identity, Settings, Stage, StartError};

fn read(stage: Stage, variables: &[(&str, &str)]) -> Result<CredentialSettings, StartError> {
    CredentialSettings::from_lookup(stage, |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn the_default_hashing_is_the_recommended_one() {
    let settings = read(Stage::Prod, &[("EVENS_ARGON2", "")]).unwrap();
    assert_eq!(settings.password, PasswordParameters { memory_kib: 9_216, passes: 4, lanes: 1 });
    assert_eq!((settings.signing_key_secret, settings.signing_key), (None, None));
}

/// Outside the local stage a function has no default for the strength of password hashes.
#[test]
fn a_function_is_told_how_hard_passwords_are_hashed() {
    let actual = |name: &str| (name == "EVENS_ARGON2").then(String::new);
    for stage in Stage::ALL {
        let unsaid = CredentialSettings::of_function(stage, |_| None).err().map(|error| error.to_string());
        let message = format!("EVENS_ARGON2 is not set for this function in the stage {}", stage.as_str());
        assert_eq!(unsaid, (stage != Stage::Local).then_some(message));
        assert!(CredentialSettings::of_function(stage, actual).is_ok(), "{stage:?}");
    }
}

/// Stage and text; memory, passes and lanes if it is accepted.
type Row = (Stage, &'static str, Option<(u32, u32, u32)>);

#[test]
fn parameters_of_argon2() {
    let rows: [Row; 13] = [
        (Stage::Local, "m=8,t=1,p=1", Some((8, 1, 1))),
        (Stage::Local, "t=3", Some((9_216, 3, 1))),
        (Stage::Prod, "m=7168, t=5", Some((7_168, 5, 1))),
        (Stage::Prod, "m=7167,t=5", None),
        (Stage::Prod, "m=9216,t=3", None),
        (Stage::Prod, "m=12288,t=3", Some((12_288, 3, 1))),
        (Stage::Prod, "m=19456,t=2,p=1", Some((19_456, 2, 1))),
        (Stage::Staging, "m=19456,t=1", None),
        (Stage::Staging, "m=47104,t=1", Some((47_104, 1, 1))),
        (Stage::Local, "m=-1", None),
        (Stage::Local, "m", None),
        (Stage::Local, "q=1", None),
        (Stage::Local, "m=8;t=1", None),
    ];
    for (stage, text, expected) in rows {
        let found = read(stage, &[("EVENS_ARGON2", text)]);
        let named = found.as_ref().err().is_none_or(|error| error.hint().contains("EVENS_ARGON2"));
        assert!(named, "{text}");
        let found = found.ok().map(|settings| settings.password);
        let found = found.map(|found| (found.memory_kib, found.passes, found.lanes));
        assert_eq!(found, expected, "{stage:?} {text}");
    }
    for text in ["0", "-1", "two"] {
        let error = read(Stage::Local, &[("EVENS_PASSWORD_THREADS", text)]).unwrap_err();
        assert!(error.hint().contains("EVENS_PASSWORD_THREADS"), "{text}");
    }
}

/// The text of a key for the environment, and its public key.
fn key(kid: &str) -> (String, evens_runtime::tokens::PublicKey) {
    let pkcs8 = TokenSigner::generate_pkcs8().unwrap();
    let signer = TokenSigner::from_pkcs8(kid, &pkcs8, "evens", "evens-api").unwrap();
    (format!("{kid}:{}", BASE64_STANDARD.encode(pkcs8)), signer.public_key())
}

#[tokio::test]
async fn the_signing_key_must_be_believed() {
    let ((old, old_public), (new, new_public)) = (key("old"), key("new"));
    let believing = |public: &[&evens_runtime::tokens::PublicKey]| Settings {
        token_public_keys: public.iter().map(|key| (*key).clone()).collect(),
        ..Settings::local()
    };
    let loads = async |text: &str, settings: &Settings| {
        let credentials = read(Stage::Local, &[("EVENS_TOKEN_SIGNING_KEY", text)]).unwrap();
        assert!(!format!("{credentials:?}").contains(text) || text.is_empty(), "the key is printed");
        load_signing_key(&Identity::default(), &credentials, settings)
            .await
            .map(|signer| signer.public_key().kid)
    };
    // During a rotation both keys are trusted, and either may sign.
    let both = believing(&[&old_public, &new_public]);
    assert_eq!(loads(&old, &both).await.unwrap(), "old");
    assert_eq!(loads(&format!("{new}\n"), &both).await.unwrap(), "new");
    let error = loads(&new, &believing(&[&old_public])).await.unwrap_err();
    assert!(error.hint().contains(&new_public.to_string()), "{error:?}");
    for text in ["", "old", "old:", "old:nonsense!", "old:AAAA", "o l d:AAAA"] {
        let error = loads(text, &both).await.unwrap_err();
        assert!(error.hint().contains("EVENS_TOKEN_SIGNING_KEY"), "{text:?}: {error:?}");
    }
}
