//! The tokens of the world.

use super::{
    BLOCKED, BLOCKED_OPERATOR, BLOCKED_ORACLE, CONTRIBUTOR, ENDED, EXHAUSTED, FORMER_OPERATOR, FORMER_ORACLE,
    NO_ACCOUNT, OTHER, World, base64url, signer, user,
};
use evens_runtime::tokens::{Role, TokenSigner};
use evens_tests::Scenario;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

/// One token of each kind for each role, and those that concern no role, by their names.
pub(super) fn all(scenario: &Scenario, second: &TokenSigner) -> HashMap<String, String> {
    let (now, hour) = (Timestamp::now(), Duration::from_hours(1));
    let own = |number, role, at| scenario.signer().sign(user(number), role, at, hour).unwrap();
    let key = std::fs::read(scenario.folder().join("data/token-signing-key.pkcs8")).unwrap();
    let foreign_key = TokenSigner::generate_pkcs8().unwrap();
    let signed = |signer: &TokenSigner, number, role| signer.sign(user(number), role, now, hour).unwrap();
    let mut tokens = HashMap::new();
    let earlier = now - SignedDuration::from_hours(2);
    // Valid, but too old for acts that need a recent login.
    let before_that = now - SignedDuration::from_mins(16);
    let later = now + SignedDuration::from_hours(2);
    let foreign = [
        ("foreign key", signer("local", &foreign_key, "evens-local", "evens-api-local")),
        ("unknown key", signer("other", &foreign_key, "evens-local", "evens-api-local")),
        ("other audience", signer("local", &key, "evens-local", "somebody-else")),
        ("other issuer", signer("local", &key, "somebody-else", "evens-api-local")),
    ];
    // One token of each kind for each role.
    let of_roles = [
        (Role::Player, World::PLAYER, BLOCKED, FORMER_OPERATOR),
        (Role::Operator, Scenario::OPERATOR, BLOCKED_OPERATOR, FORMER_OPERATOR),
        (Role::Oracle, Scenario::ORACLE, BLOCKED_ORACLE, FORMER_ORACLE),
        (Role::Cashier, Scenario::CASHIER, BLOCKED_OPERATOR, FORMER_OPERATOR),
        (Role::Auditor, Scenario::AUDITOR, BLOCKED_OPERATOR, FORMER_OPERATOR),
        (Role::Contributor, CONTRIBUTOR, BLOCKED_OPERATOR, FORMER_OPERATOR),
    ];
    for ((role, number, blocked, former), (_, ended)) in of_roles.into_iter().zip(ENDED) {
        let former_role = if role == Role::Player { Role::Operator } else { role };
        let of_role = [
            ("", own(number, role, now)),
            ("expired ", own(number, role, earlier)),
            ("early ", own(number, role, later)),
            ("second key ", signed(second, number, role)),
            ("blocked ", own(blocked, role, now)),
            ("former ", own(former, former_role, now)),
            ("ended ", own(ended, role, now)),
            ("old ", own(number, role, before_that)),
            ("exhausted ", own(EXHAUSTED, role, now)),
        ];
        let of_role = of_role.into_iter().map(|(kind, token)| (format!("{kind}{role}"), token));
        tokens.extend(of_role);
        for (kind, signer) in &foreign {
            tokens.insert(format!("{kind} {role}"), signed(signer, number, role));
        }
    }
    let player = own(World::PLAYER, Role::Player, now);
    let parts: Vec<_> = player.split('.').collect();
    let claims = json!({
        "iss": "evens-local", "aud": "evens-api-local", "sub": "41", "role": "operator",
        "iat": now.as_second(), "exp": now.as_second() + 3_600, "jti": "x",
    });
    let claims = base64url(claims.to_string().as_bytes());
    let unsigned = base64url(br#"{"alg":"none","kid":"local","typ":"JWT"}"#);
    let others = [
        ("other player", own(OTHER, Role::Player, now)),
        ("no account", own(NO_ACCOUNT, Role::Player, now)),
        ("garbage", "garbage".to_owned()),
        ("empty", String::new()),
        ("three dots", "a.b.c".to_owned()),
        ("long", "a".repeat(5_000)),
        ("changed claims", format!("{}.{claims}.{}", parts[0], parts[2])),
        ("unsigned", format!("{unsigned}.{claims}.")),
    ];
    tokens.extend(others.map(|(name, token)| (name.to_owned(), token)));
    tokens
}
