//! Sessions: extended by each refresh; ended by a logout, by a reused old token, and by a new password.

use super::{current_period, request_of};
use crate::beside;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_contracts::{Access, ROUTES};
use evens_ledger::UserId;
use evens_players::{PendingTask, RefreshToken};
use evens_store::{PlayerDebt, Since};
use evens_tests::{Client, PASSWORD, Request, Scenario, Tokens, phone};
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::json;

const ENDED: &str = "401 session-ended -";

/// A player and the tokens of their session.
async fn player(scenario: &Scenario) -> (Client, Tokens) {
    let answer = scenario.sign_up(&json!({ "phoneNo": phone(1), "password": PASSWORD })).await;
    (scenario.session_of(&answer), Tokens::of(&answer))
}

async fn open_sessions(scenario: &Scenario, user: UserId) -> usize {
    scenario.context().store.list_sessions(user).await.unwrap().len()
}

async fn change_password(client: &Client, current: &str, new: &str) -> evens_tests::Answer {
    let body = json!({ "currentPassword": current, "newPassword": new }).to_string();
    client.send(Request::new("POST", "/api/users/me/password").json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refresh_gives_new_tokens_that_hold() {
    let scenario = Scenario::start().await;
    let (client, mut tokens) = player(&scenario).await;
    for _ in 0..5 {
        let answer = scenario.refresh(&tokens.refresh).await;
        let body = answer.expect(200);
        assert_eq!(
            (&body["data"]["tokens"]["tokenType"], &body["data"]["tokens"]["expiresIn"]),
            (&"Bearer".into(), &900.into())
        );
        let next = Tokens::of(&answer);
        assert!(next.access != tokens.access && next.refresh != tokens.refresh, "the tokens are new");
        let read = scenario.bearer(&next.access).get("/api/users/me").await.expect(200);
        assert_eq!(read["data"]["userId"], client.user.number());
        tokens = next;
    }
    assert_eq!(open_sessions(&scenario, client.user).await, 1, "it is one session all along");
    scenario.finish().await;
}

/// The table stores only a hash of each token, and sessions expire after 30 days.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_stored_as_its_hash_and_holds_for_30_days() {
    let scenario = Scenario::start().await;
    let (client, tokens) = player(&scenario).await;
    let token: RefreshToken = tokens.refresh.parse().unwrap();
    let sessions = scenario.context().store.list_sessions(client.user).await.unwrap();
    let [session] = &sessions[..] else { panic!("{sessions:?}") };
    assert_eq!((session.current, session.family), (token.digest(), token.family()));
    let lifetime = session.expires_at.duration_since(session.rotated_at);
    assert!(
        (lifetime - jiff::SignedDuration::from_hours(30 * 24)).abs() <= jiff::SignedDuration::from_secs(1)
    );
    let claims = tokens.access.split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 15 * 60);
    assert_eq!(claims["sub"], client.user.to_string());
    scenario.finish().await;
}

/// The answer to a refresh is lost, or two tabs refresh at once: each gets the same successor, and the session goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_whose_answer_was_lost_gets_the_same_successor() {
    let scenario = Scenario::start().await;
    let (client, tokens) = player(&scenario).await;
    let first = Tokens::of(&scenario.refresh(&tokens.refresh).await);
    let again = Tokens::of(&scenario.refresh(&tokens.refresh).await);
    assert_eq!(again.refresh, first.refresh);
    scenario.bearer(&again.access).get("/api/users/me").await.expect(200);
    let answers = join_all((0..10).map(|_| scenario.refresh(&first.refresh))).await;
    let at_once: Vec<_> = answers.iter().map(Tokens::of).collect();
    assert!(at_once.iter().all(|tokens| tokens.refresh == at_once[0].refresh), "{answers:?}");
    Tokens::of(&scenario.refresh(&at_once[0].refresh).await);
    assert_eq!(open_sessions(&scenario, client.user).await, 1);
    scenario.finish().await;
}

/// An old token in use means that a token was stolen, so the session ends for thief and owner.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_token_ends_the_whole_family() {
    let scenario = Scenario::start().await;
    let (client, first) = player(&scenario).await;
    let other = Tokens::of(&scenario.log_in(&phone(1), PASSWORD).await);
    let second = Tokens::of(&scenario.refresh(&first.refresh).await);
    let third = Tokens::of(&scenario.refresh(&second.refresh).await);
    assert_eq!(scenario.refresh(&first.refresh).await.problem(), ENDED);
    for (which, token) in [("newest", &third), ("old", &second), ("first", &first)] {
        assert_eq!(scenario.refresh(&token.refresh).await.problem(), ENDED, "the {which} one");
    }
    // The session on another device continues.
    Tokens::of(&scenario.refresh(&other.refresh).await);
    assert_eq!(open_sessions(&scenario, client.user).await, 1);
    scenario.finish().await;
}

