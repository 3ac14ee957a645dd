//! [`World`]: the system in the state that the rows speak of.

use evens_exchange::{Side, SignedResult};
use evens_ledger::UserId;
use evens_runtime::tokens::{Role, TokenSigner};
use evens_tests::{Request, Scenario};
use jiff::{SignedDuration, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

/// The system, and tokens of every kind.
pub(crate) struct World {
    pub(crate) scenario: Scenario,
    /// A bet of the player that waits in the round `open`.
    pub(crate) bet_id: String,
    tokens: HashMap<&'static str, String>,
}

impl World {
    /// The key that the bet was placed under.
    pub(crate) const USED_KEY: &'static [u8] = b"used";

    /// Player 41 holds 50 and has a bet in the round `open`; the round `closed` takes no bets; `with-oracle` waits for
    /// its result.
    pub(crate) async fn new() -> Self {
        let scenario = Scenario::start().await;
        let player = scenario.funded(41, "60").await;
        let used = String::from_utf8_lossy(Self::USED_KEY).into_owned();
        let answer = player.send(player.bet_request("open", "A", "10").header("idempotency-key", used)).await;
        let bet_id = answer.expect(202)["data"]["betId"].as_str().unwrap().to_owned();
        let operator = scenario.operator();
        let oracle = json!({ "name": "the bureau", "publicKey": base64(oracle_key().public_key().as_ref()) });
        let rounds = [
            json!({ "roundId": "closed" }),
            json!({ "roundId": "with-oracle", "draw": "oracle", "oracle": oracle }),
            json!({ "roundId": "to-close" }),
            json!({ "roundId": "to-cancel" }),
        ];
        for round in rounds {
            operator.send(Request::new("POST", "/api/rounds").json(round.to_string())).await.expect(201);
        }
        for round in ["closed", "with-oracle"] {
            operator.post(&format!("/api/rounds/{round}/close")).await.expect(200);
        }
        scenario.await_idle().await;
        let tokens = tokens(&scenario);
        Self { scenario, bet_id, tokens }
    }

    pub(crate) fn token(&self, name: &str) -> &str {
        self.tokens.get(name).unwrap_or_else(|| panic!("there is no token {name}"))
    }

    pub(crate) fn oracle_signature() -> Vec<u8> {
        let message = SignedResult::message(&"with-oracle".parse().unwrap(), Side::A);
        oracle_key().sign(message.as_bytes()).as_ref().to_vec()
    }
}

fn oracle_key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn tokens(scenario: &Scenario) -> HashMap<&'static str, String> {
    let (user, now, hour) = (UserId::new(41).unwrap(), Timestamp::now(), Duration::from_hours(1));
    let own = |role, at| scenario.signer().sign(user, role, at, hour).unwrap();
    let key = std::fs::read(scenario.folder().join("data/token-signing-key.pkcs8")).unwrap();
    let foreign_key = TokenSigner::generate_pkcs8().unwrap();
    let signed = |kid: &str, key: &[u8], issuer: &str, audience: &str| {
        let signer = TokenSigner::from_pkcs8(kid, key, issuer, audience).unwrap();
        signer.sign(user, Role::Operator, now, hour).unwrap()
    };
    let player = own(Role::Player, now);
    let parts: Vec<_> = player.split('.').collect();
    let claims = json!({
        "iss": "evens", "aud": "evens-api", "sub": "41", "role": "operator",
        "iat": now.as_second(), "exp": now.as_second() + 3_600, "jti": "x",
    });
    let claims = base64url(claims.to_string().as_bytes());
    let unsigned = base64url(br#"{"alg":"none","kid":"local","typ":"JWT"}"#);
    HashMap::from([
        ("operator", own(Role::Operator, now)),
        ("oracle", own(Role::Oracle, now)),
        ("garbage", "garbage".to_owned()),
        ("empty", String::new()),
        ("three dots", "a.b.c".to_owned()),
        ("long", "a".repeat(5_000)),
        ("expired", own(Role::Operator, now - SignedDuration::from_hours(2))),
        ("early", own(Role::Operator, now + SignedDuration::from_hours(2))),
        ("foreign key", signed("local", &foreign_key, "evens", "evens-api")),
        ("unknown key", signed("other", &foreign_key, "evens", "evens-api")),
        ("other audience", signed("local", &key, "evens", "somebody-else")),
        ("other issuer", signed("local", &key, "somebody-else", "evens-api")),
        ("changed claims", format!("{}.{claims}.{}", parts[0], parts[2])),
        ("unsigned", format!("{unsigned}.{claims}.")),
        ("player", player),
    ])
}
