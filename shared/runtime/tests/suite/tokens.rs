//! Invalid tokens and the reasons.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evens_runtime::tokens::{
    PublicKey, Role, SigningKeyError, TokenFault, TokenSigner, TokenSubject, TokenVerifier,
};
use jiff::SignedDuration;
use ring::hmac;
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};
use std::time::Duration;

/// A key, and hand-made tokens signed with it.
struct Forge {
    pair: Ed25519KeyPair,
    pkcs8: Vec<u8>,
}

impl Forge {
    fn new() -> Self {
        let pkcs8 = TokenSigner::generate_pkcs8().unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap();
        Self { pair, pkcs8 }
    }

    fn signer(&self) -> TokenSigner {
        TokenSigner::from_pkcs8("key-1", &self.pkcs8, "evens", "evens-api").unwrap()
    }

    fn verifier(&self) -> TokenVerifier {
        TokenVerifier::new(vec![self.signer().public_key()], "evens", "evens-api")
    }

    fn token(&self, header: &str, payload: &str) -> String {
        let message = message(header, payload);
        let signature = self.pair.sign(message.as_bytes());
        format!("{message}.{}", encode(signature.as_ref()))
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn message(header: &str, payload: &str) -> String {
    format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()))
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"key-1","typ":"JWT"}"#;

fn payload() -> Value {
    let now = evens_doubles::now().as_second();
    json!({
        "iss": "evens", "aud": "evens-api", "sub": "42", "role": "operator",
        "iat": now, "exp": now + 900, "jti": "token-1",
    })
}

/// The usual payload with one claim changed. Null removes the claim.
fn payload_with(claim: &str, value: Value) -> String {
    let mut payload = payload();
    let claims = payload.as_object_mut().unwrap();
    match value {
        Value::Null => claims.remove(claim),
        value => claims.insert(claim.to_owned(), value),
    };
    payload.to_string()
}

#[test]
fn claims_of_a_token_are_read() {
    let forge = Forge::new();
    let token = forge.token(HEADER, &payload().to_string());
    let claims = forge.verifier().verify(&token, evens_doubles::now()).unwrap();
    assert_eq!((claims.user.number(), claims.role), (42, Role::Operator));
    assert_eq!(claims.expires_at.as_second() - claims.issued_at.as_second(), 900);
    assert_eq!(claims.id, "token-1");
    let without_role = forge.token(HEADER, &payload_with("role", Value::Null));
    let claims = forge.verifier().verify(&without_role, evens_doubles::now()).unwrap();
    assert_eq!(claims.role, Role::Player);
}

#[test]
fn a_signed_token_verifies() {
    let signer = Forge::new().signer();
    let verifier = TokenVerifier::new(vec![signer.public_key()], "evens", "evens-api");
    let now = evens_doubles::now();
    for role in Role::ALL {
        let token = evens_doubles::token(&signer, 7, role);
        let claims = verifier.verify(&token, now).unwrap();
        assert_eq!((claims.user.number(), claims.role, claims.logged_in_at), (7, role, Some(now)));
        let user = claims.user;
        assert_eq!(claims.session_started_at, now);
        let started_at = now - jiff::SignedDuration::from_hours(3);
        assert_eq!(claims.session_epoch, 0);
        let lifetime = Duration::from_mins(15);
        let subject = TokenSubject { user, role, session_epoch: 3 };
        let token = signer.carry_on(subject, started_at, now, lifetime).unwrap();
        let claims = verifier.verify(&token, now).unwrap();
        let from_refresh = (claims.logged_in_at, claims.session_started_at, claims.session_epoch);
        assert_eq!(from_refresh, (None, started_at, 3));
        let token = signer.sign_login(subject, now, lifetime).unwrap();
        let claims = verifier.verify(&token, now).unwrap();
        assert_eq!((claims.logged_in_at, claims.session_epoch), (Some(now), 3));
    }
}