/// After a failed refresh, the client retries with the same token. It stays valid until a successor is issued.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_fails_leaves_the_token_good() {
    let scenario = Scenario::start().await;
    let (client, tokens) = player(&scenario).await;
    scenario.await_idle().await;
    let broken = |update: &'static str| {
        let account = AttributeValue::S(format!("ACCOUNT#{}", client.user));
        let change = scenario.dynamodb().update_item().table_name("evens-local");
        let change = change.key("pk", account).key("sk", AttributeValue::S("ACCOUNT".to_owned()));
        change.update_expression(update).send()
    };
    broken("SET phone_then = phone REMOVE phone").await.unwrap();
    assert_eq!(scenario.refresh(&tokens.refresh).await.status(), 500);
    broken("SET phone = phone_then REMOVE phone_then").await.unwrap();
    scenario.refresh(&tokens.refresh).await.expect(200);
    scenario
        .finish_despite(&["The request failed in the table", "Answered POST /api/users/refresh with 500"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_family_whichever_of_its_tokens_is_shown() {
    let scenario = Scenario::start().await;
    let (client, first) = player(&scenario).await;
    let second = Tokens::of(&scenario.refresh(&first.refresh).await);
    let done = scenario.log_out(&first.refresh).await.expect(200);
    assert_eq!(done, json!({ "success": true, "message": "Logged out" }));
    assert_eq!(scenario.refresh(&second.refresh).await.problem(), ENDED);
    // Repeating a logout, or using an unknown token, is harmless.
    scenario.log_out(&second.refresh).await.expect(200);
    let nobodys = RefreshToken::new(client.user, evens_players::FamilyId::from_random([7; 16]), [7; 32]);
    scenario.log_out(&nobodys.reveal()).await.expect(200);
    assert_eq!(scenario.refresh(&nobodys.reveal()).await.problem(), ENDED);
    assert_eq!(open_sessions(&scenario, client.user).await, 0);
    scenario.finish().await;
}

/// A token altered to name another user or another family is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_token_opens_nothing_and_ends_only_its_own_family() {
    let scenario = Scenario::start().await;
    let (client, tokens) = player(&scenario).await;
    let other = scenario.signed_up(&phone(2), PASSWORD).await;
    let token: RefreshToken = tokens.refresh.parse().unwrap();
    for forged in [
        RefreshToken::new(other.user, token.family(), [7; 32]),
        RefreshToken::new(client.user, evens_players::FamilyId::from_random([7; 16]), [7; 32]),
    ] {
        assert_eq!(scenario.refresh(&forged.reveal()).await.problem(), ENDED);
    }
    Tokens::of(&scenario.refresh(&tokens.refresh).await);
    assert_eq!(open_sessions(&scenario, other.user).await, 1);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_all_sessions_and_the_old_password() {
    let scenario = Scenario::start().await;
    let (client, first) = player(&scenario).await;
    let second = Tokens::of(&scenario.log_in(&phone(1), PASSWORD).await);
    let refused = change_password(&client, "battery staple", "purple battery").await;
    assert_eq!(refused.problem(), "403 wrong-password currentPassword");
    assert_eq!(open_sessions(&scenario, client.user).await, 2);
    let changed = Tokens::of(&change_password(&client, PASSWORD, "purple battery").await);
    for ended in [&first, &second] {
        assert_eq!(scenario.refresh(&ended.refresh).await.problem(), ENDED);
    }
    Tokens::of(&scenario.refresh(&changed.refresh).await);
    scenario.bearer(&changed.access).get("/api/users/me").await.expect(200);
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.problem(), "401 wrong-credentials -");
    assert_eq!(scenario.log_in(&phone(1), "purple battery").await.status(), 200);
    // The token from before the change has ended.
    let third = change_password(&client, "purple battery", "third password").await;
    assert_eq!(third.problem(), "401 unauthorized -");
    scenario.finish().await;
}

/// Whatever ends all sessions of an account ends what their access tokens do, on every route: bets, deposits and
/// withdrawals compare the token with the wallet, and all other routes with the account.
#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_of_an_ended_session_does_nothing() {
    let scenario = Scenario::start().await;
    let (mut client, _) = player(&scenario).await;
    scenario.fund(client.user.number(), "100").await;
    let mut password = PASSWORD;
    for end in ["a new password", "end-sessions", "a block that ended"] {
        let placed = client.bet("r", "A", "10").await;
        scenario.await_idle().await;
        let period = current_period(&scenario).await;
        match end {
            "a new password" => {
                Tokens::of(&change_password(&client, password, "purple battery").await);
                password = "purple battery";
            }
            "end-sessions" => {
                let path = format!("/api/operator/users/{}/end-sessions", client.user);
                let body = json!({ "reason": "a lost telephone" }).to_string();
                scenario.operator().send(Request::new("POST", path).json(body)).await.expect(200);
            }
            _ => {
                scenario.set_blocked(client.user, true).await;
                scenario.set_blocked(client.user, false).await;
            }
        }
        scenario.await_idle().await;
        let before = scenario.books().await;
        for route in ROUTES.iter().filter(|route| route.access == Access::Player) {
            let request = request_of(route, &client, &placed.bet_id, &period);
            let refused = client.send(request).await.problem();
            assert_eq!(refused, "401 unauthorized -", "{end}: {} {}", route.method.as_str(), route.path);
        }
        // The client of a bet that was accepted before learns nothing of it, either.
        let again = client.bet_request("r", "A", "10").header("idempotency-key", "used");
        assert_eq!(client.send(again).await.problem(), "401 unauthorized -", "{end}");
        scenario.await_idle().await;
        assert_eq!(scenario.books().await, before, "{end}");
        client = scenario.session_of(&scenario.log_in(&phone(1), password).await);
    }
    client.bet("r", "A", "10").await;
    scenario.await_idle().await;
    scenario.finish().await;
}

