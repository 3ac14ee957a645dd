//! Staff accounts of any role bet neither on operators' rounds nor on house games.

use crate::draft::{Draft, good};
use crate::world::{World, oracle_key};
use base64::prelude::{BASE64_STANDARD, Engine};
use evens_contracts::{Access, ProblemKind, ROUTES};
use evens_runtime::tokens::Role;
use evens_tests::Request;
use ring::signature::KeyPair;
use serde_json::json;

/// Every role except player, with the number of an account that has it.
const STAFF: [(Role, u64); 5] = [
    (Role::Operator, 900_041),
    (Role::Oracle, 900_042),
    (Role::Cashier, 900_043),
    (Role::Auditor, 900_044),
    (Role::Contributor, 900_045),
];

#[tokio::test(flavor = "multi_thread")]
async fn staff_accounts_place_no_bets() {
    let world = &World::new().await;
    let scenario = &world.scenario;
    let key = BASE64_STANDARD.encode(oracle_key().public_key().as_ref());
    let oracle = json!({ "name": "the bureau", "publicKey": key });
    let signed = json!({ "roundId": "to-sign", "draw": "oracle", "oracle": oracle });
    scenario.operator().send(Request::new("POST", "/api/rounds").json(signed.to_string())).await.expect(201);
    for (role, number) in STAFF {
        scenario.enrol(number, role).await;
        let client = scenario.client(number, role);
        for route in ROUTES.iter().filter(|route| ["place-bet", "place-game-bet"].contains(&route.function)) {
            let (rounds, refused): (&[&str], _) = if route.function == "place-bet" {
                (&["to-close", "to-sign"], "403 forbidden roundId")
            } else {
                (&[""], "403 forbidden -")
            };
            for round in rounds {
                let mut draft = Draft { token: None, ..good(route) };
                if !round.is_empty() {
                    draft.set("userId", "");
                    draft.set("roundId", format!("\"{round}\""));
                }
                let answer = client.send(draft.request(world).await).await;
                assert_eq!(answer.problem(), refused, "{role} {round}: {}", route.path);
            }
        }
    }
    scenario.await_idle().await;
    assert_eq!(scenario.books().await.violations(), [""; 0]);
}

/// Each route that documents it refuses a token from a login of more than 15 minutes ago, and changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn acts_that_cannot_be_taken_back_need_a_recent_login() {
    let world = &World::new().await;
    let before = world.scenario.books().await;
    for route in ROUTES.iter().filter(|route| route.may_answer(ProblemKind::LoginTooOld)) {
        let Access::Staff([role, ..]) = route.access else { panic!("{}", route.path) };
        let draft = Draft { token: Some(String::leak(format!("old {role}"))), ..good(route) };
        let request = draft.about_what_stands(world).request(world).await;
        let refused = world.scenario.visitor().send_as_it_stands(request).await;
        // The world has decided these orders already. A repeat changes nothing, so it needs no recent login.
        let is_decided =
            ["/deposits/{orderId}", "/withdrawals/{orderId}"].iter().any(|of| route.path.contains(of));
        assert!(!refused.is_replay() || is_decided, "{}", route.path);
        let expected = if refused.is_replay() { "200 - -" } else { "403 login-too-old -" };
        assert_eq!(refused.problem(), expected, "{}", route.path);
    }
    world.scenario.await_idle().await;
    assert_eq!(world.scenario.books().await, before);
}