#[test]
fn claims_that_do_not_hold() {
    use TokenFault::{Early, Expired, Foreign, Malformed};
    let now = evens_doubles::now().as_second();
    let cases = [
        ("iss", json!("others"), Err(Foreign)),
        ("iss", Value::Null, Err(Malformed)),
        ("aud", json!("other-api"), Err(Foreign)),
        ("aud", json!([]), Err(Foreign)),
        ("aud", json!(["other-api", "evens-api"]), Ok(())),
        ("aud", Value::Null, Err(Malformed)),
        ("sub", json!("0"), Err(Malformed)),
        ("sub", json!("042"), Err(Malformed)),
        ("sub", json!(42), Err(Malformed)),
        ("sub", Value::Null, Err(Malformed)),
        ("role", json!("admin"), Err(Malformed)),
        ("auth_time", json!("yesterday"), Err(Malformed)),
        ("auth_time", json!(i64::MAX), Err(Malformed)),
        ("auth_time", Value::Null, Ok(())),
        ("sst", json!("yesterday"), Err(Malformed)),
        ("sst", json!(i64::MAX), Err(Malformed)),
        ("sst", Value::Null, Ok(())),
        ("epo", json!(-1), Err(Malformed)),
        ("epo", Value::Null, Ok(())),
        ("exp", json!(now), Ok(())),
        ("exp", json!(now - 4), Ok(())),
        ("exp", json!(now - 5), Err(Expired)),
        ("exp", json!(now - 900), Err(Expired)),
        ("exp", json!("soon"), Err(Malformed)),
        ("exp", json!(i64::MAX), Err(Malformed)),
        ("exp", Value::Null, Err(Malformed)),
        ("iat", json!(now + 5), Ok(())),
        ("iat", json!(now + 6), Err(Early)),
        ("iat", Value::Null, Err(Malformed)),
        ("nbf", json!(now + 5), Ok(())),
        ("nbf", json!(now + 6), Err(Early)),
        ("jti", Value::Null, Err(Malformed)),
    ];
    let forge = Forge::new();
    for (claim, value, expected) in cases {
        let token = forge.token(HEADER, &payload_with(claim, value.clone()));
        let verifier = forge.verifier();
        for time in ["first", "second"] {
            let verified = verifier.verify(&token, evens_doubles::now()).map(|_| ());
            assert_eq!(verified, expected, "{claim} = {value}, the {time} time");
        }
    }
}