/// K17: the password changes while no queue is available. The session owes the notification, and the sweeper sends it.
#[tokio::test(flavor = "multi_thread")]
async fn the_news_of_a_new_password_outlives_a_queue_that_is_away() {
    let scenario = Scenario::start_with(&[("RUST_LOG", "warn,evens_notifications=info")]).await;
    let (client, _) = player(&scenario).await;
    let beside = beside::Beside::login_without_queues(&scenario).await;
    let changed = change_password(&beside.client(&client), PASSWORD, "purple battery").await;
    let changed = Tokens::of(&changed);
    let owed = async || {
        let mut owed = Vec::new();
        for shard in scenario.context().store.layout().shards() {
            let opened = Since::Before(Timestamp::MAX);
            let page = scenario.context().store.sweep_session_debts(shard, opened, None).await.unwrap();
            owed.extend(page.found.into_iter().filter_map(|debt| match debt {
                PlayerDebt::Session(debt) => Some(debt),
                PlayerDebt::Recovery { .. } => None,
            }));
        }
        owed
    };
    let [debt] = owed().await.try_into().expect("one debt");
    assert_eq!(debt.user, client.user);
    let PendingTask::PasswordNotice(about) = debt.owed else { panic!("{debt:?}") };
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert!(scenario.log().contains(&format!("password-changed:{about}")), "the player is told");
    assert_eq!(owed().await, []);
    // The session continues without its debt.
    Tokens::of(&scenario.refresh(&changed.refresh).await);
    scenario.finish().await;
}

/// Only one of several concurrent changes is made, and its password applies.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_new_passwords_at_once_one_is_the_password() {
    let scenario = Scenario::start().await;
    let (client, _) = player(&scenario).await;
    let wanted: Vec<_> = (0..8).map(|number| format!("password of {number}")).collect();
    let answers = join_all(wanted.iter().map(|new| change_password(&client, PASSWORD, new))).await;
    let made: Vec<_> = (0..8).filter(|number| answers[*number].status() == 200).collect();
    let [winner] = made[..] else { panic!("{answers:?}") };
    assert_eq!(scenario.log_in(&phone(1), &wanted[winner]).await.status(), 200);
    // The first change ends the token of the others, if it comes before they are checked.
    let refused = ["403 wrong-password currentPassword", "401 unauthorized -"];
    for answer in answers.iter().filter(|answer| answer.status() != 200) {
        assert!(refused.contains(&answer.problem().as_str()), "{answer:?}");
    }
    scenario.finish().await;
}

/// Sessions are stored in the table, so they survive a restart.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_outlive_the_process() {
    let mut scenario = Scenario::start().await;
    let (client, tokens) = player(&scenario).await;
    scenario.await_idle().await;
    scenario.restart().await;
    let next = Tokens::of(&scenario.refresh(&tokens.refresh).await);
    let read = scenario.bearer(next.access).get("/api/users/me").await.expect(200);
    assert_eq!(read["data"]["userId"], client.user.number());
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.status(), 200);
    scenario.finish().await;
}

/// A login checks the old password, and opens its session only after the password was changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_was_under_way_with_the_old_password_opens_no_session() {
    let scenario = Scenario::start().await;
    let (client, _) = player(&scenario).await;
    let context = scenario.context();
    let store = &context.store;
    let account = store.load_account(client.user).await.unwrap().unwrap();
    let old = store.load_login(&account.phone).await.unwrap().unwrap().password;
    change_password(&client, PASSWORD, "another secret").await.expect(200);
    let new = store.load_login(&account.phone).await.unwrap().unwrap().password;
    let open_before = open_sessions(&scenario, client.user).await;
    let sessions = beside::sessions(&scenario);
    let now = context.clock.now();
    let owed = PendingTask::Day(jiff::civil::date(2026, 1, 2));
    let refused = sessions.open_verified(context, &account, &[&old], owed.clone(), now).await;
    assert!(refused.unwrap().is_none(), "the password is to be checked again");
    assert_eq!(open_sessions(&scenario, client.user).await, open_before);
    // A rehash of the same password does not interfere.
    let opened = sessions.open_verified(context, &account, &[&old, &new], owed, now).await;
    assert!(opened.unwrap().is_some());
    assert_eq!(open_sessions(&scenario, client.user).await, open_before + 1);
    scenario.finish().await;
}
