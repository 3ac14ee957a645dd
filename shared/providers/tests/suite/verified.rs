//! Authentication of callbacks, in the order of the checks.

use crate::common::at;
use evens_ledger::Digest;
use evens_outbound::Signer;
use evens_payments::ReportSource;
use evens_providers::{HmacSecrets, SignatureFault, Verified};
use hyper::HeaderMap;
use jiff::SignedDuration;
use ring::hmac;

const BODY: &[u8] = br#"{"type":"payment.succeeded"}"#;
const ACTIVE: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const NEXT: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const RETIRED: &str = "whsec_CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";

/// Names and values of headers.
type Lines<'a> = Vec<(&'static str, &'a str)>;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

#[test]
fn standard_webhooks() {
    use SignatureFault as Fault;
    let now = at("2026-03-01T12:00:00Z");
    let known: Signer = format!("{ACTIVE},{NEXT}").parse().unwrap();
    let second = |seconds: i64| (now + SignedDuration::from_secs(seconds)).as_second();
    let sign = |secret: &str, id: &str, seconds: i64| {
        secret.parse::<Signer>().unwrap().sign(id, second(seconds), BODY)
    };
    let [right, by_next, by_retired] = [ACTIVE, NEXT, RETIRED].map(|secret| sign(secret, "a", 0));
    let both = format!("{by_retired} {right}");
    let [time, old, too_old, early, too_early] =
        [0, -300, -301, 300, 301].map(|seconds| second(seconds).to_string());
    let [at_old, at_too_old, at_early, at_too_early] =
        [-300, -301, 300, 301].map(|seconds| sign(ACTIVE, "a", seconds));
    let dotted = sign(ACTIVE, "a.b", 0);
    let (id, stamp, signature) = ("webhook-id", "webhook-timestamp", "webhook-signature");
    #[rustfmt::skip]
    let table: Vec<(Lines<'_>, Option<Fault>)> = vec![
        (vec![],                                                          Some(Fault::Missing(id))),
        (vec![(id, "a")],                                                 Some(Fault::Missing(stamp))),
        (vec![(id, "a"), (stamp, &time)],                                 Some(Fault::Missing(signature))),
        (vec![(id, "a"), (id, "a"), (stamp, &time), (signature, &right)], Some(Fault::Several(id))),
        (vec![(id, "a"), (stamp, &time), (stamp, &time), (signature, &right)], Some(Fault::Several(stamp))),
        (vec![(id, "a"), (stamp, &time), (signature, "v1,x"), (signature, &right)], Some(Fault::Several(signature))),
        (vec![(id, "a.b"), (stamp, &time), (signature, &dotted)],         Some(Fault::Malformed(id))),
        (vec![(id, "a"), (stamp, "now"), (signature, &right)],            Some(Fault::Malformed(stamp))),
        (vec![(id, "a"), (stamp, "9223372036854775807"), (signature, &right)], Some(Fault::Malformed(stamp))),
        (vec![(id, "a"), (stamp, &time), (signature, "")],                Some(Fault::Wrong)),
        (vec![(id, "a"), (stamp, &time), (signature, &right[..20])],      Some(Fault::Wrong)),
        (vec![(id, "a"), (stamp, &time), (signature, &by_retired)],       Some(Fault::Wrong)),
        (vec![(id, "b"), (stamp, &time), (signature, &right)],            Some(Fault::Wrong)),
        (vec![(id, "a"), (stamp, &old), (signature, &right)],             Some(Fault::Wrong)),
        (vec![(id, "a"), (stamp, &too_old), (signature, &at_too_old)],    Some(Fault::TimeOff)),
        (vec![(id, "a"), (stamp, &too_early), (signature, &at_too_early)], Some(Fault::TimeOff)),
        (vec![(id, "a"), (stamp, &old), (signature, &at_old)],            None),
        (vec![(id, "a"), (stamp, &early), (signature, &at_early)],        None),
        (vec![(id, "a"), (stamp, &time), (signature, &right)],            None),
        (vec![(id, "a"), (stamp, &time), (signature, &by_next)],          None),
        (vec![(id, "a"), (stamp, &time), (signature, &both)],             None),
    ];
    for (lines, expected) in table {
        let verified = Verified::by_standard_webhooks(&known, &headers(&lines), BODY, now);
        assert_eq!(verified.err(), expected, "{lines:?}");
    }
}

#[test]
fn a_tag_holds_for_the_bytes_and_for_each_active_secret() {
    let secrets: HmacSecrets = "0123456789abcdef,fedcba9876543210".parse().unwrap();
    let tag = |secret: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), BODY).as_ref().to_owned()
    };
    let right = tag("0123456789abcdef");
    #[rustfmt::skip]
    let table = [
        (BODY,        right.as_slice(),          true),
        (BODY,        &tag("fedcba9876543210"),  true),
        (BODY,        &tag("0123456789abcdeF"),  false),
        (&BODY[1..],  &right,                    false),
        (BODY,        &right[..31],              false),
        (BODY,        &[],                       false),
    ];
    for (signed, tag, holds) in table {
        let verified = Verified::by_hmac(&secrets, signed, tag, BODY);
        assert_eq!(verified.err(), (!holds).then_some(SignatureFault::Wrong), "{tag:?}");
    }
}

#[test]
fn a_callback_is_known_by_its_digest_and_shows_nothing_else() {
    let secrets: HmacSecrets = "0123456789abcdef".parse().unwrap();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"0123456789abcdef"), BODY);
    let verified = Verified::by_hmac(&secrets, BODY, tag.as_ref(), BODY).unwrap();
    assert_eq!(verified.body(), BODY);
    assert_eq!(verified.source(), ReportSource::Callback(Digest::of(BODY)));
    assert_eq!(format!("{verified:?}"), format!("Verified({})", Digest::of(BODY)));
}