#[test]
fn tokens_of_another_form_or_maker() {
    use TokenFault::{Foreign, Malformed, Missing};
    let forge = Forge::new();
    let payload = payload().to_string();
    let good = forge.token(HEADER, &payload);
    let (message_part, signature) = good.rsplit_once('.').unwrap();
    let header = |text: &str| forge.token(text, &payload);
    // The RS256/HS256 confusion attack: the public key used as a shared secret.
    let confused = {
        let message = message(r#"{"alg":"HS256","kid":"key-1"}"#, &payload);
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &forge.signer().public_key().bytes);
        let tag = hmac::sign(&secret, message.as_bytes());
        format!("{message}.{}", encode(tag.as_ref()))
    };
    let unsigned = message(r#"{"alg":"none","kid":"key-1"}"#, &payload);
    let tampered = format!("{}.{signature}", message(HEADER, &payload_with("sub", json!("43"))));
    let cases = [
        ("none at all", String::new(), Missing),
        ("one word", "token".to_owned(), Malformed),
        ("two parts", message_part.to_owned(), Malformed),
        ("four parts", format!("{good}.{signature}"), Malformed),
        ("cut off", good[..good.len() - 1].to_owned(), Malformed),
        ("no signature", format!("{message_part}."), Foreign),
        ("half a signature", format!("{message_part}.{}", &signature[..40]), Foreign),
        ("padded", format!("{good}="), Malformed),
        ("not base64", format!("!!!!.{}", &good[5..]), Malformed),
        ("huge", format!("{good}{}", "A".repeat(1_000_000)), Malformed),
        ("no JSON", header("eddsa"), Malformed),
        ("a field twice", header(r#"{"alg":"EdDSA","alg":"none","kid":"key-1"}"#), Malformed),
        ("no key named", header(r#"{"alg":"EdDSA"}"#), Malformed),
        ("an unknown key", header(r#"{"alg":"EdDSA","kid":"key-2"}"#), Foreign),
        ("alg none, signed", header(r#"{"alg":"none","kid":"key-1"}"#), Foreign),
        ("alg none, unsigned", format!("{unsigned}."), Foreign),
        ("alg in other case", header(r#"{"alg":"EDDSA","kid":"key-1"}"#), Foreign),
        ("an extension", header(r#"{"alg":"EdDSA","kid":"key-1","crit":["b64"]}"#), Foreign),
        ("HS256 with the public key", confused, Foreign),
        ("another payload", tampered, Foreign),
        ("another key", Forge::new().token(HEADER, &payload), Foreign),
    ];
    let verifier = forge.verifier();
    for (name, token, expected) in &cases {
        assert_eq!(verifier.verify(token, evens_doubles::now()), Err(*expected), "{name}");
    }
    assert!(verifier.verify(&good, evens_doubles::now()).is_ok());
    for (name, token, expected) in &cases {
        assert_eq!(
            verifier.verify(token, evens_doubles::now()),
            Err(*expected),
            "{name}, where the good one is known"
        );
    }
    let nobody = TokenVerifier::new(Vec::new(), "evens", "evens-api");
    assert_eq!(nobody.verify(&good, evens_doubles::now()), Err(Foreign));
}

/// A signature verified earlier does not extend a token's validity.
#[test]
fn a_token_that_is_known_holds_for_its_time_only() {
    use TokenFault::{Early, Expired};
    let forge = Forge::new();
    let token = forge.token(HEADER, &payload().to_string());
    let (verifier, issued_at) = (forge.verifier(), evens_doubles::now());
    let verified = |seconds: i64| verifier.verify(&token, issued_at + SignedDuration::from_secs(seconds));
    let known = verified(0).unwrap();
    #[rustfmt::skip]
    let table = [
        (-6,    Err(Early)),
        (-5,    Ok(())),
        (904,   Ok(())),
        (905,   Err(Expired)),
    ];
    for (seconds, expected) in table {
        let verified = verified(seconds);
        assert_eq!(verified.clone().map(|_| ()), expected, "{seconds} s");
        assert!(verified.is_err() || verified == Ok(known.clone()), "{seconds} s");
    }
}

/// Several keys are valid during a rotation.
#[test]
fn several_keys_hold_at_once() {
    let signer = |kid: &str| {
        let key = TokenSigner::generate_pkcs8().unwrap();
        TokenSigner::from_pkcs8(kid, &key, "evens", "evens-api").unwrap()
    };
    let (old, new) = (signer("old"), signer("new"));
    let keys = vec![old.public_key(), new.public_key()];
    let verifier = TokenVerifier::new(keys, "evens", "evens-api");
    for signer in [old, new] {
        let user = "42".parse().unwrap();
        let token = signer.sign(user, Role::Player, evens_doubles::now(), Duration::from_mins(1));
        assert!(verifier.verify(&token.unwrap(), evens_doubles::now()).is_ok());
    }
}

#[test]
fn a_key_is_written_and_read_as_text() {
    let key = Forge::new().signer().public_key();
    assert_eq!(key.to_string().parse(), Ok(key));
    for text in ["", "key", ":AAAA", "a key:AAAA", "key-1:", "key-1:AAAA", "key-1:!"] {
        assert!(text.parse::<PublicKey>().is_err(), "{text:?}");
    }
    let unnamed = TokenSigner::from_pkcs8("a,b", &Forge::new().pkcs8, "evens", "evens-api");
    assert_eq!(unnamed.err(), Some(SigningKeyError::Name));
    let no_key = TokenSigner::from_pkcs8("key-1", b"no key", "evens", "evens-api");
    assert_eq!(no_key.err(), Some(SigningKeyError::Form));
}

#[test]
fn a_signer_does_not_print_its_key() {
    assert_eq!(format!("{:?}", Forge::new().signer()), "TokenSigner(key-1)");
}

/// The hash differs for another purpose, text or key.
#[test]
fn a_keyed_hash_is_one_of_its_key_purpose_and_text() {
    let signer = || {
        let key = TokenSigner::generate_pkcs8().unwrap();
        TokenSigner::from_pkcs8("key", &key, "", "").unwrap()
    };
    let (one, other) = (signer(), signer());
    let hash = one.keyed_hash("code", "123456");
    assert_eq!(hash, one.keyed_hash("code", "123456"));
    assert!(one.is_keyed_hash("code", "123456", &hash));
    assert!(!one.is_keyed_hash("code", "123457", &hash));
    assert!(!one.is_keyed_hash("cod", "e\n123456", &hash));
    assert!(!one.is_keyed_hash("other", "123456", &hash));
    assert!(!other.is_keyed_hash("code", "123456", &hash));
}
